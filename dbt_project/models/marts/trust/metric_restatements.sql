{#- metric: [what is compared] of retention_months, per month and segment -#}
{%- set metrics = ['opening_mrr_minor', 'new_minor', 'reactivation_minor', 'expansion_minor', 'contraction_minor', 'churn_minor',
    'fx_minor', 'closing_mrr_minor', 'nrr_12', 'grr_12', 'logo_retention_12'] -%}
{%- set columns = {'calendar_month': 'date', 'is_provisional': 'boolean', 'segment_dimension': 'string', 'segment_value': 'string',
    'as_of_date': 'date', 'policy_version': 'string'} -%}
{%- for metric in metrics %}{% do columns.update({metric: 'double'}) %}{% endfor -%}

with published as (
    {{ previous_rows('retention_months', columns) }}
),

retention_months as (
    select * from {{ ref('retention_months') }}
),

account_restatements as (
    select * from {{ ref('int_revenue__account_restatements') }}
),

earlier as (
    {{ previous_rows('metric_restatements', {
        'metric': 'string', 'calendar_month': 'date', 'segment_dimension': 'string', 'segment_value': 'string', 'account_id': 'string',
        'old_value': 'double', 'new_value': 'double', 'change': 'double', 'cause': 'string',
        'as_of_date': 'date', 'run_id': 'string', 'policy_version': 'string',
    }) }}
),

-- a sum is restated for the weightiest cause among its accounts; a ratio over twelve months for any month in its window
causes as (
    select
        calendar_month,
        {{ month_number('calendar_month') }} as month_number,
        min(case cause when 'policy' then 1 when 'merge' then 2 when 'rate' then 3 else 4 end) as cause_rank
    from account_restatements
    group by calendar_month
),

unpivoted as (
    {% for metric in metrics %}
    select
        '{{ metric }}' as metric,
        published.calendar_month,
        published.segment_dimension,
        published.segment_value,
        published.policy_version as old_policy_version,
        published.{{ metric }} as old_value,
        cast(retention_months.{{ metric }} as double) as new_value
    from published
    left join retention_months
        on published.calendar_month = retention_months.calendar_month
        and published.segment_dimension = retention_months.segment_dimension
        and published.segment_value = retention_months.segment_value
    where not published.is_provisional and published.as_of_date <= {{ as_of() }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

changed as (
    select *
    from unpivoted
    where
        (old_value is null) <> (new_value is null)
        -- ratios of equal integers are equal to the last bit but for the order of summing doubles, which there is none of
        or old_value <> new_value
),

explained as (
    select
        changed.metric,
        changed.calendar_month,
        changed.segment_dimension,
        changed.segment_value,
        cast(null as {{ dbt.type_string() }}) as account_id,
        changed.old_value,
        changed.new_value,
        max(changed.old_policy_version) as old_policy_version,
        min(causes.cause_rank) as cause_rank
    from changed
    left join causes
        on {{ month_number('changed.calendar_month') }} >= causes.month_number
        and {{ month_number('changed.calendar_month') }} - 12 <= causes.month_number
    group by
        changed.metric, changed.calendar_month, changed.segment_dimension, changed.segment_value,
        changed.old_value, changed.new_value
),

found as (
    select
        metric, calendar_month, segment_dimension, segment_value, account_id, old_value, new_value,
        case
            when old_policy_version <> '{{ policy_version() }}' then 'policy'
            when cause_rank = 2 then 'merge'
            when cause_rank = 3 then 'rate'
            when cause_rank is null then 'segment'
            else 'late_data'
        end as cause
    from explained
    union all
    select
        'account_closing_mrr_minor' as metric, calendar_month, 'all' as segment_dimension, 'all' as segment_value, account_id,
        cast(old_minor as double) as old_value, cast(new_minor as double) as new_value, cause
    from account_restatements
),

restatements as (
    select
        metric, calendar_month, segment_dimension, segment_value, account_id, old_value, new_value, change, cause,
        as_of_date, run_id, policy_version
    from earlier
    where as_of_date <= {{ as_of() }}
    union all
    select
        metric, calendar_month, segment_dimension, segment_value, account_id, old_value, new_value,
        new_value - old_value as change, cause,
        {{ publication_columns() }}
    from found
)

select * from restatements
