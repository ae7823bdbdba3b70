with latest as (
    {{ latest_raw('drop_folder', 'accounts', ['account_id'], kind='file') }}
),

accounts as (
    select
        account_id,
        name as account_name,
        parent_account_id,
        segment,
        appropriate_experience,
        coverage_model,
        csm_structure,
        csm_owner,
        industry,
        region,
        start_date as started_on,
        contract_end as contract_ends_on,
        renewal_date as renewal_on,
        auto_renew as is_auto_renewed,
        service_level,
        merged_into,
        merged_on,
        'drop_folder' as source_name
    from latest
    where not is_deleted
)

select * from accounts
