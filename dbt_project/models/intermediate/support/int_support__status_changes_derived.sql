-- Creation, solving and reopening of each ticket. A ticket closed without having been solved counts as solved then.
with tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

status_events as (
    select
        source_name,
        ticket_id,
        ticket_event_id,
        ticket_update_id,
        occurred_at,
        coalesce(field_value in ('solved', 'closed'), false) as is_done,
        coalesce(previous_value in ('solved', 'closed'), false) as was_done
    from {{ ref('int_support__ticket_events_unioned') }}
    where event_kind = 'change' and field_name = 'status'
),

creations as (
    select source_name, ticket_id, created_at as occurred_at, 'creation' as change_kind, 0 as change_order
    from tickets
),

transitions as (
    select
        source_name,
        ticket_id,
        occurred_at,
        case when is_done then 'solve' else 'reopen' end as change_kind,
        case when is_done then 1 else 2 end as change_order
    from status_events
    where is_done <> was_done
),

-- a ticket whose history the vendor no longer gives: its last solving is all there is
solved_without_history as (
    select tickets.source_name, tickets.ticket_id, tickets.vendor_solved_at as occurred_at, 'solve' as change_kind, 1 as change_order
    from tickets
    left join (select distinct source_name, ticket_id from status_events) as known
        on tickets.source_name = known.source_name and tickets.ticket_id = known.ticket_id
    where
        known.ticket_id is null
        and tickets.vendor_solved_at is not null
        and tickets.vendor_solved_at < {{ as_of_end() }}
),

status_changes as (
    select * from creations
    union all
    select * from transitions
    union all
    select * from solved_without_history
)

select * from status_changes
