"""Business minutes as the models compute them, against a count of the minutes one by one on the wall clock."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MINUTE = timedelta(minutes=1)
DAYS = 56
ALWAYS = (datetime(1970, 1, 1), datetime(9999, 1, 1))  # noqa: DTZ001 - naive UTC
# Clock changes: by an hour, by half an hour (Lord Howe), at midnight (Havana, Cairo), on other dates, and never.
ZONES = [
    "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "America/Santiago",
    "Asia/Kolkata", "UTC",
]  # fmt: skip
SEASONS = [datetime(2026, 3, 1), datetime(2026, 3, 25), datetime(2026, 9, 5), datetime(2026, 9, 24)]  # noqa: DTZ001 - naive UTC
MODELS = (
    "int_support__time_zones_spanned",
    "int_support__working_intervals_exploded",
    "int_support__working_segments_summed",
    "int_support__business_minutes_summed",
)


@cache
def wall_clock(zone, first):
    """(local day, minute of the week since Sunday 0:00) of each minute of the horizon."""
    shown = []
    for minute in range(DAYS * 1440):
        local = (first + minute * MINUTE).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        shown.append((local.date(), (local.weekday() + 1) % 7 * 1440 + local.hour * 60 + local.minute))
    return shown


def worked_minutes(zone, first, intervals, holidays):
    """Prefix counts: element m is the number of worked minutes among the first m of the horizon."""
    open_minutes = {minute for start, end in intervals for minute in range(start, end)}
    counted = [0]
    for local_day, minute_of_week in wall_clock(zone, first):
        counted.append(counted[-1] + (minute_of_week in open_minutes and local_day not in holidays))
    return counted


def measure(build, zone, intervals, holidays, pairs):
    """The models' business minutes of each pair of instants."""
    build.fill("int_support__schedules_unioned", {"schedule_id": "varchar", "time_zone": "varchar"}, [("s", zone)])
    build.fill(
        "int_support__schedule_intervals_unioned",
        {
            "schedule_id": "varchar",
            "time_zone": "varchar",
            "starts_minute": "integer",
            "ends_minute": "integer",
            "valid_from": "timestamp",
            "valid_to": "timestamp",
        },
        [("s", zone, start, end, *ALWAYS) for start, end in intervals],
    )
    build.fill(
        "int_support__schedule_holidays_unioned",
        {
            "schedule_id": "varchar",
            "starts_on": "date",
            "ends_on": "date",
            "valid_from": "timestamp",
            "valid_to": "timestamp",
        },
        [("s", day, day + timedelta(days=1), *ALWAYS) for day in holidays],
    )
    build.fill("int_support__tickets_unioned", {"created_at": "timestamp"}, [(min(a for a, _ in pairs),)])
    build.fill(
        "int_support__tickets_clocked",
        {
            "source_name": "varchar",
            "ticket_id": "varchar",
            "first_reply_at": "timestamp",
            "first_solved_at": "timestamp",
            "last_solved_at": "timestamp",
        },
        [("z", str(place), end, None, end) for place, (_, end) in enumerate(pairs)],
    )
    build.fill(
        "int_support__ticket_schedules_spanned",
        {
            "source_name": "varchar",
            "ticket_id": "varchar",
            "schedule_id": "varchar",
            "valid_from": "timestamp",
            "valid_to": "timestamp",
        },
        [("z", str(place), "s", start, datetime(9999, 1, 1)) for place, (start, _) in enumerate(pairs)],  # noqa: DTZ001
    )
    build.run(*MODELS)
    found = build.rows(
        "select ticket_id, first_reply_business_minutes, full_resolution_business_minutes, first_resolution_business_minutes"
        " from build.intermediate.int_support__business_minutes_summed"
    )
    assert all(reply == full and none is None for _, reply, full, none in found)
    return {int(ticket): minutes for ticket, minutes, _, _ in found}


def weekly_intervals(edges):
    """Disjoint intervals of a week from an even number of distinct minutes."""
    ordered = sorted(edges)
    return list(zip(ordered[::2], ordered[1::2], strict=True))


