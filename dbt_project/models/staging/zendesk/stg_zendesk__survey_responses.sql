with ratings as (
    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
    union all
    select * from {{ ref('stg_zendesk__csat_survey_responses') }}
),

survey_responses as (
    select
        'zendesk' as source_name,
        rating_id as response_id,
        survey_id,
        cast(null as {{ dbt.type_string() }}) as question_id,
        cast(null as {{ dbt.type_string() }}) as question_ref,
        cast(null as {{ dbt.type_string() }}) as question_type,
        cast(null as {{ dbt.type_string() }}) as question_title,
        true as is_scored,
        case when score is null then 'score_unreadable' end as unread_reason,
        'csat' as metric,
        'transactional' as survey_kind,
        score,
        scale_min,
        scale_max,
        'higher_is_better' as scale_direction,
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
        rating_id as invitation_id
    from ratings
    where answered_at is not null
)

select * from survey_responses
