{#- A list var as SQL text literals, to stand inside `in (...)`; an empty list matches nothing. -#}
{% macro text_list(values) -%}
    {%- if values -%}
    {%- for value in values -%}'{{ value | replace("'", "''") }}'{{ ", " if not loop.last }}{%- endfor -%}
    {%- else -%}
    null
    {%- endif -%}
{%- endmacro %}

{#- A text that lists words with commas or semicolons between them, as the JSON list of text that other vendors send. -#}
{% macro listed_as_json(text_expr) -%}
    case
        when {{ text_expr }} is not null
            then '["' || replace(replace(replace(
                -- semicolons are commas, breaks are blanks, and what JSON would have to escape goes
                translate({{ text_expr }}, ';' || chr(10) || chr(13) || chr(9) || '"' || chr(92), ',   '),
                ', ', ','), ' ,', ','), ',', '","') || '"]'
    end
{%- endmacro %}
