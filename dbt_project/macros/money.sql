{#- Decimals of a currency as its integer minor units count them: ISO 4217. What a vendor counts otherwise is brought to these in
    its staging. -#}
{% macro currency_exponent(currency_expr) -%}
    case
        when {{ currency_expr }} in (
            'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
        ) then 0
        when {{ currency_expr }} in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when {{ currency_expr }} in ('CLF', 'UYW') then 4
        else 2
    end
{%- endmacro %}

{#- How many periods of an interval a year has, by policy; a month is a twelfth of it. -#}
{% macro periods_per_year(interval_expr) -%}
    case {{ interval_expr }}
        when 'month' then 12
        when 'year' then 1
        when 'week' then {{ var('week_factor') }}
        when 'day' then {{ var('day_factor') }}
    end
{%- endmacro %}

{#- Nominal days of a billing period: shortest and longest. A line of another length was cut or stretched. -#}
{% macro shortest_period_days(interval_expr) -%}
    case {{ interval_expr }} when 'month' then 28 when 'year' then 365 when 'week' then 7 when 'day' then 1 end
{%- endmacro %}
{% macro longest_period_days(interval_expr) -%}
    case {{ interval_expr }} when 'month' then 31 when 'year' then 366 when 'week' then 7 when 'day' then 1 end
{%- endmacro %}

{#- Integer minor units in the reporting currency; exact decimals, half away from zero. -#}
{% macro converted_minor(minor_expr, rate_expr) -%}
    cast(round(cast({{ minor_expr }} as decimal(18, 0)) * cast({{ rate_expr }} as decimal(20, 12)), 0) as bigint)
{%- endmacro %}

{#- Ends the run for want of a rate; names the currency and the last day of the month. orchestration/privacy/error_redaction.py knows the words. -#}
{% macro fail_without_rate(currency_expr, month_expr) -%}
    cast({{ fail_run(
        "'No rate of ' || " ~ currency_expr ~ " || ' for ' || cast(" ~ add_days(add_months(month_expr, 1), -1)
        ~ " as " ~ dbt.type_string() ~ ") || ': add a day of that month to fx_rates'"
    ) }} as decimal(20, 12))
{%- endmacro %}

{#- Units that are billed: of packages the whole ones, rounded up or down. quantity NULL is one. -#}
{% macro billed_units(quantity_expr, divide_by_expr, round_expr) -%}
    case
        when {{ divide_by_expr }} is null then coalesce({{ quantity_expr }}, 1)
        when {{ round_expr }} = 'up' then ceil(cast(coalesce({{ quantity_expr }}, 1) as double) / {{ divide_by_expr }})
        else floor(cast(coalesce({{ quantity_expr }}, 1) as double) / {{ divide_by_expr }})
    end
{%- endmacro %}

{#- The two columns of every published table that holds money: which currency its amounts are in, and how many decimals that has. -#}
{% macro money_columns() -%}
    cast('{{ var("reporting_currency") }}' as {{ dbt.type_string() }}) as reporting_currency,
    cast({{ currency_exponent("'" ~ var("reporting_currency") ~ "'") }} as integer) as minor_unit_exponent
{%- endmacro %}
