"""account_history over several nights, and the cuts that go by it: segment as of the start of the cohort."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from tests.dbt_project.nights import PUBLISHED, Project

Rows = dict[tuple[str, str], list[dict[str, object]]]
ONE, TWO, THREE, YEAR_AFTER = date(2026, 10, 30), date(2026, 11, 20), date(2026, 11, 25), date(2027, 12, 1)


def company(**segments: str) -> Rows:
    """Accounts that pay 100 a month since March 2025, in these segments."""
    return {
        ("drop_folder", "accounts"): [
            {"account_id": name, "name": name, "segment": segment, "start_date": date(2025, 3, 5)}
            for name, segment in segments.items()
        ],
        ("drop_folder", "agreements"): [
            {
                "line_id": name, "account_ref": name, "product": "Retainer", "kind": "recurring", "quantity": Decimal(1),
                "unit_amount": Decimal(100), "currency": "USD", "interval": "month", "interval_count": 1, "starts_on": date(2025, 3, 5),
            }
            for name in segments
        ],
    }  # fmt: skip


def night(
    project: Project, rows: Rows, as_of: date, previous: duckdb.DuckDBPyConnection | None = None
) -> duckdb.DuckDBPyConnection:
    return project.build(rows, as_of, targets=PUBLISHED, previous=previous)


def history(build: duckdb.DuckDBPyConnection, account: str) -> list[tuple[object, ...]]:
    return build.execute(
        "select segment, valid_from, valid_to, is_current from build.cx.account_history where account_id = ? order by valid_from",
        [account],
    ).fetchall()


def test_a_changed_attribute_ends_one_validity_and_begins_the_next(project: Project) -> None:
    first = night(project, company(a="small", b="small"), ONE)
    assert history(first, "a") == [("small", date(2025, 3, 5), None, True)]
    second = night(project, company(a="large", b="small"), TWO, first)
    third = night(project, company(a="strategic", b="small"), THREE, second)
    assert history(third, "a") == [
        ("small", date(2025, 3, 5), TWO, False), ("large", TWO, THREE, False), ("strategic", THREE, None, True),
    ]  # fmt: skip
    assert history(third, "b") == [("small", date(2025, 3, 5), None, True)]


def test_a_night_built_again_says_the_same_and_forgets_what_it_had_added(project: Project) -> None:
    first = night(project, company(a="small"), ONE)
    second = night(project, company(a="large"), TWO, first)
    # built again on its own publication, and once more after the file was corrected the same day
    assert history(night(project, company(a="large"), TWO, second), "a") == history(second, "a")
    assert history(night(project, company(a="small"), TWO, second), "a") == history(first, "a")
    # a past night is built as if the later one had not been
    third = night(project, company(a="strategic"), THREE, second)
    assert history(night(project, company(a="large"), TWO, third), "a") == history(second, "a")


def test_skipped_nights_leave_no_gap_and_what_nobody_saw_is_dated_by_who_saw_it(project: Project) -> None:
    first = night(project, company(a="small"), ONE)
    third = night(project, company(a="large"), THREE, first)
    assert history(third, "a") == [("small", date(2025, 3, 5), THREE, False), ("large", THREE, None, True)]


def test_an_account_that_leaves_the_registry_ends_and_begins_anew_when_it_returns(project: Project) -> None:
    first = night(project, company(a="small", b="small"), ONE)
    second = night(project, company(b="small"), TWO, first)
    assert history(second, "a") == [("small", date(2025, 3, 5), TWO, False)]
    third = night(project, company(a="small", b="small"), THREE, second)
    assert history(third, "a") == [("small", date(2025, 3, 5), TWO, False), ("small", THREE, None, True)]


def test_validities_are_half_open_without_gap_or_overlap_whatever_the_nights_say(project: Project) -> None:
    """Twelve nights, each with a drawn segment and some built twice: every day since the first has one state, the last known."""
    draw = random.Random(7)
    said: dict[date, str] = {}
    build: duckdb.DuckDBPyConnection | None = None
    day = date(2026, 10, 1)
    for _ in range(12):
        day += timedelta(days=draw.choice((0, 1, 1, 3, 9)))
        said[day] = draw.choice(("small", "large", "strategic"))
        build = project.build(company(a=said[day]), day, targets=("account_history",), previous=build)
    assert build is not None
    told = history(build, "a")
    nights = sorted(said)
    # before the second night nobody knew better than the first
    truth = [
        (said[night], night)
        for night in nights
        if night == nights[0] or said[night] != said[nights[nights.index(night) - 1]]
    ]
    assert len(truth) > 3
    assert [(segment, since) for segment, since, *_ in told] == [(truth[0][0], date(2025, 3, 5)), *truth[1:]]
    assert [until for _, _, until, _ in told] == [since for _, since in truth[1:]] + [None]
    assert [is_current for *_, is_current in told] == [until is None for _, _, until, _ in told]


def test_retention_is_cut_by_the_segment_at_the_start_of_the_cohort(project: Project) -> None:
    first = night(project, company(grew="small", stayed="small"), ONE)
    second = night(project, company(grew="large", stayed="small"), TWO, first)
    last = night(project, company(grew="large", stayed="small"), YEAR_AFTER, second)
    cohorts = last.execute("""
        select calendar_month, segment_value, cohort_mrr_minor from build.cx.retention_months
        where segment_dimension = 'segment' and cohort_accounts > 0 and calendar_month >= '2026-10-01'
    """).fetchall()
    by_month = {(month, cut): amount for month, cut, amount in cohorts}
    # October 2026, at whose end it was small, starts the cohort of October 2027; November 2026 that of November 2027
    assert by_month[date(2027, 10, 1), "small"] == 20000
    assert (date(2027, 10, 1), "large") not in by_month
    assert by_month[date(2027, 11, 1), "small"] == by_month[date(2027, 11, 1), "large"] == 10000
    # nor does the change of segment move any figure of a closed month
    assert last.execute("select count(*) from build.cx.metric_restatements").fetchall() == [(0,)]
