with status_changes as (
    select * from {{ ref('int_support__status_changes_derived') }}
),

tickets as (
    select source_name, ticket_id from {{ ref('int_support__tickets_clocked') }}
    where not is_merged
),

sequences as (
    select
        status_changes.*,
        lead(occurred_at) over (
            partition by source_name, ticket_id order by occurred_at, change_order
        ) as next_change_at
    from status_changes
),

open_spans as (
    select
        sequences.source_name,
        sequences.ticket_id,
        sequences.occurred_at as opened_at,
        sequences.next_change_at as solved_at
    from sequences
    inner join tickets on sequences.source_name = tickets.source_name and sequences.ticket_id = tickets.ticket_id
    where
        sequences.change_kind <> 'solve'
        and (sequences.next_change_at is null or sequences.next_change_at > sequences.occurred_at)
)

select * from open_spans
