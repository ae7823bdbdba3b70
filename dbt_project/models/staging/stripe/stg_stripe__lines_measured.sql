{#- How many billing periods a line covers, and what its subscription's whole lines say of the price, the discount and the tax of
    one: 1 for a renewal, a part for a proration, more for a start in the past that is billed as one line. -#}
{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__lines_classified') }}
),

anchors as (
    select
        subscription_id,
        max(greatest(extract(day from period_start_at), extract(day from period_end_at))) as latest_day
    from lines
    where kind = 'recurring' and billing_interval in ('month', 'year') and not is_proration
    group by subscription_id
),

anchored as (
    select
        lines.*,
        coalesce(lines.billing_anchor_day, anchors.latest_day) as anchor_day
    from lines
    left join anchors on lines.subscription_id = anchors.subscription_id
),

counted as (
    select
        *,
        {{ periods_between('period_start_at', 'period_end_at', 'billing_interval', 'interval_count', 'anchor_day') }} as periods,
        -- where the anchor is not known, an end on the last of a short month leaves two readings
        {{ periods_between('period_start_at', 'period_end_at', 'billing_interval', 'interval_count', '31') }} as periods_at_the_last,
        {{ periods_between('period_start_at', 'period_end_at', 'billing_interval', 'interval_count', '1') }} as periods_at_the_end
    from anchored
    where kind = 'recurring' and period_start_at < period_end_at
),

-- an hour of tolerance for the change of clocks
rounded as (
    select
        line_id,
        periods_at_the_last,
        periods_at_the_end,
        case
            when
                round(periods) >= 1
                and abs(periods - round(periods)) * {{ shortest_period_days('billing_interval') }} * interval_count * 86400 <= 3600
                then round(periods)
            else periods
        end as periods
    from counted
),

measured as (
    select
        anchored.*,
        rounded.periods,
        rounded.periods_at_the_last,
        rounded.periods_at_the_end,
        rounded.periods = 1 and not anchored.is_proration as is_whole
    from anchored
    left join rounded on anchored.line_id = rounded.line_id
)

select * from measured
