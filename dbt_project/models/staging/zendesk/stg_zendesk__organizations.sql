with latest as (
    {{ latest_raw('zendesk', 'organizations', ['organization_id']) }}
),

organizations as (
    select
        organization_id,
        name as organization_name,
        external_id,
        domain_names,
        organization_fields,
        created_at,
        updated_at,
        case when deleted_at < {{ as_of_end() }} then deleted_at end as deleted_at,
        is_deleted,
        'zendesk' as source_name
    from latest
    where created_at is null or created_at < {{ as_of_end() }}
)

select * from organizations
