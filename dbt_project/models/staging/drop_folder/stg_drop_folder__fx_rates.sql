with latest as (
    {{ latest_raw('drop_folder', 'fx_rates', ['rate_date', 'currency'], kind='file') }}
),

rates as (
    select
        rate_date as rate_on,
        upper(currency) as currency,
        rate_to_reporting,
        'drop_folder' as source_name
    from latest
    where not is_deleted and rate_date <= {{ as_of() }}
)

select * from rates
