{#- From when until when a line counts. It ends with the paid period, or before: when the subscription ended, when its
    invoices went unpaid for longer than the grace, when collection was paused. The last lines of a live subscription
    go on until its end although the next invoice is not written yet. -#}
{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__lines_normalised') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

items as (
    select * from {{ ref('stg_stripe__subscription_items') }}
),

payments as (
    select
        subscription_id,
        max(case when invoice_status = 'paid' and amount_minor > 0 then period_start_at end) as last_paid_from_at
    from lines
    where kind = 'recurring'
    group by subscription_id
),

-- months of unpaid invoices are one failure: its grace runs from the first of them
failures as (
    select
        lines.subscription_id,
        min(lines.payable_from_at) as failed_from_at
    from lines
    inner join payments on lines.subscription_id = payments.subscription_id
    where
        lines.invoice_status in ('open', 'uncollectible')
        and lines.kind = 'recurring'
        and (payments.last_paid_from_at is null or lines.period_start_at > payments.last_paid_from_at)
    group by lines.subscription_id
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
        min(period_start_at) as first_known_at,
        max(case when exclusion_reason is null then period_end_at end) as paid_until_at,
        max(case when exclusion_reason = 'void_invoice' then period_end_at end) as voided_until_at
    from lines
    where kind = 'recurring'
    group by subscription_id, billing_interval, interval_count
),

latest_spans as (
    select subscription_id, max(paid_until_at) as paid_until_at
    from spans
    group by subscription_id
),

placed as (
    select
        lines.*,
        subscriptions.ended_at,
        subscriptions.canceled_at,
        subscriptions.paused_from_at,
        subscriptions.cancellation_reason,
        case
            when lines.invoice_status in ('open', 'uncollectible') then
                {{ add_periods("case when lines.period_start_at > payments.last_paid_from_at or payments.last_paid_from_at is null then failures.failed_from_at else lines.payable_from_at end", "'day'", var('past_due_grace_days')) }}
        end as grace_ends_at,
        case
            when subscriptions.cancel_at is not null then subscriptions.cancel_at
            when subscriptions.is_ending_with_period then lines.period_end_at
        end as scheduled_end_at,
        -- extended: live, still holds an item billed like this, nothing voided after it
        coalesce(
            lines.kind = 'recurring'
            and lines.exclusion_reason is null
            and subscriptions.status = 'active'
            and subscriptions.paused_from_at is null
            and lines.period_end_at = spans.paid_until_at
            and (spans.voided_until_at is null or spans.voided_until_at <= spans.paid_until_at)
            and (live_items.item_count is not null or (all_items.subscription_id is null and spans.paid_until_at = latest_spans.paid_until_at)),
            false
        ) as is_extended,
        -- the first line known is a renewal: the period before it was billed before the extraction began
        case
            when
                lines.kind = 'recurring' and lines.billing_reason = 'subscription_cycle'
                and lines.period_start_at = spans.first_known_at and not lines.is_proration
                then least(lines.period_start_at, greatest(
                    coalesce(lines.trial_end_at, lines.subscription_started_at),
                    lines.subscription_started_at,
                    {{ add_periods('lines.period_start_at', 'lines.billing_interval', '-lines.interval_count') }}
                ))
            else lines.period_start_at
        end as counted_from_at
    from lines
    left join subscriptions on lines.subscription_id = subscriptions.subscription_id
    left join payments on lines.subscription_id = payments.subscription_id
    left join failures on lines.subscription_id = failures.subscription_id
    left join spans
        on lines.subscription_id = spans.subscription_id
        and lines.billing_interval = spans.billing_interval
        and lines.interval_count = spans.interval_count
    left join latest_spans on lines.subscription_id = latest_spans.subscription_id
    left join live_items
        on lines.subscription_id = live_items.subscription_id
        and lines.billing_interval = live_items.billing_interval
        and lines.interval_count = live_items.interval_count
    left join (select distinct subscription_id from live_items) as all_items on lines.subscription_id = all_items.subscription_id
),

ended as (
    select
        *,
        case when is_extended then scheduled_end_at else period_end_at end as service_ends_at,
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
