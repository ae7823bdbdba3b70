"""Real tables of nights in any order: what a night said stays as it was said, and only inputs, date and what stood before decide it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quality.publication import line
from quality.publication.manifest import Manifest
from tests.dbt_project.nights import OWED, SAID, Project
from tests.dbt_project.test_patterns_class_history import Rows, company, interview

Table = frozenset[tuple[object, ...]]
DAYS = (date(2026, 11, 20), date(2026, 11, 25), date(2026, 12, 20))
BEGINNING = datetime(2027, 1, 1)  # noqa: DTZ001 - publications are dated in naive UTC
TARGETS = (*SAID, *OWED, "account_history", "account_months", "retention_months", "nps_trend", "metric_restatements")
BUILDS = 6  # a night takes two seconds and a half; examples share those that have the same past
# By table, what no later night may change, the day it was said on last.
KEPT = {
    "customer_class_history": "account_id, calendar_month, customer_class, rule_id, confidence, said_policy_version, said_on",
    "account_history": "account_id, segment, valid_from",
    "metric_restatements": (
        "metric, calendar_month, segment_dimension, segment_value, account_id, old_value, new_value, cause, as_of_date"
    ),
    "interventions": "intervention_id, account_id, kind, rule_id, due_on, opened_on",
}
# Every row that is new tonight is dated tonight; accounts and occasions have days of their own.
DATED = ("customer_class_history", "metric_restatements")


def company_with_a_renewal() -> Rows:
    """The company, of which one agreement ends on a written day, so that its renewal is talked about."""
    rows = company()
    rows["drop_folder", "agreements"][0]["ends_on"] = date(2027, 1, 10)
    return rows


def company_listed_otherwise() -> Rows:
    """The same company with another segment and price, after an interview of which the file came late."""
    rows = company_with_a_renewal()
    rows["drop_folder", "accounts"][0]["segment"] = "large"
    rows["drop_folder", "agreements"][0]["unit_amount"] = Decimal(70)
    rows["drop_folder", "interviews"].append(interview("late", date(2026, 9, 12), 2))
    return rows


INPUTS = (company_with_a_renewal(), company_listed_otherwise())


@dataclass(frozen=True)
class Night:
    """What one night published; `past` names the nights that it goes on from, the last of them last."""

    build: duckdb.DuckDBPyConnection
    past: tuple[str, ...]
    tables: dict[str, Table]


@dataclass
class Builder:
    """Builds a night of given inputs, date and past once."""

    project: Project
    built: dict[tuple[date, int, tuple[str, ...]], Night] = field(default_factory=dict)

    def night(self, day: date, inputs: int, before: Night | None, name: str) -> Night | None:
        """None where it would be one build too many."""
        past = before.past if before else ()
        key = (day, inputs, past)
        if key not in self.built:
            if len(self.built) == BUILDS:
                return None
            build = self.project.build(INPUTS[inputs], day, TARGETS, previous=before.build if before else None)
            tables = {
                table: frozenset(build.execute(f"select {columns} from build.cx.{table}").fetchall())
                for table, columns in KEPT.items()
            }
            self.built[key] = Night(build, (*past, name), tables)
        return self.built[key]


@dataclass
class Home:
    """Publishes, repeats and rolls back as the pipeline does."""

    versions: list[Manifest] = field(default_factory=list)
    nights: dict[str, Night] = field(default_factory=dict)
    live: Manifest | None = None

    def before(self, day: date) -> Night | None:
        found = line.before(self.versions, day, self.live)
        return self.nights[found.run_id] if found else None

    def publish(self, name: str, day: date, night: Night) -> None:
        is_aside = line.is_aside(self.versions, day)
        if name not in self.nights:
            before = line.before(self.versions, day, self.live)
            moment = BEGINNING + timedelta(hours=len(self.versions))
            self.versions.append(
                Manifest(
                    name, name, None, day, moment, "p", "c", is_demo=False, watermarks={}, tables={}, verdict={},
                    is_aside=is_aside, built_on=before.run_id if before else "",
                )
            )  # fmt: skip
            self.nights[name] = night
        if not is_aside:
            self.live = next(one for one in self.versions if one.run_id == name)


def _day(row: tuple[object, ...]) -> date:
    day = row[-1]
    assert isinstance(day, date)
    return day


@pytest.fixture(scope="module")
def builder(project: Project) -> Iterator[Builder]:
    made = Builder(project)
    yield made
    for night in made.built.values():
        night.build.close()


NIGHT = st.tuples(st.sampled_from(range(len(DAYS))), st.sampled_from(range(len(INPUTS))))
ROLLBACK = st.tuples(st.none(), st.integers(0, 5))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@example([(0, 0), (1, 1), (0, 1), (None, 2), (2, 0)])  # a past night is made current, and the line goes on
@given(st.lists(st.one_of(NIGHT, NIGHT, ROLLBACK), min_size=2, max_size=8))
def test_what_was_said_stays_as_it_was_said(builder: Builder, steps: list[tuple[int | None, int]]) -> None:
    home = Home()
    sealed: dict[str, Table] = dict.fromkeys(KEPT, frozenset())
    for number, choice in steps:
        if number is None:
            home.live = home.versions[choice % len(home.versions)] if home.versions else None
            continue
        day, name = DAYS[number], f"{DAYS[number]}-{choice}"
        before, is_aside = home.before(day), line.is_aside(home.versions, day)
        night = builder.night(day, choice, before, name)
        if night is None:
            continue
        for table, rows in night.tables.items():
            kept = before.tables[table] if before else frozenset()
            assert kept <= rows, f"{table} lost what was said before {day}"
            assert all(_day(row) <= day for row in rows)
            assert table not in DATED or {_day(row) for row in rows - kept} <= {day}
            if not is_aside:
                assert sealed[table] <= rows, f"{table} of {day} goes on from another past than the nights before"
                sealed[table] |= kept
        home.publish(name, day, night)


def test_the_nights_had_something_to_keep(builder: Builder) -> None:
    first = builder.night(DAYS[0], 0, None, f"{DAYS[0]}-0")
    second = builder.night(DAYS[1], 1, first, f"{DAYS[1]}-1")
    assert first
    assert second
    for table in DATED:
        assert second.tables[table] - first.tables[table], f"{table} has nothing new to say"
    assert len(second.tables["account_history"]) > len(first.tables["account_history"])
    assert first.tables["interventions"]
