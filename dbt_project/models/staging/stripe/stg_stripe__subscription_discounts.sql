{#- Both shapes of a discount: the coupon inside it, or in its source. -#}
with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

exploded as (
    select
        subscription_id,
        {{ explode_json_list('discounts') }} as discount
    from subscriptions
    where discounts is not null
),

named as (
    select
        subscription_id,
        coalesce({{ json_text('discount', 'coupon.duration') }}, {{ json_text('discount', 'source.coupon.duration') }}) as duration,
        coalesce(
            {{ json_text('discount', 'coupon.id') }},
            {{ json_text('discount', 'source.coupon.id') }},
            {{ json_text('discount', 'source.coupon') }},
            {{ json_text('discount', 'coupon') }}
        ) as coupon_id
    from exploded
),

discounts as (
    select
        named.subscription_id,
        bool_and(coalesce(coalesce(named.duration, coupons.duration) = 'forever', false)) as is_forever
    from named
    left join coupons on named.coupon_id = coupons.coupon_id
    group by named.subscription_id
)

select * from discounts
