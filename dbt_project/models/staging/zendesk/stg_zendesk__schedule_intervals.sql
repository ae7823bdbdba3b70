with versions as (
    {{ listed_spans('zendesk', 'schedules', 'schedule_id', ['time_zone', 'intervals'], changed_at='updated_at') }}
),

zones as (
    select * from {{ ref('zendesk_time_zones') }}
),

intervals_listed as (
    select
        versions.schedule_id,
        coalesce(zones.time_zone, versions.time_zone) as time_zone,
        versions.valid_from,
        versions.valid_to,
        {{ explode_json_list('versions.intervals') }} as interval_json
    from versions
    left join zones on versions.time_zone = zones.time_zone_name
),

schedule_intervals as (
    select
        'zendesk' as source_name,
        schedule_id,
        time_zone,
        cast({{ json_text('interval_json', 'start_time') }} as integer) as starts_minute,
        cast({{ json_text('interval_json', 'end_time') }} as integer) as ends_minute,
        valid_from,
        valid_to
    from intervals_listed
)

select * from schedule_intervals
