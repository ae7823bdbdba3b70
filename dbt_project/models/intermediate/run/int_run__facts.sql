select
    {{ money_columns() }},
    cast({{ var("unmatched_revenue_share") }} as double) as unmatched_revenue_share,
    cast({{ var("unmatched_organization_share") }} as double) as unmatched_organization_share,
    {{ publication_columns() }}
