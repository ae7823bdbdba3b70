{#- metric of retention_months: the months, counted back from its own, whose MRR it is made of (first, last, step) -#}
{%- set metrics = {
    'opening_mrr_minor': [1, 1], 'closing_mrr_minor': [0, 0], 'new_minor': [0, 9999], 'reactivation_minor': [0, 9999],
    'expansion_minor': [0, 1], 'contraction_minor': [0, 1], 'churn_minor': [0, 1], 'fx_minor': [0, 1],
    'nrr_12': [0, 12], 'grr_12': [0, 12], 'logo_retention_12': [0, 12],
} -%}
{%- set columns = {'calendar_month': 'date', 'is_provisional': 'boolean', 'segment_dimension': 'string', 'segment_value': 'string',
    'as_of_date': 'date', 'policy_version': 'string'} -%}
{%- for metric in metrics %}{% do columns.update({metric: 'double'}) %}{% endfor -%}

with published as (
    {{ previous_rows('retention_months', columns) }}
),

retention_months as (
    select * from {{ ref('retention_months') }}
),

weighed as (
    select * from {{ ref('int_revenue__restatements_weighed') }}
),

others as (
    select * from {{ ref('int_run__restatements_unioned') }}
),

earlier as (
    {{ previous_rows('metric_restatements', {
        'metric': 'string', 'calendar_month': 'date', 'segment_dimension': 'string', 'segment_value': 'string', 'account_id': 'string',
        'old_value': 'double', 'new_value': 'double', 'change': 'double', 'cause': 'string',
        'as_of_date': 'date', 'run_id': 'string', 'policy_version': 'string',
    }) }}
),

closed as (
    select * from published
    where not is_provisional and as_of_date <= {{ as_of() }}
),

closed_months as (
    select calendar_month, max(policy_version) as old_policy_version
    from closed
    group by calendar_month
),

-- a cut that only one of the two nights knows held nothing in the other
compared as (
    select
        closed_months.calendar_month,
        closed_months.old_policy_version,
        cuts.segment_dimension,
        cuts.segment_value,
        {% for metric in metrics -%}
        closed.{{ metric }} as old_{{ metric }},
        cast(retention_months.{{ metric }} as double) as new_{{ metric }}{{ "," if not loop.last }}
        {% endfor %}
    from (
        select calendar_month, segment_dimension, segment_value from closed
        union
        select calendar_month, segment_dimension, segment_value from retention_months
    ) as cuts
    inner join closed_months on cuts.calendar_month = closed_months.calendar_month
    left join closed
        on cuts.calendar_month = closed.calendar_month
        and cuts.segment_dimension = closed.segment_dimension
        and cuts.segment_value = closed.segment_value
    left join retention_months
        on cuts.calendar_month = retention_months.calendar_month
        and cuts.segment_dimension = retention_months.segment_dimension
        and cuts.segment_value = retention_months.segment_value
),

changed as (
    {% for metric, months_back in metrics.items() %}
    select
        '{{ metric }}' as metric, calendar_month, segment_dimension, segment_value, old_policy_version,
        old_{{ metric }} as old_value, new_{{ metric }} as new_value,
        {{ month_number('calendar_month') }} - {{ months_back[1] }} as from_month,
        {{ month_number('calendar_month') }} - {{ months_back[0] }} as until_month
    from compared
    -- an amount that is 0 and a row that is not there say the same; a ratio has no value in both
    where {% if metric.endswith('_minor') -%}
        coalesce(old_{{ metric }}, 0) <> coalesce(new_{{ metric }}, 0)
        {%- else -%}
        (old_{{ metric }} is null) <> (new_{{ metric }} is null) or old_{{ metric }} <> new_{{ metric }}
        {%- endif %}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

-- the cause that weighs most among the months a figure is made of; ratios look at both ends of their window alone
causes as (
    select changed.metric, changed.calendar_month, changed.segment_dimension, changed.segment_value, weighed.cause
    from changed
    inner join weighed
        on changed.segment_dimension = weighed.segment_dimension
        and changed.segment_value = weighed.segment_value
        and weighed.month_number between changed.from_month and changed.until_month
        and (
            changed.until_month - changed.from_month <> 12
            or weighed.month_number in (changed.from_month, changed.until_month)
        )
    group by changed.metric, changed.calendar_month, changed.segment_dimension, changed.segment_value, weighed.cause
    qualify row_number() over (
        partition by changed.metric, changed.calendar_month, changed.segment_dimension, changed.segment_value
        order by
            case when changed.metric in ('opening_mrr_minor', 'closing_mrr_minor') then sum(weighed.net_minor) end desc nulls last,
            sum(weighed.gross_minor) desc, weighed.cause asc
    ) = 1
),

found as (
    select
        changed.metric, changed.calendar_month, changed.segment_dimension, changed.segment_value,
        cast(null as {{ dbt.type_string() }}) as account_id, changed.old_value, changed.new_value,
        case
            when changed.old_policy_version <> '{{ policy_version() }}' then 'policy'
            when '{{ var("previous_models") }}' = 'other' then 'model'
            when causes.cause is not null then causes.cause
            when changed.segment_dimension in ({{ text_list(segment_dimensions()) }}) then 'segment'
            else 'late_data'
        end as cause
    from changed
    left join causes
        on changed.metric = causes.metric
        and changed.calendar_month = causes.calendar_month
        and changed.segment_dimension = causes.segment_dimension
        and changed.segment_value = causes.segment_value
    union all
    select metric, calendar_month, segment_dimension, segment_value, account_id, old_value, new_value, cause
    from others
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
