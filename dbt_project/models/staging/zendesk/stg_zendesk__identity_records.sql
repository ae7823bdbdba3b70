with organizations as (
    select * from {{ ref('stg_zendesk__organizations') }}
),

users as (
    select * from {{ ref('stg_zendesk__users') }}
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
        source_name,
        'user' as record_kind,
        user_id as source_id,
        cast(null as {{ dbt.type_string() }}) as record_name,
        external_id,
        cast(null as {{ dbt.type_string() }}) as metadata_account_id,
        mail_domain,
        organization_id as parent_id,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as registers_account_id,
        created_at as first_seen_at
    from users
    -- agents serve accounts, they belong to none
    where not is_agent
),

records as (
    select * from organization_records
    union all
    select * from user_records
)

select * from records
