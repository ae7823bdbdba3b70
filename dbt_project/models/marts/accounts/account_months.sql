with revenue as (
    select * from {{ ref('int_revenue__account_months') }}
),

billed as (
    select * from {{ ref('int_revenue__billing_currencies') }}
),

evidence as (
    select * from {{ ref('int_accounts__evidence_months') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

quarantined as (
    select * from {{ ref('int_revenue__accounts_quarantined') }}
),

account_months as (
    select
        revenue.account_id,
        revenue.calendar_month,
        months.is_provisional,
        case when quarantined_before.account_id is null then revenue.opening_mrr_minor end as opening_mrr_minor,
        revenue.new_minor,
        revenue.reactivation_minor,
        revenue.expansion_minor,
        revenue.contraction_minor,
        revenue.churn_minor,
        revenue.fx_minor,
        case when quarantined.account_id is null then revenue.closing_mrr_minor end as closing_mrr_minor,
        case when quarantined.account_id is null then revenue.gross_minor end as gross_minor,
        case when quarantined.account_id is null then revenue.discount_minor end as discount_minor,
        revenue.usage_minor,
        revenue.non_recurring_minor,
        billed.billing_currency,
        billed.billing_mrr_minor,
        revenue.first_paid_month,
        evidence.tickets,
        evidence.first_reply_minutes_p50,
        evidence.resolution_minutes_p50,
        evidence.sla_judged,
        evidence.sla_met,
        evidence.sla_met_rate,
        evidence.csat,
        evidence.csat_satisfied,
        evidence.csat_responses,
        evidence.nps_latest,
        evidence.nps_latest_on,
        cast(evidence.nps_latest_age_days as bigint) as nps_latest_age_days,
        evidence.ces,
        evidence.ces_satisfied,
        evidence.ces_responses,
        evidence.milestones_due,
        evidence.milestones_met,
        evidence.success_vector,
        evidence.success_vector_subjective,
        evidence.customer_class,
        cast(
            (case when revenue.first_paid_month is not null then 1 else 0 end)
            + (case when evidence.tickets is not null then 1 else 0 end)
            + (case when evidence.csat is not null or evidence.ces is not null then 1 else 0 end)
            + (case when evidence.nps_latest_age_days <= 365 then 1 else 0 end)
            + (case when evidence.milestones_due is not null then 1 else 0 end)
            + (case when evidence.success_vector_subjective is not null then 1 else 0 end)
            as double
        ) / 6 as evidence_completeness,
        quarantined.quarantine_reason,
        {{ money_columns() }},
        {{ publication_columns() }}
    from revenue
    inner join months on revenue.calendar_month = months.calendar_month
    left join quarantined
        on revenue.account_id = quarantined.account_id and revenue.month_number = quarantined.month_number
    left join quarantined as quarantined_before
        on revenue.account_id = quarantined_before.account_id
        and revenue.month_number - 1 = quarantined_before.month_number
    left join billed
        on revenue.account_id = billed.account_id and revenue.month_number = billed.month_number
    left join evidence
        on revenue.account_id = evidence.account_id and revenue.calendar_month = evidence.calendar_month
)

select * from account_months
