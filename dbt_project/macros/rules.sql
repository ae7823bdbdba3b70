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

{#- Place of a class in the order from worst to best; NULL for Unknown, for to know less is neither better nor worse. -#}
{% macro class_rank(customer_class) -%}
    case {{ customer_class }} when 'Dangling' then 1 when 'At-Risk' then 2 when 'Happy' then 3 when 'Growth' then 4 end
{%- endmacro %}
