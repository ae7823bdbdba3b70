{#- From when until when a line counts. It ends with the paid period, or before: when the subscription ended, or when its
    invoices went unpaid for longer than the grace. The last lines of a live subscription go on until its end although the
    next invoice is not written yet. A credit for what was billed before the extraction began says that it was in force until then. -#}
{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__lines_owed') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

live_items as (
    select
        subscription_id,
        billing_interval,
        coalesce(interval_count, 1) as interval_count,
        count(*) as item_count
    from items
    where not is_deleted
    group by 1, 2, 3
),

spans as (
    select
        subscription_id,
        billing_interval,
        interval_count,
        max(case when exclusion_reason is null then period_end_at end) as paid_until_at,
        max(case when exclusion_reason = 'void_invoice' then period_end_at end) as voided_until_at
    from lines
    where kind = 'recurring' and not is_credit_of_unknown
    group by subscription_id, billing_interval, interval_count
),

subscription_spans as (
    select
        lines.subscription_id,
        -- of all its intervals: a first annual line at a renewal follows monthly ones
        min(lines.period_start_at) as first_known_at,
        max(spans.paid_until_at) as paid_until_at
    from lines
    left join spans on lines.subscription_id = spans.subscription_id
    where lines.kind = 'recurring'
    group by lines.subscription_id
),

placed as (
    select
        lines.*,
        subscriptions.ended_at,
        subscriptions.canceled_at,
        subscriptions.cancellation_reason,
        case
            when subscriptions.cancel_at is not null then subscriptions.cancel_at
            when subscriptions.is_ending_with_period then lines.period_end_at
        end as scheduled_end_at,
        -- extended: live, still holds an item billed like this, nothing voided after it
        coalesce(
            lines.kind = 'recurring'
            and lines.exclusion_reason is null
            and subscriptions.status = 'active'
            and lines.period_end_at = spans.paid_until_at
            and (spans.voided_until_at is null or spans.voided_until_at <= spans.paid_until_at)
            and (live_items.item_count is not null or (all_items.subscription_id is null and spans.paid_until_at = subscription_spans.paid_until_at)),
            false
        ) as is_extended,
        coalesce(lines.period_end_at = subscription_spans.paid_until_at, false) as is_last,
        case
            when lines.is_credit_of_unknown then greatest(
                {{ add_periods('lines.period_end_at', 'lines.billing_interval', '-lines.interval_count') }},
                lines.subscription_started_at
            )
            when lines.resumed_at is not null then lines.resumed_at
            -- the first line known is a renewal: the period before it was billed before the extraction began
            when
                lines.kind = 'recurring' and lines.billing_reason = 'subscription_cycle'
                and lines.period_start_at = subscription_spans.first_known_at and not lines.is_proration
                then least(lines.period_start_at, greatest(
                    coalesce(lines.trial_end_at, lines.subscription_started_at),
                    lines.subscription_started_at,
                    {{ add_periods('lines.period_start_at', 'lines.billing_interval', '-lines.interval_count') }}
                ))
            else lines.period_start_at
        end as counted_from_at
    from lines
    left join subscriptions on lines.subscription_id = subscriptions.subscription_id
    left join spans
        on lines.subscription_id = spans.subscription_id
        and lines.billing_interval = spans.billing_interval
        and lines.interval_count = spans.interval_count
    left join subscription_spans on lines.subscription_id = subscription_spans.subscription_id
    left join live_items
        on lines.subscription_id = live_items.subscription_id
        and lines.billing_interval = live_items.billing_interval
        and lines.interval_count = live_items.interval_count
    left join (select distinct subscription_id from live_items) as all_items on lines.subscription_id = all_items.subscription_id
),

ended as (
    select
        *,
        case
            when is_credit_of_unknown then period_start_at
            when is_extended then scheduled_end_at
            else period_end_at
        end as service_ends_at,
        {% if var('churn_recognition') == 'paid_period_end' -%}
        cast(null as timestamp)
        {%- elif var('churn_recognition') == 'cancel_request' -%}
        least(coalesce(ended_at, canceled_at), coalesce(canceled_at, ended_at))
        {%- else -%}
        ended_at
        {%- endif %} as cancelled_from_at
    from placed
)

select * from ended
