{#- The vars that change what a number means. Add a policy here, its default in dbt_project.yml, its argument in DECISIONS.md. -#}
{% macro policy_names() -%}
    {{ return([
        'reporting_currency',
        'reporting_timezone',
        'helpdesk_sources',
        'billing_sources',
        'survey_sources',
    ]) }}
{%- endmacro %}

{#- Seeds whose rows are rules: an edited threshold is another policy. -#}
{% macro policy_seeds() -%}
    {{ return([]) }}
{%- endmacro %}

{#- Hash of all policies in force (12 hex). Numbers made under different policies can't be compared silently. -#}
{% macro policy_version() -%}
    {%- set parts = [] -%}
    {%- for name in policy_names() -%}
        {%- do parts.append(name ~ '=' ~ tojson(var(name))) -%}
    {%- endfor -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.resource_type == 'seed' and node.name in policy_seeds() -%}
            {%- do parts.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(parts | join('\n'))[:12]) }}
{%- endmacro %}
