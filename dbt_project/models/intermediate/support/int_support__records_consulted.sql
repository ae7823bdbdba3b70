-- What a ticket's own record says of the time before the history that was read: of tickets whose history begins later than they
-- do, as those created before the first day that is read. Few, so that nothing wide is carried along for the others.
with tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

updates as (
    select source_name, ticket_id, first_event_at, has_closing from {{ ref('int_support__updates_summed') }}
),

records as (
    select
        tickets.source_name,
        tickets.ticket_id,
        case when tickets.vendor_replied_at < {{ as_of_end() }} then tickets.vendor_replied_at end as replied_at,
        case when tickets.vendor_first_solved_at < {{ as_of_end() }} then tickets.vendor_first_solved_at end as first_solved_at,
        tickets.vendor_replies as replies,
        tickets.vendor_reopens as reopens,
        tickets.vendor_handoffs as handoffs,
        -- the tag stands for a merge only where the closing itself was not read; a follow-up inherits the tags of another
        coalesce(
            tickets.status = 'closed' and tickets.tags like '%"closed_by_merge"%' and not tickets.is_follow_up, false
        ) and not coalesce(updates.has_closing, false) as is_merged
    from tickets
    left join updates on tickets.source_name = updates.source_name and tickets.ticket_id = updates.ticket_id
    where updates.first_event_at is null or updates.first_event_at > {{ add_seconds('tickets.created_at', 60) }}
)

select * from records
