"""The line of nights under any order of nights, repeats, rollbacks and past dates."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from quality.publication import line
from quality.publication.manifest import Manifest

FIRST = date(2026, 11, 1)
START = datetime(2026, 11, 1, 2)  # noqa: DTZ001 - publications are dated in naive UTC
KEYS = ("a", "b")


@dataclass
class Warehouse:
    """Publishes as the targets do. A night's table of history says, by day and key, what that night said."""

    keep: int = 100
    versions: list[Manifest] = field(default_factory=list)
    said: dict[str, dict[tuple[date, str], str]] = field(default_factory=dict)
    live: Manifest | None = None
    clock: int = 0

    def night(self, day, inputs):
        run_id = f"{day}-{inputs}"
        self.clock += 1
        aside = line.is_aside(self.versions, day)
        before = line.before(self.versions, day, self.live)
        known = {one.run_id: one for one in self.versions}
        history = dict(self.said[before.run_id]) if before else {}
        history |= {(day, key): f"{key} of {inputs}" for key in KEYS}
        if run_id not in known:
            made = Manifest(
                run_id, run_id, None, day, START + timedelta(hours=self.clock), "p", "c", is_demo=False, watermarks={},
                tables={}, verdict={}, is_aside=aside, built_on=before.run_id if before else "",
            )  # fmt: skip
            self.versions.append(made)
            self.said[run_id] = history
        if not aside:
            self.live = next(one for one in self.versions if one.run_id == run_id)
        for old in line.surplus(self.versions, self.keep, {self.live.version}):
            self.versions.remove(old)
        return run_id, history

    def roll_back(self, place):
        if self.versions:
            self.live = self.versions[place % len(self.versions)]


NIGHT = st.tuples(st.just("night"), st.integers(0, 5), st.integers(0, 2))
ROLLBACK = st.tuples(st.just("rollback"), st.integers(0, 20), st.just(0))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(NIGHT, NIGHT, ROLLBACK), min_size=1, max_size=14))
def test_history_is_append_only_and_a_night_depends_on_what_was_published_before_its_date_alone(steps):
    warehouse = Warehouse()
    sealed = {}
    for kind, number, inputs in steps:
        if kind == "rollback":
            warehouse.roll_back(number)
            continue
        day = FIRST + timedelta(days=number)
        newest = max((one.as_of for one in warehouse.versions if not one.is_aside), default=FIRST)
        live = warehouse.live
        run_id, history = warehouse.night(day, inputs)
        said_before = {place: text for place, text in history.items() if place[0] < day}
        assert {text for place, text in history.items() if place[0] == day} == {f"{key} of {inputs}" for key in KEYS}
        assert all(place[0] <= day for place in history)
        if day < newest:
            assert warehouse.live is live, "a past date does not become current"
        else:
            assert warehouse.live.run_id == run_id
        # Once a night of a later date was published, what was said before it never changes, whoever looks.
        assert {place: sealed[place] for place in said_before if place in sealed} == {
            place: text for place, text in said_before.items() if place in sealed
        }
        if day >= newest:
            assert set(sealed) <= set(said_before) | {place for place in sealed if place[0] >= day}
            sealed |= said_before


@settings(max_examples=100, deadline=None)
@given(st.lists(NIGHT, min_size=1, max_size=12), st.integers(0, 5), st.integers(0, 2))
def test_a_past_night_says_what_it_would_have_said_in_its_time(steps, number, inputs):
    warehouse = Warehouse()
    days = sorted(steps, key=lambda step: step[1])
    day = FIRST + timedelta(days=number)
    for _, one, theirs in days:
        if FIRST + timedelta(days=one) < day:
            warehouse.night(FIRST + timedelta(days=one), theirs)
    in_time = Warehouse(versions=list(warehouse.versions), said=dict(warehouse.said), live=warehouse.live)
    _, wanted = in_time.night(day, inputs)
    for _, one, theirs in days:
        if FIRST + timedelta(days=one) >= day:
            warehouse.night(FIRST + timedelta(days=one), theirs)
    _, found = warehouse.night(day, inputs)
    assert found == wanted


def test_versions_that_stand_aside_push_no_night_out_and_the_end_of_the_line_stays():
    warehouse = Warehouse(keep=2)
    warehouse.night(FIRST + timedelta(days=9), 0)
    for number in range(5):
        warehouse.night(FIRST + timedelta(days=number), 0)
    kept = sorted(one.as_of.day for one in warehouse.versions)
    assert kept == [4, 5, 10]


def test_an_old_chain_falls_back_to_the_dates():
    old = Manifest("v", "r", None, FIRST, START, "p", "c", is_demo=False, watermarks={}, tables={}, verdict={})
    newer = replace(old, version="w", run_id="s", as_of=FIRST + timedelta(days=3))
    assert line.before([old, newer], FIRST + timedelta(days=2)) == old
    assert line.before([old, newer], FIRST) is None
    assert Manifest.from_json(old.to_json()) == old
