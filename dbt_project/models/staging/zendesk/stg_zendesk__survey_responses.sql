with ratings as (
    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
    union all
    select * from {{ ref('stg_zendesk__csat_survey_responses') }}
),

other_ratings as (
    select * from {{ ref('stg_zendesk__csat_other_ratings') }}
),

answers as (
    select
        rating_id as response_id,
        survey_id,
        cast(null as {{ dbt.type_string() }}) as question_id,
        cast(null as {{ dbt.type_string() }}) as question_ref,
        cast(null as {{ dbt.type_string() }}) as question_type,
        'csat' as metric,
        ticket_id,
        respondent_id,
        score,
        scale_min,
        scale_max,
        sent_at,
        answered_at,
        is_twin
    from ratings
    where answered_at is not null
    union all
    select
        rating_id || ':' || question_id, survey_id, question_id, question_ref, question_type, null, ticket_id, respondent_id,
        score, scale_min, scale_max, sent_at, answered_at, false
    from other_ratings
),

survey_responses as (
    select
        'zendesk' as source_name,
        response_id,
        survey_id,
        question_id,
        question_ref,
        question_type,
        cast(null as {{ dbt.type_string() }}) as question_title,
        true as is_scored,
        case when is_twin then 'told_by_survey' when score is null then 'score_unreadable' end as unread_reason,
        metric,
        'transactional' as survey_kind,
        score,
        scale_min,
        scale_max,
        case when metric is not null then 'higher_is_better' end as scale_direction,
        respondent_id,
        respondent_id as respondent_ref,
        cast(null as {{ dbt.type_string() }}) as account_ref,
        'ticket' as trigger_kind,
        ticket_id as trigger_id,
        cast(null as {{ dbt.type_string() }}) as topic,
        sent_at,
        answered_at as responded_at,
        cast(null as {{ dbt.type_string() }}) as site,
        -- the rating is invitation and answer in one record
        case when metric is not null then response_id end as invitation_id
    from answers
)

select * from survey_responses