@settings(max_examples=14, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES),
    first=st.sampled_from(SEASONS),
    edges=st.sets(st.integers(0, 10080), min_size=2, max_size=12).filter(lambda found: len(found) % 2 == 0),
    holidays=st.sets(st.integers(0, DAYS - 1), max_size=6),
    offsets=st.lists(st.integers(1440, (DAYS - 2) * 1440), min_size=40, max_size=160, unique=True),
)
def test_prefix_sums_equal_a_count_of_the_minutes(build, *, zone, first, edges, holidays, offsets):
    intervals = weekly_intervals(edges)
    closed = {first.date() + timedelta(days=day) for day in holidays}
    ends = [(min(a, b), max(a, b)) for a, b in pairwise(offsets)]
    pairs = [(first + a * MINUTE, first + b * MINUTE) for a, b in ends]
    counted = worked_minutes(zone, first, intervals, closed)
    expected = {place: counted[b] - counted[a] for place, (a, b) in enumerate(ends)}
    assert measure(build, zone, intervals, closed, pairs) == expected


def test_a_night_shift_loses_the_hour_that_spring_takes_and_gains_the_one_autumn_gives(build):
    saturday_night_to_sunday_noon = [(6 * 1440 + 1320, 7 * 1440), (0, 720)]  # Saturday 22:00 to Sunday 12:00
    pairs = [
        (datetime(2026, 3, 14, 12), datetime(2026, 3, 15, 18)),  # noqa: DTZ001 - clocks in Berlin stand still
        (datetime(2026, 3, 28, 12), datetime(2026, 3, 29, 18)),  # noqa: DTZ001 - 02:00 becomes 03:00
        (datetime(2026, 10, 24, 12), datetime(2026, 10, 25, 18)),  # noqa: DTZ001 - 03:00 becomes 02:00
    ]
    assert measure(build, "Europe/Berlin", saturday_night_to_sunday_noon, set(), pairs) == {0: 840, 1: 780, 2: 900}


def test_a_holiday_is_a_local_day_not_a_utc_day(build):
    every_day_nine_to_five = [(day * 1440 + 540, day * 1440 + 1020) for day in range(7)]
    pairs = [(datetime(2026, 11, 10), datetime(2026, 11, 14))]  # noqa: DTZ001 - Tokyo works 0:00 to 8:00 UTC
    assert measure(build, "Asia/Tokyo", every_day_nine_to_five, {date(2026, 11, 11)}, pairs) == {0: 3 * 480}


def test_overlapping_intervals_count_once(build):
    pairs = [(datetime(2026, 11, 9, 0), datetime(2026, 11, 10, 0))]  # noqa: DTZ001 - a Monday
    assert measure(
        build, "UTC", [(1440 + 540, 1440 + 720), (1440 + 600, 1440 + 660), (1440 + 700, 1440 + 780)], set(), pairs
    ) == {0: 240}


def test_a_stretch_under_a_schedule_of_unknown_hours_leaves_no_figure_instead_of_a_part_of_it(build):
    created, changed, replied = datetime(2026, 11, 9, 9), datetime(2026, 11, 9, 10), datetime(2026, 11, 9, 12)  # noqa: DTZ001
    assert measure(build, "UTC", [(0, 10080)], set(), [(created, replied)]) == {0: 180}
    build.fill(
        "int_support__ticket_schedules_spanned",
        {"source_name": "varchar", "ticket_id": "varchar", "schedule_id": "varchar", "valid_from": "timestamp", "valid_to": "timestamp"},
        [("z", "0", "s", created, changed), ("z", "0", "gone", changed, datetime(9999, 1, 1))],  # noqa: DTZ001
    )  # fmt: skip
    build.run("int_support__business_minutes_summed")
    assert build.rows(
        "select first_reply_business_minutes from build.intermediate.int_support__business_minutes_summed"
    ) == [(None,)]
