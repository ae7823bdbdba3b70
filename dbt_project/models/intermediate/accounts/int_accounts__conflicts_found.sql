{#- Facts of accounts on which two sources disagree, one block per kind of conflict. -#}
with identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
),

named as (
    select * from {{ ref('int_accounts__records_named') }}
),

registered as (
    select * from {{ ref('int_accounts__registered') }}
),

latest_months as (
    select account_id, closing_mrr_minor
    from {{ ref('int_revenue__account_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

deleted_but_paying as (
    select
        'status' as conflict_kind,
        identities.record_kind as entity_kind,
        identities.source_id as entity_id,
        identities.account_id,
        'billing, ' || identities.source_name as sources,
        'active; ' || identities.record_kind || ' deleted' as source_values,
        'billing' as winner,
        'what is paid for decides whether an account is active' as rule
    from identities
    inner join latest_months on identities.account_id = latest_months.account_id
    where
        identities.is_deleted
        and identities.record_kind in ('organization', 'customer')
        and latest_months.closing_mrr_minor > 0
        -- the account lives on in another record of the same source
        and not exists (
            select 1 from identities as others
            where others.account_id = identities.account_id
                and others.source_name = identities.source_name
                and others.record_kind = identities.record_kind
                and not others.is_deleted
        )
),

-- without an accounts file an account is called as one of its records is: as billing calls it, where billing knows it
namers as (
    select identities.account_id, min(identities.source_name) as source_name
    from identities
    inner join registered on identities.account_id = registered.account_id
    where
        registered.is_derived
        and identities.record_kind in ('organization', 'customer')
        and identities.record_name = registered.account_name
    group by identities.account_id
),

two_names as (
    select
        'name' as conflict_kind,
        identities.record_kind as entity_kind,
        identities.source_id as entity_id,
        identities.account_id,
        coalesce(namers.source_name, 'registry') || ', ' || identities.source_name as sources,
        registered.account_name || '; ' || identities.record_name as source_values,
        coalesce(namers.source_name, 'registry') as winner,
        case
            when registered.is_derived then 'without an accounts file billing names accounts, else the helpdesk'
            else 'the registry names accounts; other names are kept with their record'
        end as rule
    from identities
    inner join registered on identities.account_id = registered.account_id
    left join namers on identities.account_id = namers.account_id
    where
        identities.record_kind in ('organization', 'customer')
        and identities.record_name is not null
        and lower(trim(identities.record_name)) <> lower(trim(registered.account_name))
),

claims as (
    select source_name, record_kind, source_id, method, account_id, 'external_id' as claimed_by, external_id as claimed_id
    from named
    where method = 'explicit'
    union all
    select source_name, record_kind, source_id, method, account_id, 'metadata' as claimed_by, metadata_account_id as claimed_id
    from named
    where method in ('explicit', 'external_id')
),

two_owners as (
    select
        'owner' as conflict_kind,
        claims.record_kind as entity_kind,
        claims.source_id as entity_id,
        claims.account_id,
        claims.source_name || ' (' || claims.method || '), ' || claims.source_name || ' (' || claims.claimed_by || ')' as sources,
        claims.account_id || '; ' || rivals.survivor_id as source_values,
        claims.method as winner,
        'explicit map before external id before billing metadata before mail domain' as rule
    from claims
    inner join registered as rivals on claims.claimed_id = rivals.account_id
    where claims.account_id <> rivals.survivor_id and claims.record_kind in ('organization', 'customer')
),

unknown_customers as (
    select
        'existence' as conflict_kind,
        record_kind as entity_kind,
        source_id as entity_id,
        account_id,
        source_name || ', registry' as sources,
        'known; unknown' as source_values,
        'none' as winner,
        'an unmatched record stays without an account' as rule
    from identities
    where account_id is null and record_kind in ('organization', 'customer', 'account_ref')
),

contested_domains as (
    select
        'domain' as conflict_kind,
        'domain' as entity_kind,
        mail_domain as entity_id,
        account_id,
        'domain claimants' as sources,
        cast(claimants as {{ dbt.type_string() }}) || ' accounts' as source_values,
        case when account_id is null then 'none' else 'registry' end as winner,
        'a domain that two accounts claim is no evidence' as rule
    from {{ ref('int_accounts__domains_claimed') }}
    where claimants > 1
),

conflicts as (
    select * from deleted_but_paying
    union all
    select * from two_names
    union all
    select * from two_owners
    union all
    select * from unknown_customers
    union all
    select * from contested_domains
    union all
    select * from {{ ref('int_accounts__registry_conflicts_found') }}
    union all
    select * from {{ ref('int_billing__conflicts_found') }}
)

select * from conflicts
