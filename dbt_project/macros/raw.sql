{#- The latest row per key of a raw table, as the run may know it, with is_deleted.
    kind feed, immutable, file: the newest version of the key. kind snapshot: a key that the newest full listing lacks was deleted.
    A past as_of prefers the versions known by then; a row first extracted later falls back to its oldest version,
    and the staging model cuts by its created_at. The only place where duplicates and tombstones are decided.
    says_deleted: the vendor's record has a column is_deleted of its own; its word and ours count alike. Left unsaid, that column
    would stand in front of the computed one.
    rarely_twice: a stream of events with one key, of which few come twice. Only those are ranked, and found by a hash of the
    key: one that another key shares is ranked for nothing and comes out the same. -#}
{% macro latest_raw(source_name, table_name, keys, kind='feed', says_deleted=false, rarely_twice=false) -%}
    {%- if rarely_twice %}
    with twice as (
        select {{ row_hash('raw.' ~ keys[0]) }} as key_hash
        from {{ source(source_name, table_name) }} as raw
        group by {{ row_hash('raw.' ~ keys[0]) }}
        having count(*) > 1
    )

    {% endif -%}
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
        where {{ row_hash('raw.' ~ keys[0]) }} not in (select key_hash from twice)
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
        where {{ row_hash('raw.' ~ keys[0]) }} in (select key_hash from twice)
        {%- endif %}
    ) as versions
    where versions._rank = 1
{%- endmacro %}

{#- What the listings of a snapshot said and for how long: one row per key and span of time (valid_from, valid_to) in which they
    said the same `values`. A change holds from the time that the record itself gives (changed_at) where it lies between the two
    listings, else from the listing that shows it. What was listed first of a key holds before, for nobody knows better, and what
    was listed last holds on, also where the key is gone. is_presence: that a key is listed is the fact, as of a holiday: it holds
    before the first listing of the table alone, and ends with the first listing that lacks it.
    Listings after as_of are left out; where there is no other, the oldest speaks. -#}
{% macro listed_spans(source_name, table_name, key, values=[], changed_at=none, is_presence=false) -%}
    {%- set columns = ([key] + values) | join(', ') %}
    {%- set by_listing = 'partition by ' ~ key ~ ' order by listing_number' %}
    {%- set by_span = 'partition by ' ~ key ~ ' order by first_number' %}
    with listings as (
        select _part, max(_version) as listed_version from {{ source(source_name, table_name) }} group by _part
    ),

    known as (
        select
            _part,
            {{ micros_to_timestamp('listed_version') }} as listed_at,
            {{ micros_to_timestamp('lag(listed_version) over (order by listed_version)') }} as listed_before_at,
            coalesce(
                {{ micros_to_timestamp('lead(listed_version) over (order by listed_version)') }}, cast('9999-01-01' as timestamp)
            ) as listed_after_at,
            row_number() over (order by listed_version) as listing_number
        from listings
        where
            listed_version < {{ epoch_micros(as_of_end()) }}
            or listed_version = (select min(listed_version) from listings)
    ),

    said as (
        select
            raw.{{ ([key] + values) | join(', raw.') }},
            {{ surrogate_key(values or [key]) }} as saying,
            known.listing_number,
            known.listed_after_at,
            {% if changed_at -%}
            case
                when raw.{{ changed_at }} > known.listed_before_at and raw.{{ changed_at }} < known.listed_at then raw.{{ changed_at }}
                else known.listed_at
            end as said_from
            {%- else -%}
            known.listed_at as said_from
            {%- endif %}
        from {{ source(source_name, table_name) }} as raw
        inner join known on raw._part = known._part
    ),

    compared as (
        select
            *,
            case
                when lag(saying) over ({{ by_listing }}) = saying
                    {%- if is_presence %} and lag(listing_number) over ({{ by_listing }}) = listing_number - 1{% endif %} then 0
                else 1
            end as begins
        from said
    ),

    numbered as (
        select *, sum(begins) over ({{ by_listing }}) as span_number from compared
    ),

    spans as (
        select
            {{ columns }},
            min(listing_number) as first_number,
            max(listing_number) as last_number,
            min(said_from) as said_from,
            max(listed_after_at) as lacked_from
        from numbered
        group by {{ columns }}, span_number
    )

    select
        {{ columns }},
        {% if is_presence -%}
        case when first_number = 1 then cast('1970-01-01' as timestamp) else said_from end as valid_from,
        case
            when lead(first_number) over ({{ by_span }}) = last_number + 1 then lead(said_from) over ({{ by_span }})
            else lacked_from
        end as valid_to
        {%- else -%}
        case when lag(first_number) over ({{ by_span }}) is null then cast('1970-01-01' as timestamp) else said_from end as valid_from,
        coalesce(lead(said_from) over ({{ by_span }}), cast('9999-01-01' as timestamp)) as valid_to
        {%- endif %}
    from spans
{%- endmacro %}
