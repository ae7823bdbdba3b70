with located as (
    select * from {{ ref('int_accounts__records_located') }}
),

domains as (
    select * from {{ ref('int_accounts__domains_claimed') }}
),

companies as (
    select
        source_name,
        record_kind,
        source_id,
        coalesce(named_account_id, domain_account_id) as account_id,
        coalesce(named_method, case when domain_account_id is not null then 'domain' end) as method
    from located
    where record_kind in ('organization', 'customer')
),

-- an id that two vendors use for different accounts says nothing
companies_by_id as (
    select
        source_id,
        min(account_id) as account_id,
        min(method) as method
    from companies
    where account_id is not null
    group by source_id
    having count(distinct account_id) = 1
),

-- references: a company's own id before a mere domain
referenced as (
    select
        located.*,
        coalesce(located.named_account_id, companies_by_id.account_id, located.domain_account_id) as account_id,
        coalesce(
            located.named_method,
            companies_by_id.method,
            case when located.domain_account_id is not null then 'domain' end
        ) as method
    from located
    left join companies_by_id on located.record_kind = 'account_ref' and located.source_id = companies_by_id.source_id
    where located.record_kind not in ('user', 'respondent')
),

-- people: their own id, else the company they belong to, else their mail domain
users as (
    select
        located.*,
        coalesce(located.named_account_id, parents.account_id, located.domain_account_id) as account_id,
        coalesce(
            located.named_method,
            parents.method,
            case when located.domain_account_id is not null then 'domain' end
        ) as method
    from located
    left join companies as parents
        on located.source_name = parents.source_name
        and parents.record_kind = 'organization'
        and located.parent_id = parents.source_id
    where located.record_kind = 'user'
),

users_by_id as (
    select
        source_id,
        min(account_id) as account_id,
        min(method) as method
    from users
    where account_id is not null
    group by source_id
    having count(distinct account_id) = 1
),

respondents as (
    select
        located.*,
        coalesce(
            located.named_account_id, parents.account_id, users_by_id.account_id, located.domain_account_id
        ) as account_id,
        coalesce(
            located.named_method,
            parents.method,
            users_by_id.method,
            case when located.domain_account_id is not null then 'domain' end
        ) as method
    from located
    left join referenced as parents
        on located.source_name = parents.source_name
        and parents.record_kind = 'account_ref'
        and located.parent_id = parents.source_id
    left join users_by_id on located.source_id = users_by_id.source_id
    where located.record_kind = 'respondent'
),

resolved as (
    select source_name, record_kind, source_id, record_name, is_deleted, first_seen_at, account_id, method from referenced
    union all
    select source_name, record_kind, source_id, record_name, is_deleted, first_seen_at, account_id, method from users
    union all
    select source_name, record_kind, source_id, record_name, is_deleted, first_seen_at, account_id, method from respondents
    union all
    select
        'mail' as source_name,
        'domain' as record_kind,
        mail_domain as source_id,
        cast(null as {{ dbt.type_string() }}) as record_name,
        false as is_deleted,
        cast(null as timestamp) as first_seen_at,
        account_id,
        method
    from domains
),

identities as (
    select
        source_name,
        record_kind,
        source_id,
        account_id,
        method,
        case method when 'explicit' then 1.0 when 'external_id' then 0.95 when 'metadata' then 0.9 when 'domain' then 0.6 end
            as confidence,
        account_id is not null as is_matched,
        record_name,
        is_deleted,
        first_seen_at
    from resolved
)

select * from identities
