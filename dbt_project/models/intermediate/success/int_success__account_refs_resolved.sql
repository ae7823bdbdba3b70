with identities as (
    select * from {{ ref('int_accounts__identities_dated') }}
    where record_kind = 'account_ref'
),

account_refs as (
    select source_name, source_id as account_ref, valid_from, valid_to, account_id
    from identities
)

select * from account_refs
