with conflicts as (
    select * from {{ ref('int_accounts__conflicts_found') }}
),

source_conflicts as (
    select
        {{ surrogate_key(['conflict_kind', 'entity_kind', 'entity_id', 'sources', 'source_values']) }} as conflict_id,
        conflict_kind,
        entity_kind,
        entity_id,
        account_id,
        sources,
        source_values as {{ quoted('values') }},
        winner,
        rule,
        {{ publication_columns() }}
    from conflicts
)

select * from source_conflicts
