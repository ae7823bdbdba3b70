{#- Count, mean, median and 90th percentile of a minutes column, named after what was measured.
    The mean is formed from whole seconds: a sum of doubles depends on the order in which threads deliver them. -#}
{% macro minute_statistics(column, name) -%}
    count({{ column }}) as {{ name }}_count,
        cast(sum(cast(round({{ column }} * 60) as bigint)) as double) / 60 / nullif(count({{ column }}), 0) as {{ name }}_minutes_mean,
        percentile_cont(0.5) within group (order by {{ column }}) as {{ name }}_minutes_p50,
        percentile_cont(0.9) within group (order by {{ column }}) as {{ name }}_minutes_p90
{%- endmacro %}

{#- The four columns of minute_statistics out of a joined CTE; a missing row is a count of 0 and no figures. -#}
{% macro statistic_columns(relation, name) -%}
    coalesce({{ relation }}.{{ name }}_count, 0) as {{ name }}_count,
        {{ relation }}.{{ name }}_minutes_mean,
        {{ relation }}.{{ name }}_minutes_p50,
        {{ relation }}.{{ name }}_minutes_p90
{%- endmacro %}

{#- Bound of the 95 % Wilson interval of a share, side low or high; exactly 0 or 1 at the ends, NULL without trials. -#}
{% macro wilson_bound(successes, trials, side) -%}
    case
            when coalesce({{ trials }}, 0) = 0 then null
            when {{ successes }} = {{ '0' if side == 'low' else trials }} then {{ '0.0' if side == 'low' else '1.0' }}
            else ({{ successes }} + {{ z_95() }} * {{ z_95() }} / 2.0 {{ '-' if side == 'low' else '+' }} {{ z_95() }} * sqrt(
                cast({{ successes }} as double) * ({{ trials }} - {{ successes }}) / {{ trials }} + {{ z_95() }} * {{ z_95() }} / 4.0
            )) / ({{ trials }} + {{ z_95() }} * {{ z_95() }})
        end
{%- endmacro %}

{#- Two-sided 95 % point of the standard normal distribution. -#}
{% macro z_95() -%}1.959963984540054e0{%- endmacro %}
