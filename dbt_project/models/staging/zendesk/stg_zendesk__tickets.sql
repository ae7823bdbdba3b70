with versions as (
    {{ latest_raw('zendesk', 'tickets', ['ticket_id']) }}
),

-- a record that is younger than the run's day says what came later: only what it dates before counts
known as (
    select *, generated_at < {{ as_of_end() }} as is_known from versions
),

tickets as (
    select
        'zendesk' as source_name,
        ticket_id,
        case when is_known then status end as status,
        priority,
        type as ticket_type,
        channel,
        coalesce(via_rel = 'follow_up', false) as is_follow_up,
        organization_id,
        requester_id,
        requester_id as requester_ref,
        submitter_id,
        assignee_id,
        group_id,
        tags,
        created_at,
        case when is_known then generated_at end as recorded_at,
        case when is_known then least(coalesce(updated_at, generated_at), generated_at) end as record_changed_at,
        case when solved_at < {{ as_of_end() }} then solved_at end as vendor_solved_at,
        {{ add_seconds('created_at', 'reply_time_calendar_minutes * 60') }} as vendor_replied_at,
        {{ add_seconds('created_at', 'first_resolution_calendar_minutes * 60') }} as vendor_first_solved_at,
        case when is_known then replies end as vendor_replies,
        case when is_known then reopens end as vendor_reopens,
        case when is_known then greatest(assignee_stations, group_stations) - 1 end as vendor_handoffs,
        cast(null as boolean) as vendor_is_agent_created,
        -- the export of events has them all: one that is not there did not happen
        true as tells_status_changes,
        true as tells_assignments,
        true as tells_replies,
        cast(null as {{ dbt.type_string() }}) as unread_reason
    from known
    where
        not is_deleted
        and status <> 'deleted'
        and created_at < {{ as_of_end() }}
)

select * from tickets
