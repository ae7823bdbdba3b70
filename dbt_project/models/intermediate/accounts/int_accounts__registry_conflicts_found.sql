{#- Where the registry itself contradicts billing, or its own list of accounts. Columns as in int_accounts__conflicts_found. -#}
with registered as (
    select * from {{ ref('int_accounts__registered') }}
),

latest_months as (
    select account_id, closing_mrr_minor, first_paid_month
    from {{ ref('int_revenue__account_months') }}
    where calendar_month = {{ month_of(as_of()) }}
),

ended_but_paying as (
    select
        'churn' as conflict_kind,
        'account' as entity_kind,
        registered.account_id as entity_id,
        registered.account_id,
        'registry, billing' as sources,
        'ended ' || cast(registered.contract_ends_on as {{ dbt.type_string() }}) || '; active' as source_values,
        'billing' as winner,
        'what is paid for decides whether an account is active' as rule
    from registered
    inner join latest_months on registered.account_id = latest_months.account_id
    where registered.contract_ends_on <= {{ as_of() }} and latest_months.closing_mrr_minor > 0
    union all
    select
        'churn' as conflict_kind,
        'account' as entity_kind,
        registered.account_id as entity_id,
        registered.account_id,
        'registry, billing' as sources,
        'under contract until ' || cast(registered.contract_ends_on as {{ dbt.type_string() }}) || '; churned' as source_values,
        'billing' as winner,
        'what is paid for decides whether an account is active' as rule
    from registered
    inner join latest_months on registered.account_id = latest_months.account_id
    where
        registered.contract_ends_on > {{ as_of() }}
        and latest_months.closing_mrr_minor <= 0
        and latest_months.first_paid_month is not null
),

lost_merges as (
    select
        'merge' as conflict_kind,
        'account' as entity_kind,
        registered.account_id as entity_id,
        registered.account_id,
        'registry' as sources,
        'merged into ' || registered.merged_into || '; no such account' as source_values,
        'none' as winner,
        'a merge into an unknown account is not made' as rule
    from registered
    left join registered as targets on registered.merged_into = targets.account_id
    where registered.merged_into is not null and targets.account_id is null
),

lost_maps as (
    select distinct
        'existence' as conflict_kind,
        'mapping' as entity_kind,
        mapped.source_id as entity_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        'account_identities (' || mapped.mapped_source_name || '), registry' as sources,
        'mapped to ' || mapped.account_id || '; no such account' as source_values,
        'none' as winner,
        'a map to an unknown account is not followed' as rule
    from {{ ref('stg_drop_folder__account_identities') }} as mapped
    left join registered on mapped.account_id = registered.account_id
    where registered.account_id is null
),

conflicts as (
    select * from ended_but_paying
    union all
    select * from lost_merges
    union all
    select * from lost_maps
)

select * from conflicts
