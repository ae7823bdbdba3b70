with latest as (
    {{ latest_raw('stripe', 'credit_notes', ['credit_note_id']) }}
),

lines as (
    {{ latest_raw('stripe', 'credit_note_lines', ['line_id']) }}
),

-- cash, never MRR: told with and without the tax inside
taxes as (
    select credit_note_id, sum(inclusive_tax_minor) as inclusive_tax_minor
    from lines
    where not is_deleted
    group by credit_note_id
),

credit_notes as (
    select
        latest.credit_note_id,
        invoice_id,
        customer_id,
        status,
        type,
        reason,
        upper(currency) as currency,
        amount_minor,
        coalesce(taxes.inclusive_tax_minor, 0) as inclusive_tax_minor,
        created_at,
        'stripe' as source_name
    from latest
    left join taxes on latest.credit_note_id = taxes.credit_note_id
    where not latest.is_deleted and latest.created_at < {{ as_of_end() }}
)

select * from credit_notes
