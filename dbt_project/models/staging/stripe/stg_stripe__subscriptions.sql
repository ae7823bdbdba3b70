with latest as (
    {{ latest_raw('stripe', 'subscriptions', ['subscription_id'], kind='snapshot') }}
),

subscriptions as (
    select
        latest.subscription_id,
        latest.customer_id,
        case when latest.status = 'canceled' and latest.ended_at >= {{ as_of_end() }} then 'active' else latest.status end
            as status,
        upper(latest.currency) as currency,
        latest.created_at,
        latest.started_at,
        latest.trial_start_at,
        latest.trial_end_at,
        case when latest.canceled_at < {{ as_of_end() }} then latest.canceled_at end as canceled_at,
        case when latest.canceled_at < {{ as_of_end() }} or latest.canceled_at is null then latest.cancel_at end as cancel_at,
        coalesce(latest.cancel_at_period_end, false) and coalesce(latest.canceled_at < {{ as_of_end() }}, true) as is_ending_with_period,
        case when latest.ended_at < {{ as_of_end() }} then latest.ended_at end as ended_at,
        coalesce(latest.billing_anchor_day, extract(day from latest.billing_anchor_at)) as billing_anchor_day,
        latest.default_tax_rates,
        latest.cancellation_reason,
        latest.cancellation_feedback,
        latest.collection_method,
        latest.discounts,
        'stripe' as source_name
    from latest
    -- absence from a listing of every status is no cancellation: the subscription is kept as last seen
    where latest.created_at is null or latest.created_at < {{ as_of_end() }}
)

select * from subscriptions
