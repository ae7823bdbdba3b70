with customers as (
    select * from {{ ref('stg_stripe__customers') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

-- deleted before the first listing: what it was billed is still there, and whose account it was may be said elsewhere
gone as (
    select billed.customer_id, min(billed.created_at) as created_at
    from (
        select customer_id, created_at from invoices
        union all
        select customer_id, created_at from subscriptions
    ) as billed
    left join customers on billed.customer_id = customers.customer_id
    where billed.customer_id is not null and customers.customer_id is null
    group by billed.customer_id
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
    union all
    select
        'stripe' as source_name,
        'customer' as record_kind,
        customer_id as source_id,
        cast(null as {{ dbt.type_string() }}) as record_name,
        customer_id as external_id,
        cast(null as {{ dbt.type_string() }}) as metadata_account_id,
        cast(null as {{ dbt.type_string() }}) as mail_domain,
        cast(null as {{ dbt.type_string() }}) as parent_id,
        true as is_deleted,
        customer_id as registers_account_id,
        created_at as first_seen_at
    from gone
)

select * from records
