with accounts as (
    select * from {{ ref('int_accounts__registered') }}
),

current_accounts as (
    select
        account_id, parent_account_id, account_name, segment, appropriate_experience, coverage_model, csm_structure,
        csm_owner, industry, region, started_on, contract_ends_on, renewal_on, is_auto_renewed, service_level, is_derived
    from accounts
    where not is_merged
)

select * from current_accounts
