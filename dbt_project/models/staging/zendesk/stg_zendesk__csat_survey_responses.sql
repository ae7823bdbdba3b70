with versions as (
    {{ latest_raw('zendesk', 'csat_survey_responses', ['response_id']) }}
),

csat_survey_responses as (
    select
        'survey-' || response_id as rating_id,
        coalesce(survey_id, 'csat_survey') as survey_id,
        ticket_id,
        responder_id as respondent_id,
        case when answered_at < {{ as_of_end() }} then cast(rating as double) end as score,
        coalesce(cast(rating_min as double), 1.0) as scale_min,
        coalesce(cast(rating_max as double), 5.0) as scale_max,
        coalesce(sent_at, answered_at) as sent_at,
        case when (rating is not null or rating_category is not null) and answered_at < {{ as_of_end() }} then answered_at end as answered_at,
        true as is_offered,
        false as is_twin,
        coalesce(sent_at, answered_at, updated_at) as created_at
    from versions
    where not is_deleted and coalesce(sent_at, answered_at, updated_at) < {{ as_of_end() }}
)

select * from csat_survey_responses
