with lines as (
    select * from {{ ref('stg_stripe__lines_unpaused') }}
),

unbilled as (
    select * from {{ ref('stg_stripe__lines_unbilled') }}
),

discounts as (
    select * from {{ ref('stg_stripe__subscription_discounts') }}
),

cut as (
    select
        lines.*,
        {% if var('discount_policy') == 'forever_only' -%}
        case when coalesce(discounts.is_forever, false) then lines.discount_amount else 0 end as counted_discount,
        {%- else -%}
        lines.discount_amount as counted_discount,
        {%- endif %}
        -- what was billed before the extraction began is known by its credit alone
        case when lines.is_credit_of_unknown then -1 else 1 end as sign
    from lines
    left join discounts on lines.subscription_id = discounts.subscription_id
),

invoiced as (
    select
        source_name,
        line_id,
        'customer' as customer_record_kind,
        customer_id as customer_ref,
        subscription_id,
        product,
        price_id as price_ref,
        billing_interval,
        cast(interval_count as bigint) as interval_count,
        cast(sign * case when amount_minor < 0 and is_proration then -quantity else quantity end as double) as quantity,
        currency,
        {{ stripe_minor('sign * gross_amount', 'currency') }} as gross_amount_minor,
        {{ stripe_minor('sign * counted_discount', 'currency') }} as discount_amount_minor,
        {{ stripe_minor('sign * inclusive_tax_amount', 'currency') }} as inclusive_tax_minor,
        counted_from_at as period_start_at,
        case when kind = 'recurring' and exclusion_reason is null then counted_until_at else period_end_at end as period_end_at,
        period_end_at as billed_until_at,
        kind,
        coalesce(case when exclusion_reason = 'trial' then 'trial' end, subscription_status, invoice_status) as status,
        case
            when exclusion_reason is not null then exclusion_reason
            when counted_until_at <= counted_from_at then
                case
                    when counted_until_at = cancelled_from_at then 'cancelled'
                    when counted_until_at = grace_ends_at then 'past_due'
                    when counted_until_at = paused_from_at then 'paused'
                    else 'cancelled'
                end
        end as exclusion_reason,
        case
            when is_credit_of_unknown then null
            when
                counted_until_at = cancelled_from_at
                or (counted_until_at = scheduled_end_at and ended_at is null)
                -- the paid period was the last one: nothing was billed from its end to that of the subscription
                or (is_last and cancelled_from_at > counted_until_at and counted_until_at = service_ends_at and counted_until_at is distinct from paused_from_at)
                then case when cancellation_reason in ('payment_failed', 'payment_disputed') then 'non_payment' else 'cancel' end
            when counted_until_at = grace_ends_at then 'non_payment'
            when counted_until_at = paused_from_at then 'pause'
        end as end_cause,
        scheduled_end_at,
        scheduled_end_at is not null as is_end_committed,
        -- the end that was asked for, also where it has come since
        canceled_at as end_requested_at,
        case when canceled_at is not null then coalesce(scheduled_end_at, ended_at) end as requested_end_at,
        start_cause,
        is_extended,
        counted_from_at < period_start_at as is_backdated,
        resumed_at is not null as is_unbilled,
        cast(null as double) as listed_quantity,
        cast(null as double) as billed_quantity
    from cut
),

billing_lines as (
    select * from invoiced
    union all
    select * from unbilled
)

select * from billing_lines
