with versions as (
    {{ latest_raw('zendesk', 'tickets', ['ticket_id']) }}
),

tickets as (
    select
        'zendesk' as source_name,
        ticket_id,
        status,
        priority,
        type as ticket_type,
        channel,
        organization_id,
        requester_id,
        submitter_id,
        assignee_id,
        group_id,
        tags,
        created_at,
        solved_at as vendor_solved_at,
        reopens as vendor_reopens,
        reply_time_calendar_minutes as vendor_first_reply_minutes,
        full_resolution_calendar_minutes as vendor_full_resolution_minutes
    from versions
    where
        not is_deleted
        and status <> 'deleted'
        and created_at < {{ as_of_end() }}
)

select * from tickets
