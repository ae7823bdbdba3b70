-- Every dimension cuts the same revenue: its values sum to the total in every month and column. One product of an account may be
-- less than nothing (a discount of its own line): that part is in no cohort, so the others sum to more than the total.
with cuts as (
    select
        calendar_month,
        segment_dimension,
        sum(opening_mrr_minor) as opening_mrr_minor,
        sum(closing_mrr_minor) as closing_mrr_minor,
        sum(fx_minor) as fx_minor,
        sum(cohort_mrr_minor) as cohort_mrr_minor,
        sum(case when segment_dimension in ('product', 'currency') then 0 else churn_minor end) as churn_minor,
        sum(case when segment_dimension in ('product', 'currency') then 0 else kept_mrr_minor end) as kept_mrr_minor
    from {{ ref('retention_months') }}
    group by calendar_month, segment_dimension
)

select cuts.*
from cuts
inner join cuts as totals on cuts.calendar_month = totals.calendar_month and totals.segment_dimension = 'all'
where
    cuts.opening_mrr_minor <> totals.opening_mrr_minor
    or cuts.closing_mrr_minor <> totals.closing_mrr_minor
    or cuts.fx_minor <> totals.fx_minor
    or cuts.cohort_mrr_minor < totals.cohort_mrr_minor
    or (cuts.segment_dimension not in ('product', 'currency') and (
        cuts.cohort_mrr_minor <> totals.cohort_mrr_minor
        or cuts.churn_minor <> totals.churn_minor
        or cuts.kept_mrr_minor <> totals.kept_mrr_minor
    ))
