-- Counted from what was landed alone, so that an answer lost on the way to the published tables is missed.
with ratings as (
    {{ latest_raw('zendesk', 'satisfaction_ratings', ['rating_id']) }}
),

surveys as (
    {{ latest_raw('zendesk', 'csat_survey_responses', ['response_id']) }}
),

answers as (
    select 'legacy_csat' as survey_id
    from ratings
    where not is_deleted and score not in ('offered', 'unoffered') and updated_at < {{ as_of_end() }}
    union all
    select coalesce(survey_id, 'csat_survey') as survey_id
    from surveys
    where not is_deleted and (rating is not null or rating_category is not null) and answered_at < {{ as_of_end() }}
    union all
    select survey_id from {{ ref('stg_zendesk__csat_other_ratings') }}
),

survey_answers_landed as (
    select 'zendesk' as source_name, survey_id, count(*) as answers
    from answers
    group by survey_id
)

select * from survey_answers_landed
