-- Who was what, and when. Before the first state known that role held, unless the person had a ticket then, which only agents
-- can; so is who had tickets and is not listed at all. (A private comment proves nothing: third parties' replies are made private.)
with user_versions as (
    {{ union_of_vendors('helpdesk_sources', 'user_versions', ['source_name', 'user_id', 'role', 'updated_at']) }}
),

assignments as (
    select source_name, field_value, previous_value, occurred_at
    from {{ ref('int_support__ticket_events_unioned') }}
    where field_name = 'assignee_id'
),

tickets as (
    select source_name, assignee_id, created_at from {{ ref('int_support__tickets_unioned') }}
    where assignee_id is not null
),

seen as (
    select source_name, field_value as user_id, min(occurred_at) as seen_at from assignments
    where field_value is not null
    group by source_name, field_value
    union all
    select source_name, previous_value, min(occurred_at) from assignments
    where previous_value is not null
    group by source_name, previous_value
    union all
    select source_name, assignee_id, min(created_at) from tickets
    group by source_name, assignee_id
),

agents_seen as (
    select source_name, user_id, min(seen_at) as seen_at from seen
    group by source_name, user_id
),

changes as (
    select
        source_name,
        user_id,
        role,
        updated_at,
        lag(role) over (partition by source_name, user_id order by updated_at) as previous_role
    from user_versions
    where role is not null
),

states as (
    select
        changes.source_name,
        changes.user_id,
        changes.role,
        -- the first role known is taken to have held before it was first seen
        case
            when changes.previous_role is not null then changes.updated_at
            when changes.role = 'end-user' and agents_seen.seen_at < changes.updated_at then changes.updated_at
            else cast('1970-01-01' as timestamp)
        end as valid_from
    from changes
    left join agents_seen on changes.source_name = agents_seen.source_name and changes.user_id = agents_seen.user_id
    where changes.previous_role is null or changes.previous_role <> changes.role
    union all
    select agents_seen.source_name, agents_seen.user_id, 'agent' as role, cast('1970-01-01' as timestamp) as valid_from
    from agents_seen
    left join changes
        on agents_seen.source_name = changes.source_name
        and agents_seen.user_id = changes.user_id
        and changes.previous_role is null
    where changes.user_id is null or (changes.role = 'end-user' and agents_seen.seen_at < changes.updated_at)
),

spans as (
    select
        source_name,
        user_id,
        role,
        role = 'end-user' as is_customer,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by source_name, user_id order by valid_from), cast('9999-01-01' as timestamp)
        ) as valid_to
    from states
)

select * from spans
