-- Counted from what was landed alone, so that an answer lost on the way to the published tables is missed.
with responses as (
    {{ latest_raw('typeform', 'responses', ['form_id', 'response_id']) }}
),

survey_answers_landed as (
    select
        'typeform' as source_name,
        form_id as survey_id,
        sum(json_array_length(coalesce(answers, '[]'))) as answers
    from responses
    where not is_deleted and submitted_at < {{ as_of_end() }}
    group by form_id
)

select * from survey_answers_landed
