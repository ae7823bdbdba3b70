{#- The latest row per key of a raw table, as the run may know it, with is_deleted.
    kind feed, immutable, file: the newest version of the key. kind snapshot: a key that the newest full listing lacks was deleted.
    A past as_of prefers the versions known by then; a row first extracted later falls back to its oldest version,
    and the staging model cuts by its created_at. The only place where duplicates and tombstones are decided.
    says_deleted: the vendor's record has a column is_deleted of its own; its word and ours count alike. Left unsaid, that column
    would stand in front of the computed one.
    rarely_twice: a stream of events with one key, never NULL, of which few come twice. Only those are ranked: a third of
    the time. -#}
{% macro latest_raw(source_name, table_name, keys, kind='feed', says_deleted=false, rarely_twice=false) -%}
    {%- set twice -%}
    (select {{ keys[0] }} from {{ source(source_name, table_name) }} group by {{ keys[0] }} having count(*) > 1)
    {%- endset %}
    select
        {% if says_deleted -%}
        versions.* except (is_deleted),
        {%- else -%}
        versions.*,
        {%- endif %}
        (
            versions._deleted
            {%- if says_deleted %} or coalesce(versions.is_deleted, false){% endif %}
            {%- if kind == 'snapshot' %} or versions._version < versions._newest_listing{% endif %}
        ) as is_deleted
    from (
        {% if rarely_twice -%}
        select raw.*, 1 as _rank
        from {{ source(source_name, table_name) }} as raw
        where raw.{{ keys[0] }} not in {{ twice }}
        union all
        {% endif -%}
        select
            raw.*,
            {%- if kind == 'snapshot' %}
            coalesce(
                max(case when raw._version < {{ epoch_micros(as_of_end()) }} then raw._version end) over (),
                min(raw._version) over ()
            ) as _newest_listing,
            {%- endif %}
            row_number() over (
                partition by {% for key in keys %}raw.{{ key }}{{ ", " if not loop.last }}{% endfor %}
                order by
                    case when raw._version < {{ epoch_micros(as_of_end()) }} then raw._version end desc nulls last,
                    raw._version asc, raw._extracted_at desc, raw._page desc, raw._row desc
            ) as _rank
        from {{ source(source_name, table_name) }} as raw
        {%- if rarely_twice %}
        where raw.{{ keys[0] }} in {{ twice }}
        {%- endif %}
    ) as versions
    where versions._rank = 1
{%- endmacro %}
