{#- The day an account's months begin: its start in the registry, else the first record of any source that is its own. -#}
with accounts as (
    select * from {{ ref('int_accounts__current') }}
),

identities as (
    select * from {{ ref('int_accounts__identities_resolved') }}
),

records as (
    select account_id, min({{ local_date('first_seen_at') }}) as first_seen_on
    from identities
    where account_id is not null and record_kind in ('organization', 'customer', 'account_ref')
    group by account_id
),

first_seen as (
    select
        accounts.account_id,
        least(coalesce(least(accounts.started_on, records.first_seen_on), {{ as_of() }}), {{ as_of() }}) as first_seen_on
    from accounts
    left join records on accounts.account_id = records.account_id
)

select * from first_seen
