with churned as (
    select * from {{ ref('int_revenue__churns_dated') }}
),

evidence as (
    select * from {{ ref('int_accounts__evidence_months') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

interventions as (
    select * from {{ ref('int_success__interventions_kept') }}
    where not is_lapsed
),

last_interventions as (
    select
        churned.account_id,
        churned.churn_month,
        max(interventions.opened_on) as opened_on,
        max_by(interventions.rule_id, cast(interventions.opened_on as {{ dbt.type_string() }}) || interventions.rule_id) as rule_id
    from churned
    inner join interventions
        on churned.account_id = interventions.account_id
        and interventions.opened_on <= churned.churned_on
    group by churned.account_id, churned.churn_month
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
        last_interventions.rule_id as last_intervention_rule_id,
        last_interventions.opened_on as last_intervention_on,
        {{ money_columns() }},
        {{ publication_columns() }}
    from churned
    inner join months on churned.churn_month = months.calendar_month
    left join last_interventions
        on churned.account_id = last_interventions.account_id
        and churned.churn_month = last_interventions.churn_month
    left join evidence as before
        on churned.account_id = before.account_id
        and {{ add_months(month_of(add_days('churned.churned_on', -89)), -1) }} = before.calendar_month
)

select * from churn_events
