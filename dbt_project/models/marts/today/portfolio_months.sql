with retention as (
    select * from {{ ref('retention_months') }}
    where segment_dimension = 'all'
),

nps as (
    select * from {{ ref('nps_trend') }}
    where window_days = 90 and level = 'respondent' and survey_kind = 'relationship' and segment_dimension = 'all'
),

satisfaction as (
    select * from {{ ref('satisfaction_trend') }}
    where segment_dimension = 'all' and survey_kind = 'transactional'
),

csat as (
    select * from satisfaction
    where metric = 'csat'
),

ces as (
    select * from satisfaction
    where metric = 'ces'
),

support as (
    select
        calendar_month,
        cast(sum(created) as bigint) as tickets_created,
        cast(sum(backlog) as bigint) as tickets_backlog,
        cast(sum(sla_judged) as bigint) as sla_judged,
        cast(sum(sla_met) as bigint) as sla_met
    from {{ ref('support_account_months') }}
    group by calendar_month
),

divergence as (
    select calendar_month, success_vector, vector_accounts, delta, state
    from {{ ref('nrr_vs_success_vector') }}
    where segment_dimension = 'all'
),

paying as (
    select account_id, calendar_month
    from {{ ref('account_months') }}
    where closing_mrr_minor > 0
),

classes as (
    select
        classes.calendar_month,
        count_if(classes.customer_class = 'Happy') as happy_accounts,
        count_if(classes.customer_class = 'Growth') as growth_accounts,
        count_if(classes.customer_class = 'At-Risk') as at_risk_accounts,
        count_if(classes.customer_class = 'Dangling') as dangling_accounts,
        count_if(classes.customer_class = 'Unknown') as unknown_accounts
    from {{ ref('customer_classes') }} as classes
    inner join paying on classes.account_id = paying.account_id and classes.calendar_month = paying.calendar_month
    group by classes.calendar_month
),

months as (
    select
        retention.calendar_month,
        retention.is_provisional,
        '{{ var("reporting_currency") }}' as currency,
        retention.closing_mrr_minor,
        {{ major_units('retention.closing_mrr_minor') }} as closing_mrr,
        {{ major_units('retention.opening_mrr_minor') }} as opening_mrr,
        {{ major_units('retention.new_minor') }} as new_mrr,
        {{ major_units('retention.reactivation_minor') }} as reactivation_mrr,
        {{ major_units('retention.expansion_minor') }} as expansion_mrr,
        {{ major_units('retention.contraction_minor') }} as contraction_mrr,
        {{ major_units('retention.churn_minor') }} as churn_mrr,
        {{ major_units('retention.fx_minor') }} as fx_mrr,
        retention.closing_accounts as paying_accounts,
        retention.churned_accounts,
        retention.cohort_accounts,
        retention.cohort_mrr_minor,
        retention.nrr_12,
        retention.grr_12,
        retention.logo_retention_12,
        retention.logo_churn,
        nps.responses as nps_responses,
        nps.nps,
        nps.nps_low,
        nps.nps_high,
        nps.reliability as nps_reliability,
        csat.responses as csat_responses,
        csat.score as csat,
        csat.score_low as csat_low,
        csat.score_high as csat_high,
        ces.responses as ces_responses,
        ces.score as ces,
        ces.score_low as ces_low,
        ces.score_high as ces_high,
        support.tickets_created,
        support.tickets_backlog,
        support.sla_judged,
        support.sla_met,
        {{ ratio('support.sla_met', 'support.sla_judged') }} as sla_met_rate,
        divergence.success_vector,
        divergence.vector_accounts,
        divergence.delta as success_vector_change,
        divergence.state as divergence_state,
        cast(classes.happy_accounts as bigint) as happy_accounts,
        cast(classes.growth_accounts as bigint) as growth_accounts,
        cast(classes.at_risk_accounts as bigint) as at_risk_accounts,
        cast(classes.dangling_accounts as bigint) as dangling_accounts,
        cast(classes.unknown_accounts as bigint) as unknown_accounts,
        {{ money_columns() }},
        {{ publication_columns() }}
    from retention
    left join nps on retention.calendar_month = nps.calendar_month
    left join csat on retention.calendar_month = csat.calendar_month
    left join ces on retention.calendar_month = ces.calendar_month
    left join support on retention.calendar_month = support.calendar_month
    left join divergence on retention.calendar_month = divergence.calendar_month
    left join classes on retention.calendar_month = classes.calendar_month
)

select * from months
