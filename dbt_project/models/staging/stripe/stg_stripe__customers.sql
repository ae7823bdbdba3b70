with latest as (
    {{ latest_raw('stripe', 'customers', ['customer_id'], kind='snapshot', says_deleted=true) }}
),

customers as (
    select
        customer_id,
        name as customer_name,
        {{ mail_domain('email') }} as mail_domain,
        upper(currency) as currency,
        {{ json_text('metadata', var('billing_account_key')) }} as metadata_account_id,
        created_at,
        is_deleted,
        'stripe' as source_name
    from latest
    where created_at is null or created_at < {{ as_of_end() }}
)

select * from customers
