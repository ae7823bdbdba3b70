{#- The attributes of an account that every published cut offers, beside the total ('all', 'all'). -#}
{% macro segment_dimensions() -%}
    {{ return(['segment', 'coverage_model', 'industry', 'region', 'csm_structure', 'appropriate_experience']) }}
{%- endmacro %}
