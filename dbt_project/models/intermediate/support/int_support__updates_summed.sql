-- One pass over the events, before anything is joined to them.
with ticket_events as (
    select * from {{ ref('int_support__ticket_events_unioned') }}
),

summed as (
    select
        source_name,
        ticket_id,
        count(*) as event_count,
        min(occurred_at) as first_event_at,
        count(distinct case
            when field_name in ('assignee_id', 'group_id')
                and field_value is not null
                and previous_value is not null
                and field_value <> previous_value
                then ticket_update_id
        end) as direct_handoffs,
        count(case
            when field_name = 'assignee_id' and field_value is not null and previous_value is null then 1
        end) as assignments_from_nobody,
        max(merged_into_ticket_id) as merged_into,
        count(case when field_name = 'status' and field_value = 'closed' then 1 end) > 0 as has_closing,
        count(case when is_merge and field_name = 'status' and field_value = 'closed' then 1 end) > 0 as is_merged
    from ticket_events
    group by source_name, ticket_id
),

updates_summed as (
    select
        source_name,
        ticket_id,
        event_count,
        first_event_at,
        has_closing,
        -- a ticket that went back to the queue and to somebody from there was handed over as well
        direct_handoffs + greatest(assignments_from_nobody - 1, 0) as handoffs,
        merged_into,
        is_merged
    from summed
)

select * from updates_summed
