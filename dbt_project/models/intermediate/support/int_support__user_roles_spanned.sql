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

spans as (
    select
        source_name,
        user_id,
        role,
        role = 'end-user' as is_customer,
        -- the first role known is taken to have held before it was first seen
        case when previous_role is null then cast('1970-01-01' as timestamp) else updated_at end as valid_from,
        coalesce(
            lead(updated_at) over (partition by source_name, user_id order by updated_at),
            cast('9999-01-01' as timestamp)
        ) as valid_to
    from changes
    where previous_role is null or previous_role <> role
)

select * from spans
