{#- Accounts that were merged into another since the last publication, which still knew months of their own. -#}
with published as (
    {{ previous_rows('account_months', {'account_id': 'string', 'as_of_date': 'date'}) }}
),

registered as (
    select * from {{ ref('int_accounts__registered') }}
),

merges_found as (
    select distinct registered.account_id, registered.survivor_id
    from registered
    inner join published on registered.account_id = published.account_id
    where registered.is_merged and published.as_of_date <= {{ as_of() }}
)

select * from merges_found
