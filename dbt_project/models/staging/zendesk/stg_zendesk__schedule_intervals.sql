with versions as (
    {{ latest_raw('zendesk', 'schedules', ['schedule_id'], kind='snapshot') }}
),

intervals_listed as (
    select
        schedule_id,
        {{ explode_json_list('intervals') }} as interval_json
    from versions
),

schedule_intervals as (
    select
        'zendesk' as source_name,
        schedule_id,
        cast({{ json_text('interval_json', 'start_time') }} as integer) as starts_minute,
        cast({{ json_text('interval_json', 'end_time') }} as integer) as ends_minute
    from intervals_listed
)

select * from schedule_intervals
