{#- What the drop folder's contracts let a column say, where SQL needs to know it: ingestion/drop_folder/contracts.py is the
    definition, and a test holds these lists and every accepted_values to it. -#}
{% macro work_kinds() -%}
    {{ return(['project', 'onboarding', 'migration']) }}
{%- endmacro %}

{#- What a survey is sent about: a piece of work or a ticket (transactional), or the relationship. -#}
{% macro work_triggers() -%}
    {{ return(['project', 'onboarding', 'migration', 'ticket']) }}
{%- endmacro %}

{% macro relationship_triggers() -%}
    {{ return(['qbr', 'periodic']) }}
{%- endmacro %}
