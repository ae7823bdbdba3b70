with latest as (
    {{ latest_raw('stripe', 'subscription_items', ['item_id'], kind='snapshot') }}
),

items as (
    select
        item_id,
        subscription_id,
        price_id,
        product_id,
        quantity,
        try_cast(unit_amount_decimal as decimal(26, 12)) as unit_amount,
        upper(currency) as currency,
        lower(latest.interval) as billing_interval,
        interval_count,
        usage_type,
        discounts,
        tax_rates,
        current_period_start_at,
        current_period_end_at,
        created_at,
        is_deleted,
        'stripe' as source_name
    from latest
    where created_at is null or created_at < {{ as_of_end() }}
)

select * from items
