{#- The attributes of an account that every published cut offers, beside the total ('all', 'all'). -#}
{% macro segment_dimensions() -%}
    {{ return(['segment', 'coverage_model', 'industry', 'region', 'csm_structure', 'appropriate_experience']) }}
{%- endmacro %}

{#- The attributes whose changes account_history keeps. -#}
{% macro history_attributes() -%}
    {{ return([
        'account_name', 'parent_account_id', 'segment', 'appropriate_experience', 'coverage_model', 'csm_structure',
        'csm_owner', 'industry', 'region', 'service_level', 'merged_into',
    ]) }}
{%- endmacro %}
