with identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
    where record_kind = 'account_ref'
        and account_id is not null
),

account_refs as (
    select
        source_id as account_ref,
        max(account_id) as account_id
    from identities
    group by source_id
)

select * from account_refs
