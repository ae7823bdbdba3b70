with revenue as (
    select * from {{ ref('int_revenue__account_months') }}
),

months as (
    select distinct calendar_month, last_on from {{ ref('int_success__account_months_spined') }}
),

changes as (
    select
        revenue.account_id,
        revenue.calendar_month,
        revenue.closing_mrr_minor,
        lag(revenue.closing_mrr_minor, 3) over (partition by revenue.account_id order by revenue.calendar_month) as closing_mrr_minor_90d_before
    from revenue
),

measured as (
    select
        changes.account_id,
        changes.calendar_month,
        'mrr_change_90d' as signal,
        {{ ratio('changes.closing_mrr_minor - changes.closing_mrr_minor_90d_before', 'changes.closing_mrr_minor_90d_before') }} as signal_value,
        'account_months' as evidence_table,
        changes.account_id || ':' || cast(changes.calendar_month as string) as evidence_id,
        months.last_on as observed_on
    from changes
    inner join months
        on months.calendar_month = changes.calendar_month
)

select * from measured
