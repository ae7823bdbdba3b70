with tickets as (
    {{ union_of_vendors('helpdesk_sources', 'tickets', [
        'source_name', 'ticket_id', 'status', 'priority', 'ticket_type', 'channel', 'organization_id', 'requester_id',
        'submitter_id', 'assignee_id', 'group_id', 'tags', 'created_at', 'vendor_solved_at', 'vendor_reopens',
        'vendor_first_reply_minutes', 'vendor_full_resolution_minutes',
    ]) }}
)

select * from tickets
