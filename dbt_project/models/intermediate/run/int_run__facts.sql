select
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ publication_columns() }}
