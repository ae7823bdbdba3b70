{#- Discounts in force of each item, its own and those of its subscription: the share of the price that they leave, and the amount they
    take off an invoice. -#}
with items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
    where not is_deleted
),

discounts as (
    select * from {{ ref('stg_stripe__discounts_in_force') }}
    {% if var('discount_policy') == 'forever_only' -%}
    where duration = 'forever'
    {%- endif %}
),

summed as (
    select
        items.item_id,
        bool_or(discounts.percent_off is null and discounts.amount_off_minor is null) as is_unknown,
        case
            when bool_or(coalesce(discounts.percent_off >= 100, false)) then cast(0 as double)
            else round(exp(sum(ln(1 - least(coalesce(discounts.percent_off, 0), 99.9999) / 100))), 12)
        end as kept_share,
        sum(coalesce(discounts.amount_off_minor, 0)) as amount_off_minor
    from items
    inner join discounts
        on items.subscription_id = discounts.subscription_id
        and (discounts.item_id is null or items.item_id = discounts.item_id)
    group by items.item_id
)

select * from summed
