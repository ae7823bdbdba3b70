"""`periods_between` against a count of days and seconds that anybody can follow."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from itertools import pairwise

import duckdb
import pyarrow as pa
import pytest
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.dbt.manifest import parsed
from tests.dbt_project.nights import PROJECT

FIRST = datetime(2020, 1, 1)  # noqa: DTZ001 - naive UTC, as the models have it


def boundary(anchor: datetime, months: int) -> datetime:
    """`months` after the anchor, on its day or the last of a shorter month."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = min(anchor.day, calendar.monthrange(year, month + 1)[1])
    return anchor.replace(year=year, month=month + 1, day=day)


def counted(start: datetime, boundaries: list[datetime]) -> float:
    """Periods from start to the last boundary, second by second: each second is its share of the period it lies in."""
    total = 0.0
    for begins, ends in pairwise(boundaries):
        covered = (ends - max(begins, start)).total_seconds()
        if covered > 0:
            total += covered / (ends - begins).total_seconds()
    return total


Case = tuple[datetime, datetime, str, int, int | None]


@pytest.fixture(scope="module")
def sql(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The project's own expression over columns of the table `cases`."""
    folder = str(tmp_path_factory.mktemp("periods"))
    told = "select {{ periods_between('starts', 'ends', 'billing_interval', 'interval_count', 'anchor_day') }} from cases order by number"
    result = dbtRunner(manifest=parsed()).invoke([
        "compile", "--quiet", "--no-introspect", "--no-populate-cache", "--inline", told, "--vars", "{as_of: '2026-11-20', run_id: test}",
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", folder, "--log-path", folder, "--log-level-file", "none",
    ])  # fmt: skip
    assert result.success, result.exception
    return str(result.result[0].node.compiled_code)


def asked(sql: str, cases: list[Case]) -> list[float]:
    columns = ("starts", "ends", "billing_interval", "interval_count", "anchor_day")
    kinds = (pa.timestamp("us"), pa.timestamp("us"), pa.string(), pa.int64(), pa.int64())
    given_cases = pa.table(
        {"number": range(len(cases))}
        | {name: pa.array([case[place] for case in cases], kinds[place]) for place, name in enumerate(columns)}
    )
    with duckdb.connect() as connection:
        connection.register("cases", given_cases)
        return [float(value) for (value,) in connection.execute(sql).fetchall()]


@st.composite
def calendar_cases(draw: st.DrawFn) -> tuple[Case, float]:
    anchor = draw(st.datetimes(FIRST, FIRST + timedelta(days=730), allow_imaginary=False)).replace(microsecond=0)
    interval, count, number = draw(st.sampled_from(["month", "year"])), draw(st.integers(1, 6)), draw(st.integers(1, 6))
    boundaries = [boundary(anchor, count * (12 if interval == "year" else 1) * step) for step in range(number + 1)]
    start = max(boundaries[0], boundaries[-1] - timedelta(seconds=draw(st.integers(1, 2_000 * 86_400))))
    return (start, boundaries[-1], interval, count, anchor.day), counted(start, boundaries)


@settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(calendar_cases(), min_size=60, max_size=100))
def test_any_part_of_any_calendar_period_is_the_share_that_seconds_say(
    sql: str, cases: list[tuple[Case, float]]
) -> None:
    assert asked(sql, [case for case, _ in cases]) == pytest.approx([right for _, right in cases], rel=1e-12)


def test_weeks_and_days_are_of_one_length(sql: str) -> None:
    lengths = [
        (days, interval, count) for days in (1, 3, 7, 10, 400) for interval in ("week", "day") for count in (1, 2)
    ]
    said = asked(
        sql, [(FIRST, FIRST + timedelta(days=days), interval, count, None) for days, interval, count in lengths]
    )
    assert said == pytest.approx(
        [days / (count * (7 if interval == "week" else 1)) for days, interval, count in lengths]
    )


HAND_WORKED: list[tuple[str, str, str, int, int | None, float]] = [
    ("2026-02-10", "2026-04-30", "month", 3, 31, 79 / 89),
    ("2026-02-10", "2026-04-30", "month", 3, None, 79 / 90),
    ("2024-02-29", "2025-02-28", "year", 1, 29, 1),
    ("2026-01-31", "2026-02-28", "month", 1, 31, 1),
    ("2026-03-20", "2026-08-31", "month", 6, 31, 164 / 184),
    ("2026-08-01", "2026-11-01", "month", 1, 1, 3),
    ("2026-01-15", "2026-03-15", "month", 1, 15, 2),
    ("2024-02-01", "2024-03-01", "month", 1, 1, 1),
    ("2024-02-15", "2024-03-01", "month", 1, 1, 15 / 29),
]


def test_hand_worked(sql: str) -> None:
    said = asked(
        sql,
        [(datetime.fromisoformat(start), datetime.fromisoformat(end), *more) for start, end, *more, _ in HAND_WORKED],
    )  # type: ignore[misc]
    assert said == pytest.approx([right for *_, right in HAND_WORKED], rel=1e-12)
