with ticket_events as (
    {{ union_of_vendors('helpdesk_sources', 'ticket_events', [
        'source_name', 'ticket_event_id', 'ticket_update_id', 'ticket_id', 'occurred_at', 'actor_id', 'event_kind',
        'field_name', 'field_value', 'previous_value', 'is_public', 'channel', 'is_merge', 'is_system',
        'is_by_customer', 'merged_into_ticket_id',
    ]) }}
)

select * from ticket_events
