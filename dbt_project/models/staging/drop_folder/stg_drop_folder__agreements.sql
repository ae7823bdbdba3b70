with latest as (
    {{ latest_raw('drop_folder', 'agreements', ['line_id'], kind='file') }}
),

agreements as (
    select
        line_id,
        account_ref,
        agreement_id,
        product,
        lower(kind) as kind,
        quantity,
        unit_amount,
        upper(currency) as currency,
        lower(latest.interval) as billing_interval,
        interval_count,
        starts_on,
        ends_on,
        discount_percent,
        coalesce(lower(status), 'active') as status,
        ended_reason,
        'drop_folder' as source_name
    from latest
    where not is_deleted and starts_on <= {{ as_of() }}
)

select * from agreements
