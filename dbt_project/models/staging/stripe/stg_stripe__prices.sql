with versions as (
    {{ listed_spans('stripe', 'prices', 'price_id', [
        'product_id', 'currency', 'unit_amount_decimal', 'billing_scheme', 'tiers_mode', 'tiers', quoted('interval'), 'interval_count',
        'usage_type', 'transform_divide_by', 'transform_round', 'tax_behavior',
    ], changed_at='created_at') }}
),

prices as (
    select
        price_id,
        valid_from,
        valid_to,
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
        lower(versions.interval) as billing_interval,
        interval_count,
        usage_type,
        'stripe' as source_name
    from versions
)

select * from prices
