{#- Movements of the filled calendar, in one window pass. -#}
with filled as (
    select * from {{ ref('int_revenue__entity_months_filled') }}
),

remembered as (
    select
        *,
        coalesce(lag(closing_mrr_minor) over (entity), 0) as opening_mrr_minor,
        coalesce(lag(carried_mrr_minor) over (entity), 0) as revalued_mrr_minor,
        lag(closing_mrr_minor, 12) over (entity) as cohort_mrr_minor,
        coalesce(max(closing_mrr_minor) over (entity rows between unbounded preceding and 1 preceding), 0) > 0 as was_paying_before,
        min(closing_mrr_minor) over (entity rows between 12 preceding and current row) as lowest_mrr_minor,
        min(case when closing_mrr_minor > 0 then month_number end) over (entity rows between unbounded preceding and current row)
            as first_paid_month
    from filled
    window entity as (partition by account_id, scope_dimension, scope_value order by month_number)
),

moved as (
    select
        *,
        closing_mrr_minor - revalued_mrr_minor as change_minor,
        case
            when closing_mrr_minor = revalued_mrr_minor then null
            when revalued_mrr_minor <= 0 and closing_mrr_minor > 0 and was_paying_before then 'reactivation'
            when revalued_mrr_minor <= 0 and closing_mrr_minor > 0 then 'new'
            when revalued_mrr_minor > 0 and closing_mrr_minor <= 0 then 'churn'
            when closing_mrr_minor > revalued_mrr_minor then 'expansion'
            else 'contraction'
        end as movement
    from remembered
),

entity_months as (
    select
        account_id,
        scope_dimension,
        scope_value,
        {{ first_of_month('month_number') }} as calendar_month,
        cast(month_number as bigint) as month_number,
        cast(opening_mrr_minor as bigint) as opening_mrr_minor,
        cast(revalued_mrr_minor as bigint) as revalued_mrr_minor,
        {% for name in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] -%}
        cast(case when movement = '{{ name }}' then abs(change_minor) else 0 end as bigint) as {{ name }}_minor,
        {% endfor -%}
        cast(revalued_mrr_minor - opening_mrr_minor as bigint) as fx_minor,
        cast(closing_mrr_minor as bigint) as closing_mrr_minor,
        cast(gross_mrr_minor as bigint) as gross_minor,
        cast(gross_mrr_minor - closing_mrr_minor as bigint) as discount_minor,
        cast(usage_minor as bigint) as usage_minor,
        cast(non_recurring_minor as bigint) as non_recurring_minor,
        cast(cohort_mrr_minor as bigint) as cohort_mrr_minor,
        cast(lowest_mrr_minor as bigint) as lowest_mrr_minor,
        movement,
        {{ first_of_month('first_paid_month') }} as first_paid_month
    from moved
)

select * from entity_months
