{#- A file says that a line is paused, past due or will end for a reason, never since when: from the first night that read it so. -#}
with versions as (
    select * from {{ source('drop_folder', 'agreements') }}
),

sightings as (
    select
        line_id,
        min(case when lower(status) = 'past_due' then _extracted_at end) as past_due_from_at,
        min(case when lower(status) = 'paused' then _extracted_at end) as paused_from_at,
        min(case when coalesce(lower(status), 'active') = 'active' then _extracted_at end) as active_from_at,
        min(case when ends_on is not null and ended_reason is not null then _extracted_at end) as end_seen_from_at
    from versions
    where _extracted_at < {{ as_of_end() }}
    group by line_id
)

select * from sightings
