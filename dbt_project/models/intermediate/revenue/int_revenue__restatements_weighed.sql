{#- How much each cause moved each cut in each month. net: what the cut's sum moved by; gross: what its accounts moved by, so
    that a merge, which leaves the sum alone, still weighs in counts and ratios. An account stands in every cut it ever had. -#}
{%- set dimensions = segment_dimensions() -%}

with account_restatements as (
    select * from {{ ref('int_revenue__account_restatements') }}
),

history as (
    select * from {{ ref('int_accounts__history_kept') }}
),

published_lines as (
    {{ previous_rows('mrr_lines', {'account_id': 'string', 'product': 'string', 'billing_currency': 'string'}) }}
),

line_months as (
    select account_id, product, billing_currency from {{ ref('int_revenue__line_months') }}
),

restated as (
    select distinct account_id from account_restatements
),

lines as (
    select told.account_id, told.product, told.billing_currency
    from (
        select * from published_lines
        union all
        select * from line_months
    ) as told
    inner join restated on told.account_id = restated.account_id
),

cuts as (
    select account_id, 'all' as segment_dimension, 'all' as segment_value from restated
    {% for dimension in dimensions %}
    union
    select history.account_id, '{{ dimension }}' as segment_dimension, coalesce(history.{{ dimension }}, 'unknown') as segment_value
    from history
    inner join restated on history.account_id = restated.account_id
    {% endfor %}
    union
    select account_id, 'product' as segment_dimension, coalesce(product, 'unknown') as segment_value from lines
    union
    select account_id, 'currency' as segment_dimension, coalesce(billing_currency, 'unknown') as segment_value from lines
),

weighed as (
    select
        {{ month_number('account_restatements.calendar_month') }} as month_number,
        cuts.segment_dimension,
        cuts.segment_value,
        account_restatements.cause,
        abs(sum(account_restatements.new_minor - account_restatements.old_minor)) as net_minor,
        sum(abs(account_restatements.new_minor - account_restatements.old_minor)) as gross_minor
    from account_restatements
    inner join cuts on account_restatements.account_id = cuts.account_id
    group by
        account_restatements.calendar_month, cuts.segment_dimension, cuts.segment_value, account_restatements.cause
)

select * from weighed
