with latest as (
    {{ latest_raw('stripe', 'products', ['product_id'], kind='snapshot') }}
),

products as (
    select
        product_id,
        name as product_name,
        is_active,
        is_deleted,
        'stripe' as source_name
    from latest
)

select * from products
