with entity_months as (
    select * from {{ ref('int_revenue__entity_months') }}
),

account_months as (
    select
        account_id,
        calendar_month,
        month_number,
        opening_mrr_minor,
        revalued_mrr_minor,
        new_minor,
        reactivation_minor,
        expansion_minor,
        contraction_minor,
        churn_minor,
        fx_minor,
        closing_mrr_minor,
        gross_minor,
        discount_minor,
        usage_minor,
        non_recurring_minor,
        cohort_mrr_minor,
        lowest_mrr_minor,
        movement,
        first_paid_month
    from entity_months
    where scope_dimension = 'all'
)

select * from account_months
