with interviews as (
    select * from {{ ref('stg_drop_folder__interviews') }}
),

account_refs as (
    select * from {{ ref('int_success__account_refs_resolved') }}
),

resolved as (
    select
        interviews.*,
        account_refs.account_id
    from interviews
    left join account_refs
        on account_refs.account_ref = interviews.account_ref
        and account_refs.source_name = interviews.source_name
        and {{ holds_on('account_refs', 'interviews.held_on') }}
)

select * from resolved
