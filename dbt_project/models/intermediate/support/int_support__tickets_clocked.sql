-- The instants of each ticket's life. Merged tickets have none: their work is told by the ticket they went into.
with tickets as (
    select * from {{ ref('int_support__tickets_resolved') }}
),

updates as (
    select * from {{ ref('int_support__updates_summed') }}
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
        max(case when change_kind = 'reopen' then occurred_at end) as last_reopened_at,
        count(case when change_kind = 'reopen' then 1 end) as reopens
    from {{ ref('int_support__status_changes_derived') }}
    group by source_name, ticket_id
),

joined as (
    select
        tickets.*,
        coalesce(updates.handoffs, 0) as handoffs,
        updates.merged_into,
        coalesce(updates.is_merged, tickets.tags like '%closed_by_merge%', false) as is_merged,
        coalesce(updates.event_count, 0) > 0 as has_history,
        replies.is_agent_created,
        replies.first_reply_at as replied_at,
        replies.public_replies,
        status_changes.first_solved_at as once_solved_at,
        status_changes.last_solved_at as again_solved_at,
        coalesce(status_changes.last_reopened_at > status_changes.last_solved_at, false) as is_reopened,
        status_changes.reopens
    from tickets
    left join updates on tickets.source_name = updates.source_name and tickets.ticket_id = updates.ticket_id
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
