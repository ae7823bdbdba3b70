with latest as (
    {{ latest_raw('stripe', 'invoices', ['invoice_id'], says_deleted=true) }}
),

invoices as (
    select
        invoice_id,
        customer_id,
        subscription_id,
        -- what became of the invoice after the run's date is not known yet
        case
            when finalized_at >= {{ as_of_end() }} then 'draft'
            when status = 'void' and voided_at >= {{ as_of_end() }} then 'open'
            when status = 'paid' and paid_at >= {{ as_of_end() }} then 'open'
            when status = 'uncollectible' and uncollectible_at >= {{ as_of_end() }} then 'open'
            else status
        end as status,
        billing_reason,
        upper(currency) as currency,
        total_minor,
        subtotal_minor,
        amount_paid_minor,
        amount_due_minor,
        created_at,
        coalesce(effective_at, finalized_at, created_at) as effective_at,
        due_at,
        case when voided_at < {{ as_of_end() }} then voided_at end as voided_at,
        case when uncollectible_at < {{ as_of_end() }} then uncollectible_at end as uncollectible_at,
        'stripe' as source_name
    from latest
    where not _deleted and created_at < {{ as_of_end() }}
)

select * from invoices
