{#- The share of an item's price that is tax inside it: by its tax rates, else by those of its subscription, else as its bills (a draft
    is one) had it, else those of its customer. -#}
with items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

lines as (
    select * from {{ ref('stg_stripe__lines_classified') }}
    where kind = 'recurring' and not is_proration
),

exploded as (
    select item_id, 1 as rank_of_origin, {{ explode_json_list('tax_rates') }} as tax_rate
    from items
    where tax_rates is not null
    union all
    select items.item_id, 2 as rank_of_origin, {{ explode_json_list('subscriptions.default_tax_rates') }} as tax_rate
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    where subscriptions.default_tax_rates is not null
),

rated as (
    select
        item_id,
        rank_of_origin,
        sum(case when {{ json_text('tax_rate', 'inclusive') }} = 'true' then try_cast({{ json_text('tax_rate', 'percentage') }} as double) else 0 end) as percentage
    from exploded
    group by item_id, rank_of_origin
),

{% for owner in ['subscription_id', 'customer_id'] %}
billed_by_{{ owner }} as (
    select
        {{ owner }},
        cast(sum(inclusive_tax_minor) as double) / nullif(cast(sum(amount_minor - discount_minor) as double), 0) as tax_share
    from lines
    group by {{ owner }}
),
{% endfor %}

candidates as (
    select item_id, rank_of_origin, percentage / (100 + percentage) as tax_share
    from rated
    union all
    select items.item_id, 3 as rank_of_origin, billed.tax_share
    from items
    inner join billed_by_subscription_id as billed on items.subscription_id = billed.subscription_id
    union all
    select items.item_id, 4 as rank_of_origin, billed.tax_share
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    inner join billed_by_customer_id as billed on subscriptions.customer_id = billed.customer_id
),

known as (
    select item_id, tax_share
    from candidates
    where tax_share is not null
    qualify row_number() over (partition by item_id order by rank_of_origin) = 1
)

select * from known
