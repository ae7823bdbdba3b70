with measured as (
    -- the monthly ratios start from the opening at this month's rates: the exchange rate moves none of them
    select *, opening_mrr_minor + fx_minor as revalued_mrr_minor
    from {{ ref('int_revenue__retention_measured') }}
),

months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

retention_months as (
    select
        measured.calendar_month,
        months.is_provisional,
        measured.segment_dimension,
        measured.segment_value,
        measured.cohort_accounts,
        measured.cohort_mrr_minor,
        measured.retained_accounts,
        measured.retained_mrr_minor,
        measured.kept_mrr_minor,
        {{ ratio('measured.retained_mrr_minor', 'measured.cohort_mrr_minor') }} as nrr_12,
        {{ ratio('measured.kept_mrr_minor', 'measured.cohort_mrr_minor') }} as grr_12,
        {{ ratio('measured.retained_accounts', 'measured.cohort_accounts') }} as logo_retention_12,
        measured.retained_accounts_strict,
        measured.retained_mrr_strict_minor,
        measured.kept_mrr_strict_minor,
        {{ ratio('measured.retained_mrr_strict_minor', 'measured.cohort_mrr_minor') }} as nrr_12_strict,
        {{ ratio('measured.kept_mrr_strict_minor', 'measured.cohort_mrr_minor') }} as grr_12_strict,
        {{ ratio('measured.retained_accounts_strict', 'measured.cohort_accounts') }} as logo_retention_12_strict,
        measured.opening_accounts,
        measured.churned_accounts,
        measured.closing_accounts,
        measured.opening_mrr_minor,
        measured.revalued_mrr_minor,
        measured.new_minor,
        measured.reactivation_minor,
        measured.expansion_minor,
        measured.contraction_minor,
        measured.churn_minor,
        measured.fx_minor,
        measured.closing_mrr_minor,
        {{ ratio('(measured.revalued_mrr_minor + measured.expansion_minor - measured.contraction_minor - measured.churn_minor)', 'measured.revalued_mrr_minor') }} as nrr_1,
        {{ ratio('(measured.revalued_mrr_minor + measured.reactivation_minor + measured.expansion_minor - measured.contraction_minor - measured.churn_minor)', 'measured.revalued_mrr_minor') }} as nrr_1_with_reactivation,
        {{ ratio('(measured.revalued_mrr_minor - measured.contraction_minor - measured.churn_minor)', 'measured.revalued_mrr_minor') }} as grr_1,
        {{ ratio('measured.churned_accounts', 'measured.opening_accounts') }} as logo_churn,
        {{ ratio('(measured.contraction_minor + measured.churn_minor)', 'measured.revalued_mrr_minor') }} as revenue_churn_gross,
        {{ ratio('measured.churn_minor', 'measured.revalued_mrr_minor') }} as revenue_churn_cancelled_only,
        {{ ratio('(measured.contraction_minor + measured.churn_minor - measured.expansion_minor)', 'measured.revalued_mrr_minor') }} as revenue_churn_net,
        measured.cohort_accounts < {{ var('min_cohort_accounts') }} as is_small_cohort,
        {{ money_columns() }},
        {{ publication_columns() }}
    from measured
    inner join months on measured.calendar_month = months.calendar_month
)

select * from retention_months
