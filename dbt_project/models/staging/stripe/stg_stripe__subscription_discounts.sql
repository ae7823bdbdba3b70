with discounts as (
    select * from {{ ref('stg_stripe__discounts_in_force') }}
),

-- shares of several discounts are taken one after another
summed as (
    select
        subscription_id,
        bool_and(coalesce(duration = 'forever', false)) as is_forever,
        case
            when bool_or(percent_off is null or item_id is not null) then cast(null as double)
            when bool_or(percent_off >= 100) then cast(0 as double)
            else round(exp(sum(ln(1 - least(percent_off, 99.9999) / 100))), 12)
        end as kept_share
    from discounts
    group by subscription_id
)

select * from summed
