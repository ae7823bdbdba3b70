{#- A person's id as it is published. With the file of the installation's salt (var person_salt_file; never the salt itself:
    dbt logs its vars and keeps its compiled SQL) it is a keyed hash, else the id that the sources know. -#}
{% macro published_person(expression) -%}{{ adapter.dispatch('published_person')(expression) }}{%- endmacro %}
{% macro default__published_person(expression) -%}
    {%- if var('person_salt_file') -%}
    left(sha256((select content from read_text('{{ var("person_salt_file") | replace("'", "''") }}')) || ':' || {{ expression }}), 32)
    {%- else -%}
    {{ expression }}
    {%- endif -%}
{%- endmacro %}

{#- How a person is known inside where a source says a name or an address: the hash, as survey tools have it of an address. -#}
{% macro person_hash(expression) -%}md5(lower(trim({{ expression }}))){%- endmacro %}
