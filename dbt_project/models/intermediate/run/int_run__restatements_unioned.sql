-- What the domains found restated, beside the cuts of retention.
with restatements as (
    select metric, calendar_month, segment_dimension, segment_value, cast(null as {{ dbt.type_string() }}) as account_id, old_value, new_value, cause
    from {{ ref('int_voice__nps_restatements') }}
    union all
    select metric, calendar_month, segment_dimension, segment_value, null, old_value, new_value, cause
    from {{ ref('int_voice__satisfaction_restatements') }}
    union all
    select metric, calendar_month, 'all', 'all', account_id, old_value, new_value, cause
    from {{ ref('int_support__restatements') }}
    union all
    select
        'account_closing_mrr_minor', calendar_month, 'all', 'all', account_id, cast(old_minor as double), cast(new_minor as double), cause
    from {{ ref('int_revenue__account_restatements') }}
)

select * from restatements
