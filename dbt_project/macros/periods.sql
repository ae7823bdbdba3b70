{#- How long a service was, in billing periods: the one place where it is counted. Instants are naive UTC, as vendors keep their
    calendars. tests/dbt_project/revenue/test_periods.py counts the same in days and seconds. -#}

{#- Months of a billing period; NULL for weeks and days. -#}
{% macro period_months(interval_expr, count_expr) -%}
    (case {{ interval_expr }} when 'month' then 1 when 'year' then 12 end * {{ count_expr }})
{%- endmacro %}

{#- Seconds of a billing period of weeks or days; NULL for months and years, whose length the calendar says. -#}
{% macro period_seconds(interval_expr, count_expr) -%}
    (case {{ interval_expr }} when 'week' then 604800 when 'day' then 86400 end * {{ count_expr }})
{%- endmacro %}

{#- Days of the month that month_number() counts. -#}
{% macro days_of_month(number_expr) -%}
    extract(day from {{ add_days(first_of_month('(' ~ number_expr ~ ') + 1'), -1) }})
{%- endmacro %}

{#- The boundary `months` before the end of a period. A period that begins on the 29th to 31st ends on the last day of a shorter
    month: there anchor_day (1 to 31, NULL: the end's own day) says on which day the others end. -#}
{% macro period_boundary(end_ts, months_expr, anchor_day) -%}
    {%- set number = '(' ~ month_number(end_ts) ~ ' - (' ~ months_expr ~ '))' -%}
    {%- set own_day = 'extract(day from ' ~ end_ts ~ ')' -%}
    {%- set day -%}
    case
        when {{ own_day }} = {{ days_of_month(month_number(end_ts)) }} then greatest({{ own_day }}, coalesce({{ anchor_day }}, {{ own_day }}))
        else {{ own_day }}
    end
    {%- endset -%}
    {{ add_seconds(
        'cast(' ~ first_of_month(number) ~ ' as timestamp)',
        '(least(' ~ day ~ ', ' ~ days_of_month(number) ~ ') - 1) * 86400 + ' ~ seconds_between("date_trunc('day', " ~ end_ts ~ ')', end_ts)
    ) }}
{%- endmacro %}

{#- Whole months periods that lie between two instants, counted back from the end. -#}
{% macro periods_back(start_ts, end_ts, months_expr, anchor_day) -%}
    {%- set most -%}
    cast(floor(cast({{ month_number(end_ts) }} - {{ month_number(start_ts) }} as double) / {{ months_expr }}) as bigint)
    {%- endset -%}
    ({{ most }} - case when {{ period_boundary(end_ts, most ~ ' * ' ~ months_expr, anchor_day) }} < {{ start_ts }} then 1 else 0 end)
{%- endmacro %}

{#- Billing periods (double) from start to end: whole ones back from the end, and of the one that was cut its share in seconds.
    1 for a whole period, 0.5 for half of one, 3 for a quarter billed monthly as one line. -#}
{% macro periods_between(start_ts, end_ts, interval_expr, count_expr, anchor_day) -%}
    {%- set months = period_months(interval_expr, count_expr) -%}
    {%- set whole = periods_back(start_ts, end_ts, months, anchor_day) -%}
    {%- set cut_until = period_boundary(end_ts, whole ~ ' * ' ~ months, anchor_day) -%}
    {%- set cut_from = period_boundary(end_ts, '(' ~ whole ~ ' + 1) * ' ~ months, anchor_day) -%}
    case
        when {{ months }} is null
            then cast({{ seconds_between(start_ts, end_ts) }} as double) / {{ period_seconds(interval_expr, count_expr) }}
        else
            {{ whole }}
            + cast({{ seconds_between(start_ts, cut_until) }} as double) / {{ seconds_between(cut_from, cut_until) }}
    end
{%- endmacro %}
