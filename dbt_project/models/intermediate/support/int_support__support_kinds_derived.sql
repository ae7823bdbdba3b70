-- Whether a ticket asks for technical or product support: a tag says it, else the type, else nobody knows.
with tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

tags_listed as (
    select
        source_name,
        ticket_id,
        {{ explode_json_list('tags') }} as tag_json
    from tickets
    where tags is not null
),

tags as (
    select source_name, ticket_id, lower(replace(cast(tag_json as {{ dbt.type_string() }}), '"', '')) as tag
    from tags_listed
),

tagged as (
    select
        source_name,
        ticket_id,
        max(case when tag in ({{ text_list(var('technical_tags')) }}) then 1 else 0 end) as technical_tags,
        max(case when tag in ({{ text_list(var('product_tags')) }}) then 1 else 0 end) as product_tags
    from tags
    group by source_name, ticket_id
),

support_kinds as (
    select
        tickets.source_name,
        tickets.ticket_id,
        case
            when tagged.technical_tags = 1 and tagged.product_tags = 0 then 'technical'
            when tagged.product_tags = 1 and tagged.technical_tags = 0 then 'product'
            when tickets.ticket_type in ({{ text_list(var('technical_types')) }}) then 'technical'
            when tickets.ticket_type in ({{ text_list(var('product_types')) }}) then 'product'
        end as support_kind
    from tickets
    left join tagged on tickets.source_name = tagged.source_name and tickets.ticket_id = tagged.ticket_id
)

select * from support_kinds
