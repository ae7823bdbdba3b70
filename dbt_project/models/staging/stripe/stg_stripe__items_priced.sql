{#- What an item costs for a whole billing period at the price that the listing shows: per unit, by packages, by tiers; net of the
    discounts in force and of the tax inside. NULL where the price, or a discount, is not known. -#}
with states as (
    select * from {{ ref('stg_stripe__item_states') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

prices as (
    select * from {{ ref('stg_stripe__prices') }}
),

tiered as (
    select * from {{ ref('stg_stripe__tiers_priced') }}
),

products as (
    select * from {{ ref('stg_stripe__products') }}
),

discounts as (
    select * from {{ ref('stg_stripe__discounts_summed') }}
),

taxes as (
    select * from {{ ref('stg_stripe__inclusive_taxes_known') }}
),

priced as (
    select
        states.*,
        subscriptions.customer_id,
        coalesce(products.product_name, states.product_id, states.price_id) as product,
        case
            when subscriptions.currency <> coalesce(states.currency, prices.currency) then cast(null as double)
            when prices.billing_scheme = 'tiered' then tiered.amount
            else
                cast(coalesce(states.unit_amount, prices.unit_amount) as double)
                * {{ billed_units('states.quantity', 'prices.transform_divide_by', 'prices.transform_round') }}
        end as full_amount,
        prices.tax_behavior
    from states
    left join subscriptions on states.subscription_id = subscriptions.subscription_id
    left join prices
        on states.price_id = prices.price_id
        and states.last_shown_at >= prices.valid_from
        and states.last_shown_at < prices.valid_to
    left join products
        on coalesce(states.product_id, prices.product_id) = products.product_id
        and states.last_shown_at >= products.valid_from
        and states.last_shown_at < products.valid_to
    left join tiered on states.item_id = tiered.item_id and states.state_number = tiered.state_number
),

discounted as (
    select
        priced.*,
        case
            when discounts.is_unknown then cast(null as double)
            else least(
                priced.full_amount,
                priced.full_amount * (1 - coalesce(discounts.kept_share, 1))
                + coalesce(discounts.amount_off_minor, 0) * coalesce(
                    priced.full_amount / nullif(sum(case when priced.is_present then priced.full_amount end) over (partition by priced.subscription_id), 0), 0
                )
            )
        end as full_discount
    from priced
    left join discounts on priced.item_id = discounts.item_id
),

taxed as (
    select
        discounted.*,
        case when discounted.tax_behavior = 'exclusive' then 0 else coalesce(taxes.tax_share, 0) end as tax_share
    from discounted
    left join taxes on discounted.item_id = taxes.item_id
),

items_priced as (
    select
        *,
        full_amount * (1 - tax_share) as gross_amount,
        full_discount * (1 - tax_share) as discount_amount,
        (full_amount - full_discount) * tax_share as inclusive_tax_amount
    from taxed
)

select * from items_priced
