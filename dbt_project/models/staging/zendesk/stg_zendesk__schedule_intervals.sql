with schedules as (
    select * from {{ ref('stg_zendesk__schedules') }}
),

intervals_listed as (
    select
        source_name,
        schedule_id,
        {{ explode_json_list('intervals') }} as interval_json
    from schedules
),

schedule_intervals as (
    select
        source_name,
        schedule_id,
        cast({{ json_text('interval_json', 'start_time') }} as integer) as starts_minute,
        cast({{ json_text('interval_json', 'end_time') }} as integer) as ends_minute
    from intervals_listed
)

select * from schedule_intervals
