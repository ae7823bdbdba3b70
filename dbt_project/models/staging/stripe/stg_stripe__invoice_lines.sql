with latest as (
    {{ latest_raw('stripe', 'invoice_lines', ['line_id']) }}
),

lines as (
    select
        line_id,
        invoice_id,
        subscription_id,
        subscription_item_id,
        price_id,
        product_id,
        line_type in ('invoiceitem', 'invoice_item_details') as is_invoice_item,
        coalesce(is_proration, false) as is_proration,
        upper(currency) as currency,
        amount_minor,
        quantity,
        try_cast(unit_amount_decimal as decimal(26, 12)) as unit_amount,
        coalesce(discount_amounts_minor, 0) as discount_minor,
        coalesce(inclusive_tax_minor, 0) as inclusive_tax_minor,
        discounts,
        lower(latest.interval) as billing_interval,
        interval_count,
        usage_type,
        period_start_at,
        period_end_at,
        'stripe' as source_name
    from latest
    where not is_deleted and (invoice_created_at is null or invoice_created_at < {{ as_of_end() }})
)

select * from lines
