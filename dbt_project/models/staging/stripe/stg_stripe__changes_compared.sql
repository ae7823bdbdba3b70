{#- What the listing shows of a subscription beside what its bills in force say, price by price, for each stretch in which neither
    changes, from the first listing on. -#}
{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__lines_unpaused') }}
    where kind = 'recurring' and exclusion_reason is null and coalesce(counted_until_at > counted_from_at, true)
),

items as (
    select * from {{ ref('stg_stripe__items_priced') }}
    where coalesce(usage_type, 'licensed') <> 'metered' and billing_interval is not null
),

listed_subscriptions as (
    select subscription_id, min(shown_from_at) as first_listed_at
    from items
    group by subscription_id
),

billed_lines as (
    select lines.*, listed_subscriptions.first_listed_at
    from lines
    inner join listed_subscriptions on lines.subscription_id = listed_subscriptions.subscription_id
    where coalesce(lines.counted_until_at > listed_subscriptions.first_listed_at, true)
),

bounds as (
    select subscription_id, shown_from_at as bound_at from items
    union
    select subscription_id, shown_until_at as bound_at from items where shown_until_at is not null
    union
    select subscription_id, greatest(counted_from_at, first_listed_at) as bound_at from billed_lines
    union
    select subscription_id, counted_until_at as bound_at from billed_lines where counted_until_at is not null
),

stretches as (
    select
        subscription_id,
        bound_at as from_at,
        lead(bound_at) over (partition by subscription_id order by bound_at) as until_at
    from bounds
),

billed as (
    select
        stretches.subscription_id,
        stretches.from_at,
        billed_lines.price_id,
        min(billed_lines.product) as product,
        min(billed_lines.customer_id) as customer_id,
        min(billed_lines.currency) as currency,
        min(billed_lines.billing_interval) as billing_interval,
        min(billed_lines.interval_count) as interval_count,
        sum(
            case when billed_lines.amount_minor < 0 and billed_lines.is_proration and not billed_lines.is_credit_of_unknown then -1 else 1 end
            * coalesce(billed_lines.quantity, 1)
        ) as quantity,
        sum(case when billed_lines.is_credit_of_unknown then -1 else 1 end * billed_lines.gross_amount) as gross_amount,
        sum(case when billed_lines.is_credit_of_unknown then -1 else 1 end * billed_lines.discount_amount) as discount_amount,
        sum(case when billed_lines.is_credit_of_unknown then -1 else 1 end * billed_lines.inclusive_tax_amount) as inclusive_tax_amount,
        max(billed_lines.invoice_created_at) as newest_bill_at,
        max(case when billed_lines.is_whole then billed_lines.invoice_created_at end) as newest_whole_bill_at,
        max(billed_lines.period_end_at) as billed_until_at,
        max(billed_lines.scheduled_end_at) as scheduled_end_at
    from stretches
    inner join billed_lines
        on stretches.subscription_id = billed_lines.subscription_id
        and billed_lines.counted_from_at <= stretches.from_at
        and coalesce(billed_lines.counted_until_at > stretches.from_at, true)
    group by stretches.subscription_id, stretches.from_at, billed_lines.price_id
),

listed as (
    select
        stretches.subscription_id,
        stretches.from_at,
        items.price_id,
        min(items.product) as product,
        min(items.customer_id) as customer_id,
        min(items.currency) as currency,
        min(items.billing_interval) as billing_interval,
        min(coalesce(items.interval_count, 1)) as interval_count,
        sum(coalesce(items.quantity, 1)) as quantity,
        case when bool_and(items.gross_amount is not null) then sum(items.gross_amount) end as gross_amount,
        max(items.shown_from_at) as shown_from_at,
        max(items.last_shown_at) as last_shown_at
    from stretches
    inner join items
        on stretches.subscription_id = items.subscription_id
        and items.shown_from_at <= stretches.from_at
        and coalesce(items.shown_until_at > stretches.from_at, true)
    group by stretches.subscription_id, stretches.from_at, items.price_id
),

compared as (
    select
        coalesce(listed.subscription_id, billed.subscription_id) as subscription_id,
        coalesce(listed.from_at, billed.from_at) as from_at,
        coalesce(listed.price_id, billed.price_id) as price_id,
        {% for column in ['product', 'customer_id', 'currency', 'billing_interval', 'interval_count'] -%}
        coalesce(listed.{{ column }}, billed.{{ column }}) as {{ column }},
        {% endfor -%}
        listed.price_id is not null as is_listed,
        billed.subscription_id is not null as is_billed,
        coalesce(listed.quantity, 0) as listed_quantity,
        coalesce(billed.quantity, 0) as billed_quantity,
        case when listed.price_id is null then 0 else listed.gross_amount end as listed_gross,
        coalesce(billed.gross_amount, 0) as billed_gross,
        billed.discount_amount,
        billed.inclusive_tax_amount,
        billed.newest_bill_at,
        billed.newest_whole_bill_at,
        billed.billed_until_at,
        billed.scheduled_end_at,
        listed.shown_from_at,
        listed.last_shown_at
    from listed
    full outer join billed
        on listed.subscription_id = billed.subscription_id
        and listed.from_at = billed.from_at
        and listed.price_id = billed.price_id
),

timed as (
    select compared.*, stretches.until_at
    from compared
    inner join stretches on compared.subscription_id = stretches.subscription_id and compared.from_at = stretches.from_at
)

select * from timed
