with listings as (
    select * from {{ source('stripe', 'subscriptions') }}
),

latest as (
    {{ latest_raw('stripe', 'subscriptions', ['subscription_id'], kind='snapshot') }}
),

-- The API says that collection is paused, never since when: it began after the last listing that did not say so.
pauses as (
    select
        subscription_id,
        max(case when pause_behavior is null then {{ micros_to_timestamp('_version') }} end) as last_unpaused_at,
        min(case when pause_behavior is not null then {{ micros_to_timestamp('_version') }} end) as first_paused_at
    from listings
    where _version < {{ epoch_micros(as_of_end()) }}
    group by subscription_id
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
        case
            when '{{ var("pause_policy") }}' = 'keep' then cast(null as timestamp)
            when latest.status = 'paused' or (
                latest.pause_behavior is not null
                and (latest.pause_resumes_at is null or latest.pause_resumes_at >= {{ as_of_end() }})
            ) then coalesce(pauses.last_unpaused_at, pauses.first_paused_at, {{ as_of_end() }})
        end as paused_from_at,
        latest.cancellation_reason,
        latest.cancellation_feedback,
        latest.collection_method,
        latest.discounts,
        'stripe' as source_name
    from latest
    left join pauses on latest.subscription_id = pauses.subscription_id
    -- absence from a listing of every status is no cancellation: the subscription is kept as last seen
    where latest.created_at is null or latest.created_at < {{ as_of_end() }}
)

select * from subscriptions
