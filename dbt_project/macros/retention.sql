{#- Sums over the trailing twelve-month cohort C = {a : M(a, m-12) > 0}. kept: never more than it was; strict: an account that
    lapsed inside the window is lost although it came back. -#}
{% macro cohort_sums() -%}
        calendar_month,
        count(*) as cohort_accounts,
        cast(sum(cohort_mrr_minor) as bigint) as cohort_mrr_minor,
        cast(sum(greatest(closing_mrr_minor, 0)) as bigint) as retained_mrr_minor,
        cast(sum(greatest(least(closing_mrr_minor, cohort_mrr_minor), 0)) as bigint) as kept_mrr_minor,
        count(case when closing_mrr_minor > 0 then 1 end) as retained_accounts,
        cast(sum(case when lowest_mrr_minor > 0 then closing_mrr_minor else 0 end) as bigint) as retained_mrr_strict_minor,
        cast(sum(case when lowest_mrr_minor > 0 then least(closing_mrr_minor, cohort_mrr_minor) else 0 end) as bigint)
            as kept_mrr_strict_minor,
        count(case when lowest_mrr_minor > 0 then 1 end) as retained_accounts_strict
{%- endmacro %}

{#- Sums of one month's movements. -#}
{% macro movement_sums() -%}
        calendar_month,
        count(case when opening_mrr_minor > 0 then 1 end) as opening_accounts,
        count(case when churn_minor > 0 then 1 end) as churned_accounts,
        count(case when closing_mrr_minor > 0 then 1 end) as closing_accounts,
        {% for name in ['opening_mrr', 'new', 'reactivation', 'expansion', 'contraction', 'churn', 'fx', 'closing_mrr'] -%}
        cast(sum({{ name }}_minor) as bigint) as {{ name }}_minor{{ "," if not loop.last }}
        {% endfor %}
{%- endmacro %}
