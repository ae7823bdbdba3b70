{#- What each listing showed of an item, as spans of the same price and quantity: from the listing that first showed it until the one
    that showed another, or none (NULL while shown). -#}
with listings as (
    select *
    from {{ source('stripe', 'subscription_items') }}
    qualify _version < {{ epoch_micros(as_of_end()) }} or _version = min(_version) over ()
),

items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

numbered as (
    select
        item_id,
        subscription_id,
        price_id,
        product_id,
        upper(currency) as currency,
        quantity,
        try_cast(unit_amount_decimal as decimal(26, 12)) as unit_amount,
        _version,
        dense_rank() over (order by _version) as listing_number
    from listings
),

ordered as (
    select
        *,
        lag(price_id) over item as price_before,
        lag(quantity) over item as quantity_before,
        lag(listing_number) over item as listing_before
    from numbered
    window item as (partition by item_id order by _version)
),

spanned as (
    select
        *,
        sum(case
            when
                listing_before is null or listing_number > listing_before + 1
                or price_id is distinct from price_before or quantity is distinct from quantity_before
                then 1
            else 0
        end) over (partition by item_id order by _version rows between unbounded preceding and current row) as state_number
    from ordered
),

spans as (
    select
        item_id,
        state_number,
        min(subscription_id) as subscription_id,
        min(price_id) as price_id,
        min(product_id) as product_id,
        min(currency) as currency,
        min(quantity) as quantity,
        min(unit_amount) as unit_amount,
        min(_version) as first_version,
        max(_version) as last_version,
        max(listing_number) as last_listing
    from spanned
    group by item_id, state_number
),

listing_times as (
    select distinct listing_number, _version from numbered
),

item_states as (
    select
        spans.item_id,
        spans.state_number,
        spans.subscription_id,
        spans.price_id,
        spans.product_id,
        spans.currency,
        spans.quantity,
        spans.unit_amount,
        {{ micros_to_timestamp('spans.first_version') }} as shown_from_at,
        {{ micros_to_timestamp('spans.last_version') }} as last_shown_at,
        {{ micros_to_timestamp('listing_times._version') }} as shown_until_at,
        listing_times._version is null as is_present,
        items.usage_type,
        items.billing_interval,
        items.interval_count,
        items.discounts,
        items.tax_rates,
        items.current_period_end_at
    from spans
    inner join items on spans.item_id = items.item_id
    left join listing_times on spans.last_listing + 1 = listing_times.listing_number
)

select * from item_states
