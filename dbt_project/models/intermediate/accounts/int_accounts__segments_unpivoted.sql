{%- set dimensions = segment_dimensions() -%}

with accounts as (
    select * from {{ ref('int_accounts__current') }}
),

segments as (
    select account_id, 'all' as segment_dimension, 'all' as segment_value from accounts
    {% for dimension in dimensions %}
    union all
    select account_id, '{{ dimension }}' as segment_dimension, coalesce({{ dimension }}, 'unknown') as segment_value
    from accounts
    {% endfor %}
)

select * from segments
