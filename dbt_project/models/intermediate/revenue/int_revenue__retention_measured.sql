{#- Sums by month and cut; ratios are made in the mart. Product and currency cut the account's revenue itself. -#}
{%- set dimensions = segment_dimensions() -%}

with account_months as (
    select * from {{ ref('int_revenue__account_months_segmented') }}
),

entity_months as (
    select * from {{ ref('int_revenue__entity_months') }}
    where scope_dimension <> 'all'
),

cohorts as (
    select 'all' as segment_dimension, 'all' as segment_value, {{ cohort_sums() }}
    from account_months
    where cohort_mrr_minor > 0
    group by calendar_month
    {% for dimension in dimensions %}
    union all
    select '{{ dimension }}' as segment_dimension, cohort_{{ dimension }} as segment_value, {{ cohort_sums() }}
    from account_months
    where cohort_mrr_minor > 0
    group by calendar_month, cohort_{{ dimension }}
    {% endfor %}
    union all
    select scope_dimension as segment_dimension, scope_value as segment_value, {{ cohort_sums() }}
    from entity_months
    where cohort_mrr_minor > 0
    group by calendar_month, scope_dimension, scope_value
),

movements as (
    select 'all' as segment_dimension, 'all' as segment_value, {{ movement_sums() }}
    from account_months
    group by calendar_month
    {% for dimension in dimensions %}
    union all
    select '{{ dimension }}' as segment_dimension, opening_{{ dimension }} as segment_value, {{ movement_sums() }}
    from account_months
    group by calendar_month, opening_{{ dimension }}
    {% endfor %}
    union all
    select scope_dimension as segment_dimension, scope_value as segment_value, {{ movement_sums() }}
    from entity_months
    group by calendar_month, scope_dimension, scope_value
),

measured as (
    select
        coalesce(movements.calendar_month, cohorts.calendar_month) as calendar_month,
        coalesce(movements.segment_dimension, cohorts.segment_dimension) as segment_dimension,
        coalesce(movements.segment_value, cohorts.segment_value) as segment_value,
        {% for column in ['cohort_accounts', 'cohort_mrr_minor', 'retained_mrr_minor', 'kept_mrr_minor', 'retained_accounts',
            'retained_mrr_strict_minor', 'kept_mrr_strict_minor', 'retained_accounts_strict'] -%}
        coalesce(cohorts.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        {% for column in ['opening_accounts', 'churned_accounts', 'closing_accounts', 'opening_mrr_minor', 'new_minor',
            'reactivation_minor', 'expansion_minor', 'contraction_minor', 'churn_minor', 'fx_minor', 'closing_mrr_minor'] -%}
        coalesce(movements.{{ column }}, 0) as {{ column }}{{ "," if not loop.last }}
        {% endfor %}
    from movements
    full outer join cohorts
        on movements.calendar_month = cohorts.calendar_month
        and movements.segment_dimension = cohorts.segment_dimension
        and movements.segment_value = cohorts.segment_value
)

select * from measured
