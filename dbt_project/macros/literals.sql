{#- A list var as SQL text literals, to stand inside `in (...)`; an empty list matches nothing. -#}
{% macro text_list(values) -%}
    {%- if values -%}
    {%- for value in values -%}'{{ value | replace("'", "''") }}'{{ ", " if not loop.last }}{%- endfor -%}
    {%- else -%}
    null
    {%- endif -%}
{%- endmacro %}
