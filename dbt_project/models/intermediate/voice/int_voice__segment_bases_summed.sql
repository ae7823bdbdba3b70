-- What a survey could have covered: paying accounts and their MRR per month and segment.
with account_months as (
    select account_id, calendar_month, closing_mrr_minor from {{ ref('int_revenue__account_months') }}
    where closing_mrr_minor > 0
),

segments as (
    select * from {{ ref('int_accounts__segments_unpivoted') }}
),

placed as (
    select account_months.*, segments.segment_dimension, segments.segment_value
    from account_months
    inner join segments on account_months.account_id = segments.account_id
    union all
    select *, 'account' as segment_dimension, account_id as segment_value from account_months
),

bases as (
    select
        calendar_month,
        segment_dimension,
        segment_value,
        count(*) as paying_accounts,
        sum(closing_mrr_minor) as revenue
    from placed
    group by calendar_month, segment_dimension, segment_value
)

select * from bases
