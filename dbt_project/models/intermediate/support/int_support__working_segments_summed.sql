-- Every schedule's time, cut at UTC midnights and at the start of each working interval; a segment is worked from its
-- start until working_until and idle after it. seconds_before is the prefix sum of working time.
with working_intervals as (
    select * from {{ ref('int_support__working_intervals_exploded') }}
),

schedules as (
    select * from {{ ref('int_support__schedules_unioned') }}
),

zone_spans as (
    select * from {{ ref('int_support__time_zones_spanned') }}
),

horizons as (
    select
        schedules.schedule_id,
        cast(min(zone_spans.starts_at) as date) as starts_on,
        cast(max(zone_spans.ends_at) as date) as ends_on
    from schedules
    inner join zone_spans on schedules.time_zone = zone_spans.time_zone
    group by schedules.schedule_id
),

horizon_numbers as (
    select
        schedule_id,
        starts_on,
        {{ explode_integers(0, days_between('starts_on', 'ends_on')) }} as day_number
    from horizons
),

midnights as (
    select
        schedule_id,
        cast({{ add_days('starts_on', 'day_number') }} as timestamp) as starts_at
    from horizon_numbers
),

interval_numbers as (
    select
        *,
        {{ explode_integers(0, days_between('starts_at', 'ends_at')) }} as day_number
    from working_intervals
),

interval_pieces as (
    select
        schedule_id,
        greatest(starts_at, cast({{ add_days('cast(starts_at as date)', 'day_number') }} as timestamp)) as starts_at,
        least(ends_at, cast({{ add_days('cast(starts_at as date)', 'day_number + 1') }} as timestamp)) as working_until
    from interval_numbers
),

marks as (
    select schedule_id, starts_at, starts_at as working_until from midnights
    union all
    select schedule_id, starts_at, working_until from interval_pieces
    where working_until > starts_at
),

starts as (
    select
        schedule_id,
        starts_at,
        max(working_until) as working_until
    from marks
    group by schedule_id, starts_at
),

-- the running maximum makes overlapping intervals count once
spans as (
    select
        schedule_id,
        starts_at,
        coalesce(
            lead(starts_at) over (partition by schedule_id order by starts_at), {{ add_seconds('starts_at', 86400) }}
        ) as ends_at,
        max(working_until) over (
            partition by schedule_id order by starts_at rows between unbounded preceding and current row
        ) as worked_until
    from starts
),

segments as (
    select
        schedule_id,
        cast(starts_at as date) as segment_on,
        starts_at,
        ends_at,
        greatest(starts_at, least(worked_until, ends_at)) as working_until
    from spans
),

segments_summed as (
    select
        *,
        cast(coalesce(
            sum({{ seconds_between('starts_at', 'working_until') }}) over (
                partition by schedule_id order by starts_at rows between unbounded preceding and 1 preceding
            ), 0
        ) as bigint) as seconds_before
    from segments
)

select * from segments_summed
