with tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

identities as (
    select * from {{ ref('int_accounts__identities_dated') }}
),

-- ids that two helpdesks gave to tickets of their own
shared_ids as (
    select ticket_id from tickets
    group by ticket_id
    having count(*) > 1
),

tickets_resolved as (
    select
        tickets.* except (
            requester_ref, is_follow_up, tags, recorded_at, record_changed_at, vendor_solved_at, vendor_replied_at, vendor_first_solved_at,
            vendor_replies, vendor_reopens, vendor_handoffs,
            vendor_is_agent_created, unread_reason
        ),
        shared_ids.ticket_id is not null as is_shared_id,
        coalesce(organizations.account_id, requesters.account_id) as account_id
    from tickets
    left join shared_ids on tickets.ticket_id = shared_ids.ticket_id
    left join identities as organizations
        on tickets.source_name = organizations.source_name
        and organizations.record_kind in ('organization', 'account_ref')
        and tickets.organization_id = organizations.source_id
        and {{ holds_on('organizations', local_date('tickets.created_at')) }}
    left join identities as requesters
        on tickets.source_name = requesters.source_name
        and requesters.record_kind in ('user', 'respondent')
        and tickets.requester_ref = requesters.source_id
        and {{ holds_on('requesters', local_date('tickets.created_at')) }}
)

select * from tickets_resolved
