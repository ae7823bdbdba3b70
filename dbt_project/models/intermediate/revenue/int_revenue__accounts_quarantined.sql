{#- Accounts in months in which their lines add up to less than nothing: nobody pays a negative amount each month, so their bills are
    not understood. Their figure is unknown, and no one else's. -#}
with lines as (
    select * from {{ ref('int_revenue__lines_valued') }}
    where account_id is not null and exclusion_reason is null
),

sums as (
    select
        account_id,
        calendar_month,
        month_number,
        sum(net_mrr_minor) as net_mrr_minor,
        -- how much is not known: what its lines state, whichever their sign
        sum(abs(net_mrr_minor)) as stated_mrr_minor
    from lines
    group by account_id, calendar_month, month_number
),

totals as (
    select calendar_month, sum(greatest(net_mrr_minor, 0)) as mrr_minor
    from sums
    group by calendar_month
),

quarantined as (
    select
        sums.account_id,
        sums.calendar_month,
        sums.month_number,
        'negative_mrr' as quarantine_reason,
        cast(sums.net_mrr_minor as bigint) as net_mrr_minor,
        cast(sums.stated_mrr_minor as bigint) as stated_mrr_minor,
        sum(sums.stated_mrr_minor) over (partition by sums.calendar_month)
        > {{ var('quarantined_mrr_share') }} * totals.mrr_minor as is_too_much
    from sums
    inner join totals on sums.calendar_month = totals.calendar_month
    where sums.net_mrr_minor < 0
)

select * from quarantined
