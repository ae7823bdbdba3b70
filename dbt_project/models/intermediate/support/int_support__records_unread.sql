-- Tickets and events that are left out because they can't be read, and why.
with tickets as (
    {{ union_of_vendors('helpdesk_sources', 'tickets', ['source_name', 'ticket_id', 'unread_reason']) }}
),

ticket_events as (
    select source_name, ticket_id, ticket_event_id from {{ ref('int_support__ticket_events_unioned') }}
    where event_kind = 'unmapped'
),

records_unread as (
    select source_name, ticket_id, 'ticket' as record_kind, ticket_id as record_id, unread_reason from tickets
    where unread_reason is not null
    union all
    select source_name, ticket_id, 'event' as record_kind, ticket_event_id as record_id, 'status_unmapped' as unread_reason
    from ticket_events
)

select * from records_unread
