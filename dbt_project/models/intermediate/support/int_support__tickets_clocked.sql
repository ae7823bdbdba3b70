-- The instants of each ticket's life. Merged tickets have none: their work is told by the ticket they went into. Where the
-- history that was read begins after the ticket, its own record says what was before.
with tickets as (
    select * from {{ ref('int_support__tickets_resolved') }}
),

updates as (
    select * from {{ ref('int_support__updates_summed') }}
),

records as (
    select * from {{ ref('int_support__records_consulted') }}
),

replies as (
    select * from {{ ref('int_support__replies_summed') }}
),

status_changes as (
    select
        source_name,
        ticket_id,
        min(case when change_kind = 'solve' then occurred_at end) as first_solved_at,
        max(case when change_kind = 'solve' then occurred_at end) as last_solved_at,
        -- not inferred from the reopening that followed it at the same instant
        max(case when change_kind = 'solve' and change_order > 1 then occurred_at end) as last_told_solved_at,
        max(case when change_kind = 'reopen' then occurred_at end) as last_reopened_at,
        count(case when change_kind = 'reopen' then 1 end) as reopens
    from {{ ref('int_support__status_changes_derived') }}
    group by source_name, ticket_id
),

joined as (
    select
        tickets.*,
        -- how many there were is known where the helpdesk tells them, of this ticket, in its history or its record
        case
            when tickets.tells_assignments and (updates.event_count > 0 or records.handoffs is not null)
                then greatest(coalesce(updates.handoffs, 0), coalesce(records.handoffs, 0))
        end as handoffs,
        updates.merged_into,
        coalesce(updates.is_merged, false) or coalesce(records.is_merged, false) as is_merged,
        coalesce(updates.event_count, 0) > 0 as has_history,
        records.ticket_id is null as has_whole_history,
        replies.is_agent_created,
        case
            when records.ticket_id is null then replies.first_reply_at
            {% if var('agent_created_tickets') == 'excluded' -%}
            when replies.is_agent_created then null
            {% endif -%}
            when records.replied_at is not null then {{ earliest(['records.replied_at', 'replies.first_reply_at']) }}
            -- a reply that the record counts and nobody dates may have been the first
            when coalesce(records.replies, 0) <= replies.public_replies then replies.first_reply_at
        end as replied_at,
        case
            when tickets.tells_replies and (updates.event_count > 0 or records.replies is not null)
                then greatest(replies.public_replies, coalesce(records.replies, 0))
        end as public_replies,
        case
            when records.reopens > status_changes.reopens then {{ earliest(['records.first_solved_at', 'status_changes.first_solved_at']) }}
            else status_changes.first_solved_at
        end as once_solved_at,
        status_changes.last_solved_at as again_solved_at,
        coalesce(
            status_changes.last_reopened_at > status_changes.last_solved_at
            or (
                status_changes.last_reopened_at = status_changes.last_solved_at
                and status_changes.last_told_solved_at is distinct from status_changes.last_reopened_at
            ),
            false
        ) as is_reopened,
        case
            when tickets.tells_status_changes and (updates.event_count > 0 or records.reopens is not null)
                then greatest(status_changes.reopens, coalesce(records.reopens, 0))
        end as reopens
    from tickets
    left join updates on tickets.source_name = updates.source_name and tickets.ticket_id = updates.ticket_id
    left join records on tickets.source_name = records.source_name and tickets.ticket_id = records.ticket_id
    left join replies on tickets.source_name = replies.source_name and tickets.ticket_id = replies.ticket_id
    left join status_changes
        on tickets.source_name = status_changes.source_name and tickets.ticket_id = status_changes.ticket_id
),

tickets_clocked as (
    select
        * except (replied_at, once_solved_at, again_solved_at, is_reopened),
        case when not is_merged and replied_at is not null then greatest(replied_at, created_at) end as first_reply_at,
        case when not is_merged and once_solved_at is not null then greatest(once_solved_at, created_at) end as first_solved_at,
        -- while it is open again, nobody knows which solving will be the last
        case
            when not is_merged and not is_reopened and again_solved_at is not null then greatest(again_solved_at, created_at)
        end as last_solved_at
    from joined
)

select * from tickets_clocked
