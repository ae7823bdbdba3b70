with interviews as (
    select * from {{ ref('int_success__interviews_resolved') }}
    where account_id is not null
),

qbrs as (
    select * from {{ ref('int_success__qbrs_resolved') }}
    where account_id is not null
        and held_on is not null
),

touchpoints as (
    select * from {{ ref('int_success__touchpoints_linked') }}
),

relationship as (
    select * from {{ ref('int_success__relationship_answers_pooled') }}
),

observations as (
    select
        account_id,
        'sentiment' as signal,
        sentiment as signal_value,
        'potential_patterns' as evidence_table,
        interview_id as evidence_id,
        held_on as observed_on
    from interviews
    union all
    select account_id, 'propensity_to_continue', propensity_to_continue, 'potential_patterns', interview_id, held_on
    from interviews
    union all
    select
        account_id,
        'future_work_named',
        case when future_work is null then 0.0 else 1.0 end,
        'potential_patterns',
        interview_id,
        held_on
    from interviews
    union all
    select account_id, 'qbr_held', 1.0, 'present_patterns', qbr_id, held_on
    from qbrs
    union all
    select account_id, 'qbr_service_rating', service_rating, 'present_patterns', qbr_id, held_on
    from qbrs
    union all
    select account_id, 'qbr_issues_open', cast(issues_open as double), 'present_patterns', qbr_id, held_on
    from qbrs
    union all
    select account_id, 'qbr_opportunities', cast(opportunities as double), 'present_patterns', qbr_id, held_on
    from qbrs
    union all
    select account_id, 'relationship_nps', relationship_nps, 'survey_responses', deciding_response_id, responded_on
    from relationship
    union all
    select
        account_id,
        'relationship_detractors',
        cast(detractors as double),
        'survey_responses',
        deciding_response_id,
        responded_on
    from relationship
    union all
    select account_id, 'peak_end_score', peak_end_score, 'survey_responses', response_id, responded_on
    from touchpoints
),

-- one observation per day: of several, the one with the last id
one_per_day as (
    select *
    from observations
    where signal_value is not null
    qualify row_number() over (
        partition by account_id, signal, observed_on
        order by evidence_id desc
    ) = 1
),

observed as (
    select
        one_per_day.*,
        lead(observed_on) over (partition by account_id, signal order by observed_on) as superseded_on
    from one_per_day
)

select * from observed
