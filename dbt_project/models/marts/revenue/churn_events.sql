with churned as (
    select * from {{ ref('int_revenue__churns_dated') }}
),

evidence as (
    select * from {{ ref('int_accounts__evidence_months') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

churn_events as (
    select
        churned.account_id,
        churned.churned_on,
        churned.churn_month,
        months.is_provisional,
        churned.lost_mrr_minor,
        churned.tenure_months,
        churned.is_voluntary,
        churned.reason,
        churned.is_intramonth,
        -- the last whole month that ended 90 days or more before
        before.calendar_month as evidence_month,
        before.customer_class as customer_class_90d_before,
        before.success_vector as success_vector_90d_before,
        before.nps_latest as nps_90d_before,
        {{ publication_columns() }}
    from churned
    inner join months on churned.churn_month = months.calendar_month
    left join evidence as before
        on churned.account_id = before.account_id
        and {{ add_months(month_of(add_days('churned.churned_on', -89)), -1) }} = before.calendar_month
)

select * from churn_events
