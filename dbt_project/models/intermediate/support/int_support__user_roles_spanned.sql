-- Who was what, and when. Before the first state known that role held, unless the person had a ticket then, which only agents
-- can; so is who had tickets and is not listed at all. Who has tickets while listed as a customer is an agent from the first to the
-- last of them. (A private comment proves nothing: replies of third parties are made private.)
with user_versions as (
    {{ union_of_vendors('helpdesk_sources', 'user_versions', ['source_name', 'user_id', 'role', 'updated_at']) }}
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

listed as (
    select
        source_name,
        user_id,
        role,
        updated_at as listed_from,
        previous_role is null as is_first,
        coalesce(
            lead(updated_at) over (partition by source_name, user_id order by updated_at), cast('9999-01-01' as timestamp)
        ) as listed_to
    from changes
    where previous_role is null or previous_role <> role
),

agents_listed as (
    select distinct source_name, user_id from listed
    where role <> 'end-user'
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

-- a record does not say since when it is assigned: it speaks of those alone who are nowhere listed as agents
seen as (
    select source_name, field_value as user_id, occurred_at as seen_at from assignments
    where field_value is not null
    union all
    select source_name, previous_value, occurred_at from assignments
    where previous_value is not null
    union all
    select tickets.source_name, tickets.assignee_id, tickets.created_at
    from tickets
    left join agents_listed
        on tickets.source_name = agents_listed.source_name and tickets.assignee_id = agents_listed.user_id
    where agents_listed.user_id is null
),

-- of each span in which a person is listed as a customer: the first ticket before it, the first and the last within
contradictions as (
    select
        listed.source_name,
        listed.user_id,
        listed.listed_from,
        listed.listed_to,
        min(case when seen.seen_at < listed.listed_from then seen.seen_at end) as seen_before_at,
        min(case when seen.seen_at >= listed.listed_from then seen.seen_at end) as first_seen_at,
        max(case when seen.seen_at >= listed.listed_from then seen.seen_at end) as last_seen_at
    from listed
    inner join seen on listed.source_name = seen.source_name and listed.user_id = seen.user_id
    where listed.role = 'end-user' and seen.seen_at < listed.listed_to and (listed.is_first or seen.seen_at >= listed.listed_from)
    group by listed.source_name, listed.user_id, listed.listed_from, listed.listed_to
),

unlisted as (
    select distinct seen.source_name, seen.user_id
    from seen
    left join listed on seen.source_name = listed.source_name and seen.user_id = listed.user_id
    where listed.user_id is null
),

states as (
    select
        listed.source_name,
        listed.user_id,
        listed.role,
        case
            when listed.is_first and contradictions.seen_before_at is null then cast('1970-01-01' as timestamp)
            else listed.listed_from
        end as valid_from
    from listed
    left join contradictions
        on listed.source_name = contradictions.source_name
        and listed.user_id = contradictions.user_id
        and listed.listed_from = contradictions.listed_from
    union all
    select source_name, user_id, 'agent', cast('1970-01-01' as timestamp) from contradictions
    where seen_before_at is not null
    union all
    select source_name, user_id, 'agent', first_seen_at from contradictions
    where first_seen_at is not null
    union all
    select source_name, user_id, 'end-user', {{ add_seconds('last_seen_at', 1) }} from contradictions
    where {{ add_seconds('last_seen_at', 1) }} < listed_to
    union all
    select source_name, user_id, 'agent', cast('1970-01-01' as timestamp) from unlisted
),

-- of two states that begin at once, a customer who had a ticket in that second is an agent
spans as (
    select
        source_name,
        user_id,
        role,
        role = 'end-user' as is_customer,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by source_name, user_id order by valid_from, role desc),
            cast('9999-01-01' as timestamp)
        ) as valid_to
    from states
)

select * from spans
where valid_to > valid_from
