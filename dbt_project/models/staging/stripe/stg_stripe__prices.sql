with latest as (
    {{ latest_raw('stripe', 'prices', ['price_id'], kind='snapshot') }}
),

prices as (
    select
        price_id,
        product_id,
        upper(currency) as currency,
        -- text with up to 12 decimals: never a float
        try_cast(unit_amount_decimal as decimal(26, 12)) as unit_amount,
        billing_scheme,
        tiers_mode,
        tiers,
        transform_divide_by,
        transform_round,
        tax_behavior,
        lower(latest.interval) as billing_interval,
        interval_count,
        usage_type,
        is_active,
        'stripe' as source_name
    from latest
)

select * from prices
