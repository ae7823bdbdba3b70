{#- Discounts of subscriptions and of their items in both shapes: the coupon inside it, or in its source. -#}
with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
    where not is_deleted
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

exploded as (
    select subscription_id, cast(null as {{ dbt.type_string() }}) as item_id, {{ explode_json_list('discounts') }} as discount
    from subscriptions
    where discounts is not null
    union all
    select subscription_id, item_id, {{ explode_json_list('discounts') }} as discount
    from items
    where discounts is not null
),

named as (
    select
        subscription_id,
        item_id,
        {% for field in ['duration', 'percent_off', 'amount_off', 'currency'] -%}
        coalesce({{ json_text('discount', 'coupon.' ~ field) }}, {{ json_text('discount', 'source.coupon.' ~ field) }}) as {{ field }},
        {% endfor -%}
        coalesce(
            {{ json_text('discount', 'coupon.id') }},
            {{ json_text('discount', 'source.coupon.id') }},
            {{ json_text('discount', 'source.coupon') }},
            {{ json_text('discount', 'coupon') }}
        ) as coupon_id,
        try_cast({{ json_text('discount', 'end') }} as bigint) as ends_epoch
    from exploded
),

discounts as (
    select
        named.subscription_id,
        named.item_id,
        named.coupon_id,
        coalesce(named.duration, coupons.duration) as duration,
        coalesce(try_cast(named.percent_off as double), cast(coupons.percent_off as double)) as percent_off,
        coalesce(try_cast(named.amount_off as bigint), coupons.amount_off_minor) as amount_off_minor,
        coalesce(upper(named.currency), coupons.currency) as currency
    from named
    left join coupons on named.coupon_id = coupons.coupon_id
    where named.ends_epoch is null or named.ends_epoch * 1000000 >= {{ epoch_micros(as_of_end()) }}
)

select * from discounts
