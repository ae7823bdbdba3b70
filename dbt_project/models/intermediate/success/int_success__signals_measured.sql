with account_months as (
    select * from {{ ref('int_success__account_months_spined') }}
),

evidence as (
    select * from {{ ref('int_success__evidence_observed') }}
),

vectors as (
    select * from {{ ref('int_success__vectors_calculated') }}
),

support as (
    select * from {{ ref('int_success__support_windows_measured') }}
),

revenue as (
    select * from {{ ref('int_success__revenue_changes_measured') }}
),

-- an observation stands until the next one of its kind, at most for the time that signals are remembered
standing as (
    select
        account_months.account_id,
        account_months.calendar_month,
        evidence.signal,
        evidence.signal_value,
        evidence.evidence_table,
        evidence.evidence_id,
        evidence.observed_on
    from account_months
    inner join evidence
        on evidence.account_id = account_months.account_id
        and evidence.observed_on <= account_months.last_on
        and (evidence.superseded_on is null or evidence.superseded_on > account_months.last_on)
        and account_months.last_on <= {{ add_days('evidence.observed_on', var('signal_memory_days')) }}
),

monthly as (
    select
        account_id,
        calendar_month,
        'adherence_90d' as signal,
        adherence_90d as signal_value,
        'milestones' as evidence_table,
        deciding_milestone_id as evidence_id,
        last_due_on as observed_on
    from vectors
    union all
    select
        account_id,
        calendar_month,
        'adherence_customer_90d',
        adherence_customer_90d,
        'milestones',
        deciding_milestone_id,
        last_due_on
    from vectors
    union all
    select
        account_id,
        calendar_month,
        'adherence_supplier_90d',
        adherence_supplier_90d,
        'milestones',
        deciding_milestone_id,
        last_due_on
    from vectors
    union all
    select account_id, calendar_month, 'rated_desire', desire, 'success_vector', last_rating_id, last_rated_on
    from vectors
    union all
    select account_id, calendar_month, 'success_vector', proven, 'success_vector', last_rating_id, last_rated_on
    from vectors
    union all
    select
        account_id,
        calendar_month,
        'success_vector_change_90d',
        delta_90d,
        'success_vector',
        last_rating_id,
        last_rated_on
    from vectors
    union all
    select
        account_id,
        calendar_month,
        'sla_met_rate_90d',
        {{ ratio('sla_met_90d', 'sla_judged_90d') }},
        'tickets',
        deciding_ticket_id,
        last_judged_on
    from support
    union all
    select account_id, calendar_month, signal, signal_value, evidence_table, evidence_id, observed_on
    from revenue
),

known as (
    select * from standing
    union all
    select
        monthly.account_id,
        monthly.calendar_month,
        monthly.signal,
        monthly.signal_value,
        monthly.evidence_table,
        monthly.evidence_id,
        monthly.observed_on
    from monthly
    where monthly.signal_value is not null
),

measured as (
    select
        known.account_id,
        known.calendar_month,
        known.signal,
        known.signal_value,
        known.evidence_table,
        known.evidence_id,
        known.observed_on,
        cast({{ days_between('known.observed_on', 'account_months.last_on') }} as bigint) as age_days
    from known
    inner join account_months
        on account_months.account_id = known.account_id
        and account_months.calendar_month = known.calendar_month
)

select * from measured
