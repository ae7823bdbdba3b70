-- Spans of time in which a zone keeps one distance from UTC. From them local working hours become UTC intervals by
-- plain subtraction, on the day of a clock change too, where a local time may be missing or occur twice.
with schedules as (
    select time_zone from {{ ref('int_support__schedules_unioned') }}
    union
    select time_zone from {{ ref('int_support__schedule_intervals_unioned') }}
),

tickets as (
    select * from {{ ref('int_support__tickets_unioned') }}
),

horizon as (
    select
        {{ add_days('coalesce(min(created_at), ' ~ as_of_end() ~ ')', -2) }} as starts_on,
        {{ add_days(as_of(), 3) }} as ends_on
    from tickets
),

day_numbers as (
    select
        starts_on,
        {{ explode_integers(0, days_between('starts_on', 'ends_on')) }} as day_number
    from horizon
),

zone_days as (
    select
        schedules.time_zone,
        cast({{ add_days('day_numbers.starts_on', 'day_numbers.day_number') }} as timestamp) as day_starts_at
    from schedules
    cross join day_numbers
),

day_offsets as (
    select
        time_zone,
        day_starts_at,
        {{ seconds_between('day_starts_at', wall_clock('day_starts_at', 'time_zone')) }} as offset_seconds
    from zone_days
),

neighbours as (
    select
        *,
        lag(offset_seconds) over (partition by time_zone order by day_starts_at) as offset_before,
        lead(offset_seconds) over (partition by time_zone order by day_starts_at) as offset_after,
        max(day_starts_at) over (partition by time_zone) as horizon_ends_at
    from day_offsets
),

-- only the days on which the clock changes are looked at minute by minute
change_minutes as (
    select
        time_zone,
        day_starts_at,
        offset_seconds,
        offset_after,
        horizon_ends_at,
        {{ explode_integers(1, 1440) }} as minute_of_day
    from neighbours
    where offset_after <> offset_seconds
),

change_instants as (
    select
        *,
        {{ add_seconds('day_starts_at', 'minute_of_day * 60') }} as instant_at
    from change_minutes
),

changes as (
    select
        time_zone,
        min(instant_at) as starts_at,
        offset_after as offset_seconds,
        horizon_ends_at
    from change_instants
    where {{ seconds_between('instant_at', wall_clock('instant_at', 'time_zone')) }} <> offset_seconds
    group by time_zone, day_starts_at, offset_after, horizon_ends_at
),

beginnings as (
    select time_zone, day_starts_at as starts_at, offset_seconds, horizon_ends_at
    from neighbours
    where offset_before is null
    union all
    select time_zone, starts_at, offset_seconds, horizon_ends_at
    from changes
),

spans as (
    select
        time_zone,
        starts_at,
        coalesce(lead(starts_at) over (partition by time_zone order by starts_at), horizon_ends_at) as ends_at,
        offset_seconds
    from beginnings
)

select * from spans
