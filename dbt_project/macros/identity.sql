{#- The domain of a mail address, lower case; NULL when there is none. -#}
{% macro mail_domain(email_expr) -%}
    nullif(lower(trim(split_part({{ email_expr }}, '@', 2))), '')
{%- endmacro %}

{#- The vendors whose records can name an account: every domain's list and the drop folder, whose contracts always may. -#}
{% macro identity_sources() -%}
    {{ return((var('helpdesk_sources') + var('billing_sources') + var('survey_sources') + ['drop_folder']) | unique | sort) }}
{%- endmacro %}
