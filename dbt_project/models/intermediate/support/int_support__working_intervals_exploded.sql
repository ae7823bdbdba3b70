-- Working time in UTC. Hours judge the time in which they were listed; a day was a holiday where the listing that the day ended
-- with says so, whatever was listed afterwards.
with schedule_intervals as (
    select * from {{ ref('int_support__schedule_intervals_unioned') }}
),

schedule_holidays as (
    select * from {{ ref('int_support__schedule_holidays_unioned') }}
),

zone_spans as (
    select * from {{ ref('int_support__time_zones_spanned') }}
),

hours as (
    select distinct schedule_id, time_zone, valid_from, valid_to from schedule_intervals
),

hour_spans as (
    select
        hours.schedule_id,
        hours.valid_from,
        greatest(zone_spans.starts_at, hours.valid_from) as span_starts_at,
        least(zone_spans.ends_at, hours.valid_to) as span_ends_at,
        zone_spans.offset_seconds
    from hours
    inner join zone_spans on hours.time_zone = zone_spans.time_zone
),

local_days as (
    select
        *,
        cast({{ add_seconds('span_starts_at', 'offset_seconds') }} as date) as first_on,
        cast({{ add_seconds('span_ends_at', 'offset_seconds') }} as date) as last_on
    from hour_spans
    where span_ends_at > span_starts_at
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
        valid_from,
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
        valid_from,
        starts_minute,
        ends_minute,
        {{ explode_integers(0, 6) }} as weekday
    from schedule_intervals
),

-- an interval may run over midnight or the whole week: one piece per weekday
weekday_pieces as (
    select
        schedule_id,
        valid_from,
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
        valid_from,
        valid_to,
        {{ explode_integers(0, days_between('starts_on', 'ends_on') ~ ' - 1') }} as day_number
    from schedule_holidays
    where ends_on > starts_on
),

holidays as (
    select distinct
        schedule_id,
        {{ add_days('starts_on', 'day_number') }} as local_on
    from holiday_numbers
    where
        valid_from < cast({{ add_days('starts_on', 'day_number + 1') }} as timestamp)
        and valid_to >= cast({{ add_days('starts_on', 'day_number + 1') }} as timestamp)
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
        on schedule_days.schedule_id = weekday_pieces.schedule_id
        and schedule_days.valid_from = weekday_pieces.valid_from
        and schedule_days.weekday = weekday_pieces.weekday
    left join holidays
        on schedule_days.schedule_id = holidays.schedule_id and schedule_days.local_on = holidays.local_on
    where holidays.local_on is null
),

working_intervals as (
    select * from intervals_utc
    where ends_at > starts_at
)

select * from working_intervals
