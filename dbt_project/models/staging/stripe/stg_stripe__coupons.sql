with latest as (
    {{ latest_raw('stripe', 'coupons', ['coupon_id'], kind='snapshot') }}
),

coupons as (
    select
        coupon_id,
        percent_off,
        amount_off_minor,
        upper(currency) as currency,
        duration,
        duration_in_months,
        'stripe' as source_name
    from latest
)

select * from coupons
