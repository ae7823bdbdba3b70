with tickets as (
    {{ union_of_vendors('helpdesk_sources', 'tickets', [
        'source_name', 'ticket_id', 'status', 'priority', 'ticket_type', 'channel', 'is_follow_up', 'organization_id',
        'requester_id', 'requester_ref', 'submitter_id', 'assignee_id', 'group_id', 'tags', 'created_at', 'recorded_at', 'record_changed_at',
        'vendor_solved_at', 'vendor_replied_at', 'vendor_first_solved_at', 'vendor_replies', 'vendor_reopens',
        'vendor_handoffs', 'vendor_is_agent_created', 'tells_status_changes', 'tells_assignments', 'tells_replies', 'unread_reason',
    ]) }}
)

-- what can't be read is told by int_support__records_unread
select * from tickets
where unread_reason is null
