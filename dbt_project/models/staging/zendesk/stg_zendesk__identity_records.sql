with organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
),

users as (
    select * from {{ ref('stg_zendesk__users') }}
),

-- who was a customer once asked for a company, whatever he or she is today; an empty text: of none (max_by passes over NULL)
customers as (
    select user_id, max_by(coalesce(organization_id, ''), updated_at) as organization_id
    from {{ ref('stg_zendesk__user_versions') }}
    where role = 'end-user' and updated_at < {{ as_of_end() }}
    group by user_id
),

domains as (
    select
        organization_id,
        {{ explode_json_list('domain_names') }} as domain_json
    from organizations
    where domain_names is not null
),

organization_records as (
    select
        organizations.source_name,
        'organization' as record_kind,
        organizations.organization_id as source_id,
        organizations.organization_name as record_name,
        organizations.external_id,
        cast(null as {{ dbt.type_string() }}) as metadata_account_id,
        lower(replace(cast(domains.domain_json as {{ dbt.type_string() }}), '"', '')) as mail_domain,
        cast(null as {{ dbt.type_string() }}) as parent_id,
        organizations.is_deleted,
        organizations.external_id as registers_account_id,
        organizations.created_at as first_seen_at
    from organizations
    left join domains on organizations.organization_id = domains.organization_id
),

user_records as (
    select
        users.source_name,
        'user' as record_kind,
        users.user_id as source_id,
        cast(null as {{ dbt.type_string() }}) as record_name,
        users.external_id,
        cast(null as {{ dbt.type_string() }}) as metadata_account_id,
        users.mail_domain,
        case when users.is_agent then nullif(customers.organization_id, '') else users.organization_id end as parent_id,
        users.is_deleted,
        cast(null as {{ dbt.type_string() }}) as registers_account_id,
        users.created_at as first_seen_at
    from users
    left join customers on users.user_id = customers.user_id
    -- agents serve accounts, they belong to none
    where not users.is_agent or customers.user_id is not null
),

records as (
    select * from organization_records
    union all
    select * from user_records
)

select * from records
