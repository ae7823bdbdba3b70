with latest as (
    {{ latest_raw('zendesk', 'users', ['user_id']) }}
),

users as (
    select
        user_id,
        organization_id,
        external_id,
        role,
        {{ mail_domain('email') }} as mail_domain,
        coalesce(role in ('agent', 'admin'), false) as is_agent,
        coalesce(is_suspended, false) as is_suspended,
        is_deleted,
        created_at,
        updated_at,
        'zendesk' as source_name
    from latest
    where created_at is null or created_at < {{ as_of_end() }}
)

select * from users
