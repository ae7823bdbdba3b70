with latest as (
    {{ latest_raw('stripe', 'credit_notes', ['credit_note_id']) }}
),

credit_notes as (
    select
        credit_note_id,
        invoice_id,
        customer_id,
        status,
        type,
        reason,
        upper(currency) as currency,
        amount_minor,
        created_at,
        'stripe' as source_name
    from latest
    where not is_deleted and created_at < {{ as_of_end() }}
)

select * from credit_notes
