{%- set clocks = ['first_reply', 'first_reply_business', 'first_resolution', 'first_resolution_business', 'resolution', 'resolution_business'] -%}

with account_months as (
    select * from {{ ref('int_support__account_months') }}
),

published as (
    select
        account_id,
        calendar_month,
        is_provisional,
        cast(created as bigint) as created,
        cast(merged as bigint) as merged,
        cast(solved as bigint) as solved,
        cast(reopened as bigint) as reopened,
        cast(backlog as bigint) as backlog,
        cast(backlog_age_days as double) as backlog_age_days,
        {% for clock in clocks -%}
        cast({{ clock }}_count as bigint) as {{ clock }}_count,
        cast({{ clock }}_minutes_mean as double) as {{ clock }}_minutes_mean,
        cast({{ clock }}_minutes_p50 as double) as {{ clock }}_minutes_p50,
        cast({{ clock }}_minutes_p90 as double) as {{ clock }}_minutes_p90,
        {% endfor -%}
        cast(one_touch as bigint) as one_touch,
        cast(sla_judged as bigint) as sla_judged,
        cast(sla_met as bigint) as sla_met,
        sla_met_rate,
        cast(csat_responses as bigint) as csat_responses,
        cast(csat_satisfied as bigint) as csat_satisfied,
        csat,
        {{ publication_columns() }}
    from account_months
)

select * from published
