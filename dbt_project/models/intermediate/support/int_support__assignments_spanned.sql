-- Which agent and which group had a ticket, and when. worker_id is NULL while nobody had it.
with tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

changes as (
    select
        source_name,
        ticket_id,
        ticket_event_id,
        case when field_name = 'assignee_id' then 'agent' else 'group' end as worker_kind,
        occurred_at,
        field_value,
        previous_value,
        row_number() over (
            partition by source_name, ticket_id, field_name order by occurred_at, ticket_event_id
        ) as change_number,
        coalesce(
            lead(occurred_at) over (partition by source_name, ticket_id, field_name order by occurred_at, ticket_event_id),
            cast('9999-01-01' as timestamp)
        ) as valid_to
    from {{ ref('int_support__ticket_events_unioned') }}
    where field_name in ('assignee_id', 'group_id')
),

kinds as (
    select 'agent' as worker_kind
    union all
    select 'group' as worker_kind
),

-- before the first change: what that change replaced; without any change: whoever has the ticket now
beginnings as (
    select
        tickets.source_name,
        tickets.ticket_id,
        kinds.worker_kind,
        tickets.created_at as valid_from,
        coalesce(changes.occurred_at, cast('9999-01-01' as timestamp)) as valid_to,
        case
            when changes.ticket_id is not null then changes.previous_value
            when kinds.worker_kind = 'agent' then tickets.assignee_id
            else tickets.group_id
        end as worker_id
    from tickets
    cross join kinds
    left join changes
        on tickets.source_name = changes.source_name
        and tickets.ticket_id = changes.ticket_id
        and kinds.worker_kind = changes.worker_kind
        and changes.change_number = 1
),

spans as (
    select source_name, ticket_id, worker_kind, worker_id, valid_from, valid_to
    from beginnings
    union all
    select source_name, ticket_id, worker_kind, field_value as worker_id, occurred_at as valid_from, valid_to
    from changes
)

select * from spans
where valid_to > valid_from
