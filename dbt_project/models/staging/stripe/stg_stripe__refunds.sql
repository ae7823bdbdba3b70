with latest as (
    {{ latest_raw('stripe', 'refunds', ['refund_id']) }}
),

refunds as (
    select
        refund_id,
        charge_id,
        status,
        reason,
        upper(currency) as currency,
        amount_minor,
        created_at,
        'stripe' as source_name
    from latest
    where not is_deleted and created_at < {{ as_of_end() }}
)

select * from refunds
