{#- Lines by month as they count. Those of an account whose month can't be true count for nothing, and say so. -#}
{%- set amounts = ['billing_gross_mrr_minor', 'billing_net_mrr_minor', 'gross_mrr_minor', 'net_mrr_minor', 'carried_mrr_minor', 'inclusive_tax_mrr_minor'] -%}

with lines as (
    select * from {{ ref('int_revenue__lines_valued') }}
),

quarantined as (
    select * from {{ ref('int_revenue__accounts_quarantined') }}
),

line_months as (
    select
        lines.* except (exclusion_reason, {{ amounts | join(', ') }}),
        case when lines.exclusion_reason is null then quarantined.quarantine_reason else lines.exclusion_reason end as exclusion_reason,
        {% for amount in amounts -%}
        case when quarantined.account_id is null then lines.{{ amount }} else 0 end as {{ amount }}{{ "," if not loop.last }}
        {% endfor %}
    from lines
    left join quarantined
        on lines.account_id = quarantined.account_id and lines.month_number = quarantined.month_number
)

select * from line_months
