{#- The same staging table of every vendor of a domain, one below the other. sources_var: the domain's list of vendors.
    Columns are named one by one, so that a vendor's column order can't shift values. -#}
{% macro union_of_vendors(sources_var, table_name, columns) -%}
    {%- for source_name in var(sources_var) %}
    select
        {{ columns | join(',\n        ') }}
    from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- An empty table of a conformed contract, for a vendor that has nothing of the kind. columns: name to type. -#}
{% macro no_rows(columns) -%}
    select
        {% for name, kind in columns.items() -%}
        cast(null as {{ kind }}) as {{ name }}{{ "," if not loop.last }}
        {% endfor -%}
    where false
{%- endmacro %}
