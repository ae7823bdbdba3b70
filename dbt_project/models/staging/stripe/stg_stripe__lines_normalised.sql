{#- Amounts for one whole billing period. A prorated line covers a part of one: credit and debit net out at any instant
    because both are brought to the same whole. Proration cents are rounded by the vendor, and stretching them would
    stretch the rounding; so the price itself is taken wherever it explains the line to within one minor unit. -#}
{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__lines_classified') }}
),

whole_periods as (
    select
        subscription_id,
        billing_interval,
        interval_count,
        period_end_at,
        max({{ seconds_between('period_start_at', 'period_end_at') }}) as period_seconds,
        -- share of the price that discounts leave: the vendor may net them out of a proration
        1 - sum(discount_minor) / nullif(cast(sum(amount_minor) as double), 0) as net_share
    from lines
    where kind = 'recurring' and not is_proration and period_start_at < period_end_at
    group by subscription_id, billing_interval, interval_count, period_end_at
),

measured as (
    select
        lines.*,
        coalesce(whole_periods.net_share, 1) as net_share,
        {{ seconds_between('lines.period_start_at', 'lines.period_end_at') }} as own_seconds,
        case
            when lines.is_proration then greatest(
                {{ seconds_between('lines.period_start_at', 'lines.period_end_at') }},
                coalesce(
                    whole_periods.period_seconds,
                    {{ seconds_between(add_periods('lines.period_end_at', 'lines.billing_interval', '-lines.interval_count'), 'lines.period_end_at') }}
                )
            )
            -- an hour of tolerance for the change of clocks
            when
                {{ seconds_between('lines.period_start_at', 'lines.period_end_at') }}
                between {{ shortest_period_days('lines.billing_interval') }} * lines.interval_count * 86400 - 3600
                and {{ longest_period_days('lines.billing_interval') }} * lines.interval_count * 86400 + 3600
                then {{ seconds_between('lines.period_start_at', 'lines.period_end_at') }}
            else {{ seconds_between('lines.period_start_at', add_periods('lines.period_start_at', 'lines.billing_interval', 'lines.interval_count')) }}
        end as whole_seconds
    from lines
    left join whole_periods
        on lines.is_proration
        and lines.subscription_id = whole_periods.subscription_id
        and lines.billing_interval = whole_periods.billing_interval
        and lines.interval_count = whole_periods.interval_count
        and lines.period_end_at = whole_periods.period_end_at
),

priced as (
    select
        *,
        cast(whole_seconds as double) / nullif(cast(own_seconds as double), 0) as stretch,
        case when amount_minor < 0 then -1 else 1 end * cast(unit_amount as double) * quantity as price_of_period
    from measured
),

stretched as (
    select
        *,
        case
            when kind <> 'recurring' or exclusion_reason = 'no_service_period' or own_seconds = whole_seconds
                then cast(amount_minor as double)
            when abs(price_of_period / stretch - amount_minor) <= 1 then price_of_period
            when discount_minor = 0 and abs(price_of_period * net_share / stretch - amount_minor) <= 1
                then round(price_of_period * net_share)
            else amount_minor * stretch
        end as gross_amount
    from priced
),

discounted as (
    select
        *,
        case
            when coalesce(discount_minor, 0) = 0 then cast(0 as double)
            when gross_amount = amount_minor then cast(discount_minor as double)
            else gross_amount * discount_minor / nullif(cast(amount_minor as double), 0)
        end as discount_amount
    from stretched
)

select * from discounted
