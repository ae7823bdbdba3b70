{#- What drives a run instead of the wall clock. Every macro here is a function of vars alone. -#}

{#- The run's date D as a SQL date: the var, or for an analyst at work in this folder the date of the last build. Refuses to
    compile for execution where neither is there. -#}
{% macro as_of() -%}
    {%- set day = var('as_of') -%}
    {%- if execute and not day -%}
        {%- set facts = adapter.get_relation(database=target.database, schema='intermediate', identifier='int_run__facts') -%}
        {%- if facts is none -%}
            {{ exceptions.raise_compiler_error("There is no as_of date and no last build: run `make run` once, or pass --vars '{as_of: 2026-11-22, run_id: adhoc}'.") }}
        {%- endif -%}
        {%- set day = run_query('select max(as_of_date) from ' ~ facts).rows[0][0] -%}
    {%- endif -%}
    cast('{{ day or "1970-01-01" }}' as date)
{%- endmacro %}

{#- The first instant (UTC, naive) that is no longer known to the run: the end of the as_of day in the reporting time zone. -#}
{% macro as_of_end() -%}
    {{ local_midnight_utc(add_days(as_of(), 1)) }}
{%- endmacro %}

{#- The three columns that every published table ends with. -#}
{% macro publication_columns() -%}
    {{ as_of() }} as as_of_date,
    cast('{{ var("run_id") }}' as {{ dbt.type_string() }}) as run_id,
    cast('{{ policy_version() }}' as {{ dbt.type_string() }}) as policy_version
{%- endmacro %}

{#- Rows of a table as it was last published, or none on the first run. columns: {name: type}. -#}
{% macro previous_rows(table_name, columns) -%}
    select
        {%- for name, type in columns.items() %}
        {% if table_name in var('previous_tables') %}cast({{ name }} as {{ type }}){% else %}cast(null as {{ type }}){% endif %} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    {%- if table_name in var('previous_tables') %}
    from {{ source('previous', table_name) }}
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}

{#- Where raw data and history lie is said by the environment of a run, not when the project is parsed: one parsed project
    serves every night and every home. -#}
{% macro source(source_name, table_name) -%}
    {%- set relation = builtins.source(source_name, table_name) -%}
    {%- if relation.external -%}
        {%- set located = relation.external
            | replace('$CX_HOME', env_var('CX_HOME', '../data'))
            | replace('$CX_PREVIOUS', env_var('CX_PREVIOUS', '../data/previous')) -%}
        {%- set relation = relation.replace(external=located) -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
