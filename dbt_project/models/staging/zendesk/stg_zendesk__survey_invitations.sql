with ratings as (
    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
    union all
    select * from {{ ref('stg_zendesk__csat_survey_responses') }}
),

survey_invitations as (
    select
        'zendesk' as source_name,
        rating_id as invitation_id,
        survey_id,
        'csat' as metric,
        'transactional' as survey_kind,
        respondent_id,
        respondent_id as respondent_ref,
        cast(null as {{ dbt.type_string() }}) as account_ref,
        'ticket' as trigger_kind,
        ticket_id as trigger_id,
        coalesce(sent_at, created_at) as sent_at,
        is_offered
    from ratings
    where not is_twin
)

select * from survey_invitations
