{#- Pauses as the vendor says them, dated by the renewals between two listings of which one said so and the other did not: one that was
    left unpaid began the pause, one that was collected ended it. -#}
with stated as (
    select * from {{ ref('stg_stripe__pauses_stated') }}
),

renewals as (
    select subscription_id, period_start_at, false as is_collected
    from {{ ref('stg_stripe__renewals_uncollected') }}
    union all
    select subscription_id, period_start_at, true as is_collected
    from {{ ref('stg_stripe__lines_classified') }}
    where kind = 'recurring' and exclusion_reason is null and not is_proration and invoice_status in ('paid', 'open')
),

told as (
    select
        stated.subscription_id,
        stated.paused_from_at as earliest_from_at,
        min(stated.first_said_at) as first_said_at,
        min(stated.resumed_at) as resumed_at,
        min(case
            when
                not renewals.is_collected
                and renewals.period_start_at > stated.paused_from_at and renewals.period_start_at <= stated.first_said_at
                then renewals.period_start_at
        end) as uncollected_from_at,
        max(case
            when
                renewals.is_collected
                and renewals.period_start_at > stated.paused_from_at and renewals.period_start_at <= stated.first_said_at
                then renewals.period_start_at
        end) as collected_from_at,
        min(case when renewals.is_collected and renewals.period_start_at > stated.last_said_at then renewals.period_start_at end)
            as collected_again_at
    from stated
    left join renewals on stated.subscription_id = renewals.subscription_id
    group by stated.subscription_id, stated.paused_from_at
),

dated as (
    select
        subscription_id,
        coalesce(
            uncollected_from_at,
            case when collected_from_at is not null then first_said_at end,
            earliest_from_at
        ) as paused_from_at,
        {{ earliest(['resumed_at', 'collected_again_at']) }} as resumed_at,
        true as is_stated
    from told
)

select * from dated
