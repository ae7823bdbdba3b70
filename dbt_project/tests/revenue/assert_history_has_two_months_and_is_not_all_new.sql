-- The identity holds trivially on one month of new accounts; where there is revenue at all, there must be more to it.
-- A company may be new or steady: it is told so, and published.
{{ config(severity='warn') }}

with totals as (
    select
        count(distinct case when closing_mrr_minor > 0 then calendar_month end) as paid_months,
        sum(new_minor) as new_minor,
        sum(new_minor + reactivation_minor + expansion_minor + contraction_minor + churn_minor) as moved_minor
    from {{ ref('retention_months') }}
    where segment_dimension = 'all'
)

select * from totals
where moved_minor > 0 and (paid_months < 2 or new_minor = moved_minor)
