{#- Numbers as a sentence shows them: half away from zero, no needless decimals, no sign of the machine. -#}

{#- A whole number with thousands separators is left to the page; here digits alone. -#}
{% macro whole_number(expr) -%}cast(cast(round({{ expr }}) as bigint) as {{ dbt.type_string() }}){%- endmacro %}

{#- A share as "67 %". -#}
{% macro percent_text(expr) -%}{{ whole_number(expr ~ ' * 100') }} || ' %'{%- endmacro %}

{#- A number with one decimal where it needs one. -#}
{% macro number_text(expr) -%}
    case
        when {{ expr }} = round({{ expr }}) then {{ whole_number(expr) }}
        else cast(cast(round({{ expr }}, 1) as decimal(18, 1)) as {{ dbt.type_string() }})
    end
{%- endmacro %}

{#- A value in the unit that class_signals names for it. -#}
{% macro value_text(value_expr, unit_expr) -%}
    case when {{ unit_expr }} in ('0 to 1', '-1 to 1', 'fraction') then {{ percent_text(value_expr) }} else {{ number_text(value_expr) }} end
{%- endmacro %}

{#- The first letter of a text as a capital, and a full stop behind it. -#}
{% macro as_sentence(text_expr) -%}upper(substring({{ text_expr }}, 1, 1)) || substring({{ text_expr }}, 2) || '.'{%- endmacro %}

{#- Decimals of the reporting currency (ISO 4217), known when the models are compiled. -#}
{% macro reporting_decimals() -%}
    {%- set code = var('reporting_currency') -%}
    {{ return(
        0 if code in ['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']
        else 3 if code in ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']
        else 2
    ) }}
{%- endmacro %}

{#- Minor units of the reporting currency as an exact amount in its major unit. -#}
{% macro major_units(minor_expr) -%}
    {%- set decimals = reporting_decimals() | int -%}
    cast(cast({{ minor_expr }} as decimal(18, 0)) / {{ 10 ** decimals }}.0 as decimal(18, 3))
{%- endmacro %}

{#- Minor units of a currency as a text with its code, "1234.50 USD". -#}
{% macro money_text(minor_expr, currency_expr) -%}
    case {{ currency_exponent(currency_expr) }}
        when 0 then cast(cast({{ minor_expr }} as decimal(18, 0)) as {{ dbt.type_string() }})
        when 3 then cast(cast(cast({{ minor_expr }} as decimal(18, 0)) / 1000.0 as decimal(18, 3)) as {{ dbt.type_string() }})
        else cast(cast(cast({{ minor_expr }} as decimal(18, 0)) / 100.0 as decimal(18, 2)) as {{ dbt.type_string() }})
    end || ' ' || {{ currency_expr }}
{%- endmacro %}
