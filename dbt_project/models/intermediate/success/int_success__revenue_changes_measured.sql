{#- Read once: not worth a table of its own. -#}
{{ config(materialized='view') }}
with revenue as (
    select * from {{ ref('int_revenue__account_months') }}
),

line_months as (
    select * from {{ ref('int_revenue__line_months') }}
    where account_id is not null
        and net_mrr_minor > 0
),

months as (
    select distinct calendar_month, last_on from {{ ref('int_success__account_months_spined') }}
),

-- movements, not balances: a rate of exchange changes nobody's scope
changes as (
    select
        account_id,
        calendar_month,
        sum(new_minor + reactivation_minor + expansion_minor - contraction_minor - churn_minor) over (
            partition by account_id
            order by calendar_month
            rows between 2 preceding and current row
        ) as change_minor,
        lag(closing_mrr_minor, 3) over (partition by account_id order by calendar_month) as before_minor
    from revenue
),

-- an end counts from the day it was asked for until it comes; where bills do not say that day, in the running month alone
ends_known as (
    select
        line_months.account_id,
        line_months.calendar_month,
        line_months.net_mrr_minor,
        months.last_on,
        case
            when {{ local_date('line_months.end_requested_at') }} <= months.last_on
                then {{ local_date('line_months.requested_end_at') }}
            when line_months.calendar_month = {{ month_of(as_of()) }}
                and line_months.is_end_committed
                and line_months.end_requested_at is null
                then {{ local_date('line_months.scheduled_end_at') }}
        end as ends_on
    from line_months
    inner join months
        on months.calendar_month = line_months.calendar_month
),

coming_ends as (
    select
        account_id,
        calendar_month,
        sum(net_mrr_minor) as mrr_minor,
        sum(case
            when ends_on > last_on and ends_on <= {{ add_days('last_on', var('exit_horizon_days')) }} then net_mrr_minor
            else 0
        end) as ending_mrr_minor
    from ends_known
    group by account_id, calendar_month
),

signals as (
    select
        account_id,
        calendar_month,
        'mrr_change_90d' as signal,
        {{ ratio('change_minor', 'before_minor') }} as signal_value
    from changes
    where before_minor > 0
    union all
    select account_id, calendar_month, 'scheduled_exit_rate', {{ ratio('ending_mrr_minor', 'mrr_minor') }}
    from coming_ends
),

measured as (
    select
        signals.account_id,
        signals.calendar_month,
        signals.signal,
        signals.signal_value,
        'account_months' as evidence_table,
        signals.account_id || ':' || cast(signals.calendar_month as string) as evidence_id,
        months.last_on as observed_on
    from signals
    inner join months
        on months.calendar_month = signals.calendar_month
    where signals.signal_value is not null
)

select * from measured
