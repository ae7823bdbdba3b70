-- Counted from what was landed alone, so that an answer lost on the way to the published tables is missed.
with versions as (
    {{ latest_raw('drop_folder', 'survey_responses', ['response_id'], kind='file') }}
),

survey_answers_landed as (
    select 'drop_folder' as source_name, coalesce(survey_id, 'drop_' || metric) as survey_id, count(*) as answers
    from versions
    where not is_deleted and responded_at < {{ as_of_end() }}
    group by coalesce(survey_id, 'drop_' || metric)
)

select * from survey_answers_landed
