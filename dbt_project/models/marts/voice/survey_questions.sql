with answers as (
    select * from {{ ref('int_voice__answers_mapped') }}
),

rejected as (
    select source_name, response_id, rejection_reason from {{ ref('int_voice__responses_rejected') }}
),

published_answers as (
    select source_name, response_id from {{ ref('survey_responses') }}
),

ended as (
    select
        answers.source_name,
        answers.survey_id,
        -- a tool that asks one question a survey names none
        coalesce(answers.question_id, answers.survey_id) as question_id,
        answers.question_ref,
        answers.question_type,
        answers.question_title,
        answers.metric,
        answers.mapped_by,
        cast(answers.responded_at as {{ dbt.type_string() }}) || answers.response_id as place,
        {{ local_date('answers.responded_at') }} as answered_on,
        case
            when published_answers.response_id is not null then 'published'
            when rejected.rejection_reason is not null then rejected.rejection_reason
            when not answers.is_answer then 'not_scored'
            else 'lost'
        end as outcome
    from answers
    left join published_answers
        on answers.source_name = published_answers.source_name and answers.response_id = published_answers.response_id
    left join rejected on answers.source_name = rejected.source_name and answers.response_id = rejected.response_id
),

counted as (
    select
        source_name,
        survey_id,
        question_id,
        outcome,
        max_by(question_ref, place) as question_ref,
        max_by(question_type, place) as question_type,
        max_by(question_title, place) as question_title,
        max_by(metric, place) as metric,
        max_by(mapped_by, place) as mapped_by,
        count(*) as answers,
        min(answered_on) as first_answered_on,
        max(answered_on) as last_answered_on
    from ended
    group by source_name, survey_id, question_id, outcome
),

published as (
    select
        source_name,
        survey_id,
        question_id,
        outcome,
        nullif(question_ref, '') as question_ref,
        nullif(question_type, '') as question_type,
        question_title,
        metric,
        mapped_by,
        cast(answers as bigint) as answers,
        first_answered_on,
        last_answered_on,
        case outcome
            when 'question_unmapped' then 'Say in survey_questions.csv of the drop folder what it measures: this survey_id, question (this question_id or question_ref) and metric; metric none where it should not count.'
            when 'question_not_counted' then 'survey_questions says none. Take the line away to count the answers.'
            when 'scale_missing' then 'Say scale_min and scale_max in survey_questions.csv of the drop folder.'
            when 'direction_missing' then 'Say scale_direction in survey_questions.csv of the drop folder, or in the row itself where answers come as a file.'
            when 'direction_unknown' then 'scale_direction must be higher_is_better or lower_is_better.'
            when 'scale_empty' then 'scale_max must be above scale_min.'
            when 'metric_unknown' then 'metric must be nps, csat, ces or review.'
            when 'survey_kind_unknown' then 'survey_kind must be transactional, relationship or agent: mend the hidden field in the links that are sent.'
            when 'nps_scale_not_0_to_10' then 'NPS is asked from 0 to 10. Ask it so, or map the question as csat.'
            when 'nps_score_not_whole' then 'NPS is a whole number. Mend the row.'
            when 'score_outside_scale' then 'The score lies outside the scale in force when it was given. Mend the scale or the row.'
            when 'score_missing' then 'No score came with the answer.'
            when 'score_unreadable' then 'The answer is no number. Ask on a scale, or map the question as none.'
            when 'answered_twice' then 'The same response answers the question again; its first answer counts.'
            when 'told_by_survey' then 'The helpdesk tells this answer twice; the one with the survey''s own scale counts. Nothing is to be done.'
            when 'response_not_completed' then 'The form was not sent off. Nothing is to be done.'
        end as remedy,
        {{ publication_columns() }}
    from counted
)

select * from published
