with tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
    where account_id is not null
),

tickets_resolved as (
    select
        tickets.* except (
            is_follow_up, tags, recorded_at, record_changed_at, vendor_solved_at, vendor_replied_at, vendor_first_solved_at,
            vendor_replies, vendor_reopens, vendor_handoffs
        ),
        coalesce(organizations.account_id, requesters.account_id) as account_id
    from tickets
    left join identities as organizations
        on tickets.source_name = organizations.source_name
        and organizations.record_kind = 'organization'
        and tickets.organization_id = organizations.source_id
    left join identities as requesters
        on tickets.source_name = requesters.source_name
        and requesters.record_kind = 'user'
        and tickets.requester_id = requesters.source_id
)

select * from tickets_resolved
