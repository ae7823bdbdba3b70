{#- A night builds into a fresh file that nobody reads before the gate has passed it, so a model is written in place by one statement.
    dbt's own way (write aside, rename, drop what was there) is for a database that people are reading; it took a quarter of a
    small night. An analyst who builds a model again replaces what is there. -#}

{% materialization table, adapter="duckdb", supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none -%}{% do adapter.drop_relation(existing) %}{%- endif -%}
    {% call statement('main', auto_begin=False) -%}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none -%}{% do adapter.drop_relation(existing) %}{%- endif -%}
    {% call statement('main', auto_begin=False) -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
