{#- Which kinds of events the files have: of the others a ticket without any says nothing. -#}
with ticket_records as (
    select * from {{ ref('stg_drop_folder__ticket_records') }}
),

ticket_events as (
    select * from {{ ref('stg_drop_folder__ticket_events') }}
),

kinds_told as (
    select
        count(case when field_name = 'status' and not is_merge then 1 end) > 0 as tells_status_changes,
        count(case when field_name in ('assignee_id', 'group_id') then 1 end) > 0 as tells_assignments,
        count(case when event_kind = 'comment' and is_public then 1 end) > 0 as tells_replies
    from ticket_events
),

solved as (
    select distinct ticket_id from ticket_events
    where field_name = 'status' and field_value in ('solved', 'closed')
),

tickets as (
    select
        'drop_folder' as source_name,
        ticket_records.ticket_id,
        ticket_records.status,
        ticket_records.priority,
        ticket_records.ticket_type,
        ticket_records.channel,
        false as is_follow_up,
        ticket_records.account_ref as organization_id,
        ticket_records.requester_id,
        ticket_records.requester_ref,
        cast(null as {{ dbt.type_string() }}) as submitter_id,
        ticket_records.assignee_id,
        ticket_records.group_id,
        ticket_records.tags,
        ticket_records.created_at,
        ticket_records.recorded_at,
        ticket_records.closed_at as record_changed_at,
        ticket_records.done_at as vendor_solved_at,
        ticket_records.first_reply_at as vendor_replied_at,
        cast(null as timestamp) as vendor_first_solved_at,
        cast(null as bigint) as vendor_replies,
        cast(null as bigint) as vendor_reopens,
        cast(null as bigint) as vendor_handoffs,
        ticket_records.is_agent_created as vendor_is_agent_created,
        kinds_told.tells_status_changes,
        kinds_told.tells_assignments,
        kinds_told.tells_replies,
        case
            when ticket_records.status is null then 'status_unmapped'
            when ticket_records.status in ('solved', 'closed') and ticket_records.done_at is null and solved.ticket_id is null
                then 'solving_undated'
        end as unread_reason
    from ticket_records
    cross join kinds_told
    left join solved on ticket_records.ticket_id = solved.ticket_id
)

select * from tickets
