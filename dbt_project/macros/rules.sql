{#- Rules that are data: how one condition of a rule seed is tested. -#}

{% macro rule_operators() -%}
    {{ return({'>=': 'at_least', '>': 'above', '<=': 'at_most', '<': 'below', '=': 'equal', '<>': 'not_equal'}) }}
{%- endmacro %}

{#- Boolean: the value compared with the threshold by the operator that the row names; NULL when the value is. -#}
{% macro rule_holds(value, operator, threshold) -%}
    case {{ operator }}
        {%- for symbol in rule_operators() %}
        when '{{ symbol }}' then {{ value }} {{ symbol }} {{ threshold }}
        {%- endfor %}
    end
{%- endmacro %}

{#- The operator in words, as a reason tells it. -#}
{% macro rule_direction(operator) -%}
    case {{ operator }}
        {%- for symbol, word in rule_operators().items() %}
        when '{{ symbol }}' then '{{ word }}'
        {%- endfor %}
    end
{%- endmacro %}
