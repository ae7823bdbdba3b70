{#- A file says that a line is paused, past due or will end for a reason, never since when: from the first night that read it so,
    counted anew after a night that read it otherwise. -#}
with versions as (
    select
        line_id,
        coalesce(lower(status), 'active') as status,
        ends_on,
        ended_reason,
        _extracted_at
    from {{ source('drop_folder', 'agreements') }}
    where _extracted_at < {{ as_of_end() }}
),

turns as (
    select
        line_id,
        coalesce(max(case when status <> 'past_due' then _extracted_at end), cast('1970-01-01' as timestamp)) as last_not_past_due_at,
        coalesce(max(case when status <> 'paused' then _extracted_at end), cast('1970-01-01' as timestamp)) as last_not_paused_at
    from versions
    group by line_id
),

sightings as (
    select
        versions.line_id,
        min(case when versions.status = 'past_due' and versions._extracted_at > turns.last_not_past_due_at then versions._extracted_at end)
            as past_due_from_at,
        min(case when versions.status = 'paused' and versions._extracted_at > turns.last_not_paused_at then versions._extracted_at end)
            as paused_from_at,
        min(case when versions.status = 'active' then versions._extracted_at end) as active_from_at,
        min(case when versions.ends_on is not null and versions.ended_reason is not null then versions._extracted_at end)
            as end_seen_from_at
    from versions
    inner join turns on versions.line_id = turns.line_id
    group by versions.line_id
)

select * from sightings
