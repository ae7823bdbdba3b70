select
    '{{ var("reporting_currency") }}' as reporting_currency,
    cast({{ var("unmatched_revenue_share") }} as double) as unmatched_revenue_share,
    cast({{ var("unmatched_organization_share") }} as double) as unmatched_organization_share,
    {{ publication_columns() }}
