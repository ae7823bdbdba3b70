with versions as (
    {{ latest_raw('zendesk', 'schedules', ['schedule_id'], kind='snapshot') }}
),

listed as (
    {{ listed_spans('zendesk', 'schedules', 'schedule_id', is_presence=true) }}
),

zones as (
    select * from {{ ref('zendesk_time_zones') }}
),

listed_until as (
    select schedule_id, max(valid_to) as listed_until from listed group by schedule_id
),

-- deleted schedules stay: tickets were worked under them, and a closed month must not lose its business minutes
schedules as (
    select
        'zendesk' as source_name,
        versions.schedule_id,
        versions.name as schedule_name,
        coalesce(zones.time_zone, versions.time_zone) as time_zone,
        versions.created_at,
        listed_until.listed_until
    from versions
    inner join listed_until on versions.schedule_id = listed_until.schedule_id
    left join zones on versions.time_zone = zones.time_zone_name
)

select * from schedules
