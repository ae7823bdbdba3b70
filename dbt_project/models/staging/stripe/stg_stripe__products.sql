with versions as (
    {{ listed_spans('stripe', 'products', 'product_id', ['name'], changed_at='updated_at') }}
),

products as (
    select
        product_id,
        valid_from,
        valid_to,
        name as product_name,
        'stripe' as source_name
    from versions
)

select * from products
