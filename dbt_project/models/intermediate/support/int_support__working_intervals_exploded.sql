with schedules as (
    select * from {{ ref('int_support__schedules_unioned') }}
),

schedule_intervals as (
    select * from {{ ref('int_support__schedule_intervals_unioned') }}
),

schedule_holidays as (
    select * from {{ ref('int_support__schedule_holidays_unioned') }}
),

zone_spans as (
    select * from {{ ref('int_support__time_zones_spanned') }}
),

local_days as (
    select
        schedules.schedule_id,
        zone_spans.starts_at as span_starts_at,
        zone_spans.ends_at as span_ends_at,
        zone_spans.offset_seconds,
        cast({{ add_seconds('zone_spans.starts_at', 'zone_spans.offset_seconds') }} as date) as first_on,
        cast({{ add_seconds('zone_spans.ends_at', 'zone_spans.offset_seconds') }} as date) as last_on
    from schedules
    inner join zone_spans on schedules.time_zone = zone_spans.time_zone
),

day_numbers as (
    select
        *,
        {{ explode_integers(0, days_between('first_on', 'last_on')) }} as day_number
    from local_days
),

schedule_days as (
    select
        schedule_id,
        span_starts_at,
        span_ends_at,
        offset_seconds,
        {{ add_days('first_on', 'day_number') }} as local_on,
        -- 2023-01-01 was a Sunday; twice modulo keeps days before it positive
        ({{ days_between("cast('2023-01-01' as date)", add_days('first_on', 'day_number')) }} % 7 + 7) % 7 as weekday
    from day_numbers
),

interval_weekdays as (
    select
        schedule_id,
        starts_minute,
        ends_minute,
        {{ explode_integers(0, 6) }} as weekday
    from schedule_intervals
),

-- an interval may run over midnight or the whole week: one piece per weekday
weekday_pieces as (
    select
        schedule_id,
        weekday,
        greatest(starts_minute - weekday * 1440, 0) as starts_minute,
        least(ends_minute - weekday * 1440, 1440) as ends_minute
    from interval_weekdays
    where least(ends_minute - weekday * 1440, 1440) > greatest(starts_minute - weekday * 1440, 0)
),

holiday_numbers as (
    select
        schedule_id,
        starts_on,
        {{ explode_integers(0, days_between('starts_on', 'ends_on') ~ ' - 1') }} as day_number
    from schedule_holidays
    where ends_on > starts_on
),

holidays as (
    select distinct
        schedule_id,
        {{ add_days('starts_on', 'day_number') }} as local_on
    from holiday_numbers
),

intervals_utc as (
    select
        schedule_days.schedule_id,
        schedule_days.local_on,
        greatest(
            {{ add_seconds('cast(schedule_days.local_on as timestamp)', 'weekday_pieces.starts_minute * 60 - schedule_days.offset_seconds') }},
            schedule_days.span_starts_at
        ) as starts_at,
        least(
            {{ add_seconds('cast(schedule_days.local_on as timestamp)', 'weekday_pieces.ends_minute * 60 - schedule_days.offset_seconds') }},
            schedule_days.span_ends_at
        ) as ends_at
    from schedule_days
    inner join weekday_pieces
        on schedule_days.schedule_id = weekday_pieces.schedule_id and schedule_days.weekday = weekday_pieces.weekday
    left join holidays
        on schedule_days.schedule_id = holidays.schedule_id and schedule_days.local_on = holidays.local_on
    where holidays.local_on is null
),

working_intervals as (
    select * from intervals_utc
    where ends_at > starts_at
)

select * from working_intervals
