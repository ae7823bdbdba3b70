with versions as (
    {{ latest_raw('zendesk', 'schedules', ['schedule_id'], kind='snapshot') }}
),

zones as (
    select * from {{ ref('zendesk_time_zones') }}
),

-- deleted schedules stay: tickets were worked under them, and a closed month must not lose its business minutes
schedules as (
    select
        'zendesk' as source_name,
        versions.schedule_id,
        versions.name as schedule_name,
        coalesce(zones.time_zone, versions.time_zone) as time_zone,
        versions.created_at,
        versions.is_deleted
    from versions
    left join zones on versions.time_zone = zones.time_zone_name
)

select * from schedules
