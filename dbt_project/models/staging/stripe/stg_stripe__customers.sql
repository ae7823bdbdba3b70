with latest as (
    {{ latest_raw('stripe', 'customers', ['customer_id'], kind='snapshot') }}
),

customers as (
    select
        customer_id,
        name as customer_name,
        {{ mail_domain('email') }} as mail_domain,
        upper(currency) as currency,
        {{ json_text('metadata', var('billing_account_key')) }} as metadata_account_id,
        created_at,
        -- the vendor's own word, or absence from a newer full listing
        coalesce(is_deleted, false) or _deleted or _version < _newest_listing as is_deleted,
        'stripe' as source_name
    from latest
    where created_at is null or created_at < {{ as_of_end() }}
)

select * from customers
