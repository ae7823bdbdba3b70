-- Cuts in which a merged account or its survivor ever stood: what a merge moves without any new evidence.
with history as (
    select * from {{ ref('int_accounts__history_kept') }}
),

merges as (
    select * from {{ ref('int_accounts__merges_found') }}
),

merge_cuts as (
    select 'all' as segment_dimension, 'all' as segment_value from merges
    {% for dimension in segment_dimensions() %}
    union
    select '{{ dimension }}' as segment_dimension, coalesce(history.{{ dimension }}, 'unknown') as segment_value
    from history
    inner join merges on history.account_id in (merges.account_id, merges.survivor_id)
    {% endfor %}
)

select * from merge_cuts
