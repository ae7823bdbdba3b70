"""The way back to an older version: one swap, noted before it, and what was taken back is neither forgotten nor back unsaid."""

from __future__ import annotations

import resource
from datetime import timedelta

import pytest

from quality.publication.publishing import PublicationRefused
from quality.publication.targets.target import TargetError
from tests.quality.conftest import NOW
from tests.quality.test_publishing import held, read


def test_rollback_is_a_swap_that_is_noted_and_not_undone_in_silence(house):
    target = house.target()
    house.published(held())
    bad = house.built("r2")
    bad.published(held("r2"), now=NOW + timedelta(days=1))
    assert target.rollback("r1", by="Ada", reason="wrong rates", now=NOW).version == "r1"
    assert target.live().version == "r1"
    assert target.events()[0]["by"] == "Ada"
    with pytest.raises(PublicationRefused, match="rolled back"):
        bad.published(held("r2"))
    assert target.live().version == "r1"
    assert bad.published(held("r2"), again=True).version == "r2"
    assert house.built("r3").published(held("r3"), now=NOW + timedelta(days=2)).manifest.previous == "r2"


def test_what_was_published_and_taken_back_stays_in_the_history(house):
    for number in (1, 2):
        house.built(f"r{number}").published(held(f"r{number}"), now=NOW + timedelta(days=number))
    house.target().rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    for number in (3, 4):
        house.built(f"r{number}").published(held(f"r{number}"), now=NOW + timedelta(days=number))
    history = "select version, previous_version from cx.publications order by published_at"
    assert read(house.root / "current" / "warehouse.duckdb", history) == [
        ("r1", None), ("r2", "r1"), ("r3", "r1"), ("r4", "r3"),
    ]  # fmt: skip
    results = "select run_id, count(*) from cx.quality_results group by 1 order by 1"
    assert read(house.root / "current" / "warehouse.duckdb", results) == [("r1", 1), ("r2", 1), ("r3", 1), ("r4", 1)]


def test_a_rollback_that_the_disk_has_no_room_to_note_is_none_and_stops_no_later_one(house):
    target = house.target()
    for number in (1, 2):
        house.built(f"r{number}").published(held(f"r{number}"), now=NOW + timedelta(days=number))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))  # ten bytes of the note still fit
    try:
        with pytest.raises(TargetError, match="version r1 could not be made the live one"):
            target.rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (target.live().version, target.events()) == ("r2", [])
    house.built("r3").published(held("r3"), now=NOW + timedelta(days=3))
    target.rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    assert [event["from_version"] for event in target.events()] == ["r3"]


def test_rollback_to_a_damaged_or_unknown_version_is_refused(house):
    target = house.target()
    house.published(held())
    house.built("r2").published(held("r2"), now=NOW + timedelta(days=1))
    damaged = house.root / "versions" / "r1" / "parquet" / "accounts.parquet"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(TargetError, match=r"accounts\.parquet of version r1 is damaged"):
        target.rollback("r1", by="Ada", reason="", now=NOW)
    with pytest.raises(TargetError, match="no version 'r9'; known: r1, r2"):
        target.rollback("r9", by="Ada", reason="", now=NOW)
    assert target.live().version == "r2"


def test_what_is_live_is_kept_however_old_it_says_it_is(house):
    target = house.target(keep=2)
    for number, day in ((1, 8), (2, 9), (3, 1)):  # the third on a clock that was set back
        house.built(f"r{number}").published(held(f"r{number}"), target, now=NOW + timedelta(days=day))
    assert target.live().version == "r3"
    assert read(house.root / "current" / "warehouse.duckdb", "select min(run_id) from cx.accounts") == [("r3",)]


def stands_aside(house, target):
    """A night of a past date on a target: kept, not shown, no history of anybody, and a rollback away from being current."""
    house.published(held(), target)
    past = house.built("r2").published(held("r2"), target, now=NOW + timedelta(days=1), is_aside=True)
    assert past.is_new
    assert target.live().version == "r1"
    assert {one.version: one.is_aside for one in target.versions()} == {"r1": False, "r2": True}
    repeated = house.built("r2").published(held("r2"), target, now=NOW + timedelta(days=2), is_aside=True)
    assert not repeated.is_new
    assert target.live().version == "r1"
    house.built("r3").published(held("r3"), target, now=NOW + timedelta(days=3))
    assert target.live().version == "r3"
    target.rollback("r2", by="Ada", reason="as it was", now=NOW + timedelta(days=4))
    assert target.live().version == "r2"
    house.built("r4").published(held("r4"), target, now=NOW + timedelta(days=5))
    return target


def test_a_past_night_stands_aside_in_the_file(house):
    stands_aside(house, house.target())
    known = "select version from cx.publications order by published_at"
    assert read(house.root / "versions" / "r3" / "warehouse.duckdb", known) == [("r1",), ("r3",)]
    # It was current for a while: from then on it is known.
    assert read(house.root / "current" / "warehouse.duckdb", known) == [("r1",), ("r2",), ("r3",), ("r4",)]
