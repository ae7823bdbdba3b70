-- Creation, solving and reopening of each ticket. A ticket closed without having been solved counts as solved then. What no event
-- tells is taken from the next one, which names the state it replaced, and at the end from the ticket's own record, where that is
-- no older than the last event: no ticket is open whose record says solved or closed.
with tickets as (
    select
        source_name, ticket_id, created_at, recorded_at, record_changed_at, vendor_solved_at, vendor_first_solved_at,
        status in ('solved', 'closed') as is_done
    from {{ ref('int_support__tickets_unioned') }}
),

told as (
    select
        source_name,
        ticket_id,
        occurred_at,
        coalesce(field_value in ('solved', 'closed'), false) as is_done,
        previous_value in ('solved', 'closed') as was_done,
        {% for value in ['occurred_at', "coalesce(field_value in ('solved', 'closed'), false)"] -%}
        lag({{ value }}) over (
            partition by source_name, ticket_id order by occurred_at, length(ticket_event_id), ticket_event_id
        ) as {{ ['changed_before_at', 'done_before'][loop.index0] }},
        {% endfor -%}
        lead(occurred_at) over (
            partition by source_name, ticket_id order by occurred_at, length(ticket_event_id), ticket_event_id
        ) is null as is_last
    from {{ ref('int_support__ticket_events_unioned') }}
    where event_kind = 'change' and field_name = 'status'
),

status_events as (
    select
        * except (was_done, done_before),
        coalesce(done_before, false) as done_before,
        coalesce(was_done, done_before, false) as was_done
    from told
),

creations as (
    select source_name, ticket_id, created_at as occurred_at, 'creation' as change_kind, 0 as change_order
    from tickets
),

-- a state that an event replaced and that none had told of: it began before, at the time that the record gives, else by then
untold as (
    select
        status_events.source_name,
        status_events.ticket_id,
        case
            when not status_events.was_done then status_events.occurred_at
            when tickets.vendor_solved_at between coalesce(status_events.changed_before_at, tickets.created_at) and status_events.occurred_at
                then tickets.vendor_solved_at
            when tickets.vendor_first_solved_at between coalesce(status_events.changed_before_at, tickets.created_at) and status_events.occurred_at
                then tickets.vendor_first_solved_at
            else status_events.occurred_at
        end as occurred_at,
        case when status_events.was_done then 'solve' else 'reopen' end as change_kind,
        1 as change_order
    from status_events
    inner join tickets
        on status_events.source_name = tickets.source_name and status_events.ticket_id = tickets.ticket_id
    where status_events.was_done <> status_events.done_before
),

transitions as (
    select
        source_name,
        ticket_id,
        occurred_at,
        case when is_done then 'solve' else 'reopen' end as change_kind,
        case when is_done then 2 else 3 end as change_order
    from status_events
    where is_done <> was_done
),

ends as (
    select
        tickets.*,
        coalesce(status_events.occurred_at, tickets.created_at) as changed_at,
        coalesce(status_events.is_done, false) as is_told_done,
        -- without a status known then, a solving that is dated is all there is
        coalesce(tickets.is_done, case when status_events.ticket_id is null then tickets.vendor_solved_at is not null end) as is_recorded_done
    from tickets
    left join status_events
        on tickets.source_name = status_events.source_name
        and tickets.ticket_id = status_events.ticket_id
        and status_events.is_last
),

recorded as (
    select
        source_name,
        ticket_id,
        case
            when is_recorded_done and vendor_solved_at >= changed_at then vendor_solved_at
            else greatest(record_changed_at, changed_at)
        end as occurred_at,
        case when is_recorded_done then 'solve' else 'reopen' end as change_kind,
        4 as change_order
    from ends
    where is_recorded_done <> is_told_done and coalesce(recorded_at >= changed_at, vendor_solved_at is not null)
),

status_changes as (
    select * from creations
    union all
    select * from untold
    union all
    select * from transitions
    union all
    select * from recorded
)

select * from status_changes
