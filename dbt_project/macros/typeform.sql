{#- What Typeform's field types and this project's naming rule for refs say about a question. -#}

{#- The metric that a ref names, or NULL. -#}
{% macro typeform_metric(ref_expr) -%}
    case
        when {{ ref_expr }} like 'nps%' then 'nps'
        when {{ ref_expr }} like 'csat%' then 'csat'
        when {{ ref_expr }} like 'ces%' then 'ces'
    end
{%- endmacro %}

{#- Lowest score: an NPS question begins at 0, a rating at 1, an opinion scale at 0 or 1. NULL: the type has no scale. -#}
{% macro typeform_scale_min(type_expr, steps_expr, from_one_expr) -%}
    case
        when {{ type_expr }} in ('nps', 'yes_no') then 0.0
        when {{ steps_expr }} is null then null
        when {{ type_expr }} = 'rating' or ({{ type_expr }} = 'opinion_scale' and {{ from_one_expr }}) then 1.0
        when {{ type_expr }} = 'opinion_scale' then 0.0
    end
{%- endmacro %}

{#- Highest score. -#}
{% macro typeform_scale_max(type_expr, steps_expr, from_one_expr) -%}
    case
        when {{ type_expr }} = 'nps' then 10.0
        when {{ type_expr }} = 'yes_no' then 1.0
        when {{ type_expr }} = 'rating' or ({{ type_expr }} = 'opinion_scale' and {{ from_one_expr }}) then cast({{ steps_expr }} as double)
        when {{ type_expr }} = 'opinion_scale' then {{ steps_expr }} - 1.0
    end
{%- endmacro %}

{#- Field types whose answer is written, a date, a file or a payment: never a score. -#}
{% macro typeform_texts() -%}
    ('short_text', 'long_text', 'email', 'phone_number', 'website', 'date', 'file_upload', 'legal', 'payment', 'contact_info', 'address', 'multi_format', 'calendly', 'signature', 'ranking')
{%- endmacro %}
