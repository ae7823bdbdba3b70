{#- Which months a line belongs to, as integers. A recurring line belongs to every month whose last instant (or, in the
    running month, the end of the run's date) its service covers; a line that covers none keeps one row, in its first month. -#}
with lines as (
    select * from {{ ref('int_billing__lines_unioned') }}
),

numbered as (
    select
        *,
        {% if var('mrr_snapshot') == 'first_instant' -%}
        least({{ month_number(local_date(add_seconds('period_start_at', -1))) }} + 1, {{ month_number(as_of()) }}) as starts_in_month,
        {%- else -%}
        {{ month_number(local_date('period_start_at')) }} as starts_in_month,
        {%- endif %}
        case
            when period_end_at is null or period_end_at >= {{ as_of_end() }} then {{ month_number(as_of()) }}
            {% if var('mrr_snapshot') == 'first_instant' -%}
            when true then least({{ month_number(local_date(add_seconds('period_end_at', -1))) }}, {{ month_number(as_of()) }})
            {%- endif %}
            else least({{ month_number(local_date('period_end_at')) }} - 1, {{ month_number(as_of()) }})
        end as covers_until_month,
        least(
            {{ month_number(local_date(add_seconds('coalesce(period_end_at, period_start_at)', -1))) }},
            {{ month_number(as_of()) }}
        ) as ends_in_month
    from lines
),

spans as (
    select
        *,
        kind = 'recurring' and covers_until_month >= starts_in_month as is_at_month_end,
        case
            when kind = 'usage' then greatest(starts_in_month, ends_in_month)
            else starts_in_month
        end as first_month,
        case
            when kind = 'usage' then greatest(starts_in_month, ends_in_month)
            when kind = 'recurring' then greatest(starts_in_month, covers_until_month)
            else starts_in_month
        end as last_month
    from numbered
)

select * from spans
