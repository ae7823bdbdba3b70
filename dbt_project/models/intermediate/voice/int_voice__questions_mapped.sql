-- What each question measures. In this order: what people wrote about the question in survey_questions, what the tool or the
-- question's name says, what people wrote about the whole survey, and the default of its type.
with answers as (
    select distinct source_name, survey_id, question_id, question_ref, question_type from {{ ref('int_voice__answers_unioned') }}
),

written as (
    select * from {{ ref('stg_drop_folder__survey_questions') }}
),

about_questions as (
    select answers.*, written.metric, written.survey_kind, written.scale_direction, written.scale_min, written.scale_max
    from answers
    inner join written
        on written.question in (lower(answers.question_id), answers.question_ref)
        and (written.survey_id is null or written.survey_id = answers.survey_id)
    qualify row_number() over (
        partition by answers.source_name, answers.survey_id, answers.question_id, answers.question_ref, answers.question_type
        -- a line that names the survey too goes first, and an id before a ref
        order by
            case when written.survey_id is null then 1 else 0 end,
            case when written.question = lower(answers.question_id) then 0 else 1 end,
            written.metric
    ) = 1
),

surveys as (
    select distinct source_name, survey_id from answers
),

about_surveys as (
    select surveys.*, written.metric, written.survey_kind, written.scale_direction, written.scale_min, written.scale_max
    from surveys
    inner join written
        on written.question is null
        and (written.survey_id is null or written.survey_id = surveys.survey_id)
    qualify row_number() over (
        partition by surveys.source_name, surveys.survey_id
        order by case when written.survey_id is null then 1 else 0 end, written.metric
    ) = 1
),

questions_mapped as (
    select
        answers.*,
        about_questions.metric as question_metric,
        about_surveys.metric as survey_metric,
        case answers.question_type
            {% for type, metric in var('question_type_metrics').items() -%}
            when '{{ type }}' then '{{ metric }}'
            {% endfor -%}
            when '' then null
        end as type_metric,
        coalesce(about_questions.survey_kind, about_surveys.survey_kind) as survey_kind,
        about_questions.scale_direction as question_direction,
        about_questions.scale_min as question_scale_min,
        about_questions.scale_max as question_scale_max,
        about_surveys.scale_direction as survey_direction,
        about_surveys.scale_min as survey_scale_min,
        about_surveys.scale_max as survey_scale_max
    from answers
    left join about_questions
        on answers.source_name = about_questions.source_name
        and answers.survey_id = about_questions.survey_id
        and coalesce(answers.question_id, '') = coalesce(about_questions.question_id, '')
        and coalesce(answers.question_ref, '') = coalesce(about_questions.question_ref, '')
        and coalesce(answers.question_type, '') = coalesce(about_questions.question_type, '')
    left join about_surveys on answers.source_name = about_surveys.source_name and answers.survey_id = about_surveys.survey_id
)

select * from questions_mapped
