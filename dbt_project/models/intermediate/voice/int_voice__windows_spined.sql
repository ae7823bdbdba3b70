-- Each NPS window of each month: the window_days days up to and including ends_on, and the window of the same length
-- before it, which shares no day with it.
with months as (
    select * from {{ ref('int_calendar__months_spined') }}
),

lengths as (
    {% for window_days in var('nps_windows') -%}
    select {{ window_days }} as window_days
    {{ "union all" if not loop.last }}
    {% endfor %}
),

windows as (
    select
        months.calendar_month,
        {{ month_number('months.calendar_month') }} as number_of_month,
        months.is_provisional,
        lengths.window_days,
        least({{ add_days('months.ends_on', -1) }}, {{ as_of() }}) as window_ends_on
    from months
    cross join lengths
),

sides as (
    select *, 0 as windows_back from windows
    union all
    select *, 1 as windows_back from windows
),

windows_spined as (
    select
        calendar_month,
        number_of_month,
        is_provisional,
        window_days,
        windows_back,
        {{ add_days('window_ends_on', '-window_days * (windows_back + 1) + 1') }} as starts_on,
        {{ add_days('window_ends_on', '-window_days * windows_back') }} as ends_on
    from sides
)

select * from windows_spined
