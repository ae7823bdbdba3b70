{#- Items of subscriptions that no invoice line covers: trials, subscriptions just begun, and those billed elsewhere.
    The price today is all that is known of them. -#}
with subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('stg_stripe__items_priced') }}
    where is_present
),

pauses as (
    select * from {{ ref('stg_stripe__subscription_pauses') }}
    where resumed_at is null
    {% if var('pause_policy') == 'keep' -%}
    and false
    {%- endif %}
),

billed as (
    select distinct subscription_id
    from {{ ref('stg_stripe__lines_classified') }}
    where kind = 'recurring' and coalesce(exclusion_reason, '') not in ('draft_invoice', 'trial', 'incomplete')
),

unbilled as (
    select
        'item:' || items.item_id as line_id,
        subscriptions.customer_id,
        items.subscription_id,
        items.price_id,
        items.product,
        coalesce(items.currency, subscriptions.currency) as currency,
        items.quantity,
        items.billing_interval,
        coalesce(items.interval_count, 1) as interval_count,
        items.gross_amount,
        items.discount_amount,
        items.inclusive_tax_amount,
        subscriptions.status,
        case
            when subscriptions.status = 'trialing' then coalesce(subscriptions.trial_start_at, subscriptions.started_at)
            else coalesce(subscriptions.trial_end_at, subscriptions.started_at, subscriptions.created_at)
        end as period_start_at,
        case
            when subscriptions.status = 'trialing' then subscriptions.trial_end_at
            else coalesce(
                subscriptions.cancel_at,
                case when subscriptions.is_ending_with_period then items.current_period_end_at end
            )
        end as period_end_at,
        items.current_period_end_at as billed_until_at,
        pauses.paused_from_at,
        case
            when subscriptions.status = 'trialing' then 'trial'
            when items.gross_amount is null or items.discount_amount is null then 'unknown_price'
        end as exclusion_reason,
        subscriptions.source_name
    from items
    inner join subscriptions on items.subscription_id = subscriptions.subscription_id
    left join pauses on items.subscription_id = pauses.subscription_id
    left join billed on items.subscription_id = billed.subscription_id
    where
        billed.subscription_id is null
        and coalesce(items.usage_type, 'licensed') <> 'metered'
        and items.billing_interval is not null
        and subscriptions.status in ('active', 'trialing')
)

select * from unbilled
