with customers as (
    select * from {{ ref('stg_stripe__customers') }}
),

records as (
    select
        source_name,
        'customer' as record_kind,
        customer_id as source_id,
        customer_name as record_name,
        customer_id as external_id,
        metadata_account_id,
        mail_domain,
        cast(null as {{ dbt.type_string() }}) as parent_id,
        is_deleted,
        coalesce(metadata_account_id, customer_id) as registers_account_id,
        created_at as first_seen_at
    from customers
)

select * from records
