{#- Read once: not worth a table of its own. -#}
{{ config(materialized='view') }}
-- Public replies by agents, each with who had the ticket and whether its schedule was at work.
with replies as (
    select * from {{ ref('int_support__replies_judged') }}
    where not is_automatic
),

spans as (
    select * from {{ ref('int_support__ticket_schedules_spanned') }}
),

segments as (
    select * from {{ ref('int_support__working_segments_summed') }}
),

assignments as (
    select * from {{ ref('int_support__assignments_spanned') }}
    where worker_kind = 'group' and worker_id is not null
),

timed as (
    select
        replies.source_name,
        replies.ticket_id,
        replies.ticket_event_id,
        replies.actor_id,
        replies.occurred_at,
        -- NULL: under no schedule, or under one that nobody knows the hours of
        case when replies.occurred_at >= segments.working_until then 1 when segments.working_until is not null then 0 end as after_hours
    from replies
    left join spans
        on replies.source_name = spans.source_name
        and replies.ticket_id = spans.ticket_id
        and replies.occurred_at >= spans.valid_from
        and replies.occurred_at < spans.valid_to
    left join segments on {{ segment_holds('segments', 'spans.schedule_id', 'replies.occurred_at') }}
),

worker_replies as (
    select source_name, 'agent' as worker_kind, actor_id as worker_id, ticket_id, occurred_at, after_hours
    from timed
    where actor_id is not null
    union all
    select timed.source_name, 'group' as worker_kind, assignments.worker_id, timed.ticket_id, timed.occurred_at, timed.after_hours
    from timed
    inner join assignments
        on timed.source_name = assignments.source_name
        and timed.ticket_id = assignments.ticket_id
        and timed.occurred_at >= assignments.valid_from
        and timed.occurred_at < assignments.valid_to
)

select * from worker_replies
