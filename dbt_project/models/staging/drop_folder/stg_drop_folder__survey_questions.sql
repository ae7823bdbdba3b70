with versions as (
    {{ latest_raw('drop_folder', 'survey_questions', ['survey_id', 'question'], kind='file') }}
),

survey_questions as (
    select
        nullif(trim(survey_id), '*') as survey_id,
        lower(nullif(trim(question), '*')) as question,
        lower(metric) as metric,
        lower(survey_kind) as survey_kind,
        lower(scale_direction) as scale_direction,
        scale_min,
        scale_max
    from versions
    where not is_deleted
)

select * from survey_questions
