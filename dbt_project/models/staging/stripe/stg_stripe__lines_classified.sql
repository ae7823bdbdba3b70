{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_stripe__invoice_lines') }}
),

invoices as (
    select * from {{ ref('stg_stripe__invoices') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

prices as (
    select * from {{ ref('stg_stripe__prices') }}
),

products as (
    select * from {{ ref('stg_stripe__products') }}
),

-- since 2025-03-31 only the price says the interval; a price that is listed no more leaves the period itself
described as (
    select
        lines.line_id,
        lines.invoice_id,
        coalesce(invoices.customer_id, subscriptions.customer_id) as customer_id,
        coalesce(lines.subscription_id, invoices.subscription_id) as subscription_id,
        lines.price_id,
        coalesce(products.product_name, lines.product_id, prices.product_id, lines.price_id) as product,
        lines.is_proration,
        lines.is_invoice_item,
        lines.currency,
        lines.amount_minor,
        lines.discount_minor,
        lines.inclusive_tax_minor,
        lines.quantity,
        coalesce(lines.unit_amount, prices.unit_amount) as unit_amount,
        case
            when coalesce(lines.billing_interval, prices.billing_interval) is not null
                then coalesce(lines.billing_interval, prices.billing_interval)
            when prices.price_id is null and not lines.is_invoice_item and lines.subscription_id is not null then
                case
                    when {{ days_between('lines.period_start_at', 'lines.period_end_at') }} between 28 and 31 then 'month'
                    when {{ days_between('lines.period_start_at', 'lines.period_end_at') }} between 365 and 366 then 'year'
                    when {{ days_between('lines.period_start_at', 'lines.period_end_at') }} = 7 then 'week'
                    when {{ days_between('lines.period_start_at', 'lines.period_end_at') }} = 1 then 'day'
                end
        end as billing_interval,
        coalesce(lines.interval_count, prices.interval_count, 1) as interval_count,
        coalesce(lines.usage_type, prices.usage_type) as usage_type,
        lines.period_start_at,
        lines.period_end_at,
        prices.transform_divide_by,
        prices.transform_round,
        subscriptions.billing_anchor_day,
        case
            -- voided when the subscription was given up for want of payment: it was owed until then
            when
                invoices.status = 'void'
                and subscriptions.cancellation_reason in ('payment_failed', 'payment_disputed')
                and lines.period_start_at < subscriptions.ended_at
                and coalesce(invoices.voided_at >= {{ add_seconds('subscriptions.ended_at', -86400) }}, lines.period_end_at >= subscriptions.ended_at)
                then 'uncollectible'
            else invoices.status
        end as invoice_status,
        invoices.created_at as invoice_created_at,
        coalesce(invoices.voided_at, invoices.uncollectible_at) as written_off_at,
        invoices.billing_reason,
        invoices.effective_at,
        coalesce(invoices.due_at, invoices.effective_at) as payable_from_at,
        subscriptions.status as subscription_status,
        subscriptions.started_at as subscription_started_at,
        subscriptions.ended_at as subscription_ended_at,
        subscriptions.trial_start_at,
        subscriptions.trial_end_at,
        lines.source_name
    from lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    left join subscriptions on coalesce(lines.subscription_id, invoices.subscription_id) = subscriptions.subscription_id
    -- as they were listed when the invoice was written
    left join prices
        on lines.price_id = prices.price_id
        and invoices.created_at >= prices.valid_from
        and invoices.created_at < prices.valid_to
    left join products
        on coalesce(lines.product_id, prices.product_id) = products.product_id
        and invoices.created_at >= products.valid_from
        and invoices.created_at < products.valid_to
),

kinds as (
    select
        *,
        case
            when usage_type = 'metered' then 'usage'
            when billing_interval is null or (is_invoice_item and not is_proration) then 'one_time'
            else 'recurring'
        end as kind
    from described
),

classified as (
    select
        *,
        case
            -- the first payment was never made: there is no subscription yet, or never was
            when subscription_status in ('incomplete', 'incomplete_expired') then 'incomplete'
            when invoice_status = 'draft' then 'draft_invoice'
            when invoice_status = 'void' then 'void_invoice'
            when kind = 'one_time' then 'one_time'
            when kind = 'usage' then 'usage'
            when period_start_at >= period_end_at or period_start_at is null or period_end_at is null then 'no_service_period'
            when trial_end_at is not null and period_end_at <= trial_end_at and amount_minor = 0 then 'trial'
        end as exclusion_reason
    from kinds
)

select * from classified
