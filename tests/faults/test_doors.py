"""Publishers, rollbacks and readers of the same warehouse at the same time."""

import contextlib
import shutil
import time
from datetime import timedelta

import duckdb

from quality.publication.targets.target import TargetError
from tests.faults import victims
from tests.faults.killing import CONTEXT
from tests.faults.reading import look, reader
from tests.quality.conftest import NOW
from tests.quality.test_publishing import held


def test_publishers_and_rollbacks_at_once(house, tmp_path):
    house.published(held())
    house.built("r2").published(held("r2"), now=NOW + timedelta(days=2))
    nights = [house.built(f"r{number}") for number in (3, 4, 5)]
    with reader(str(house.root / "current"), tmp_path) as report:
        work = [
            CONTEXT.Process(target=victims.publication, args=(night, held(night.run_id), NOW + timedelta(days=3), 14))
            for night in nights
        ]
        for process in work:
            process.start()
        for number in range(12):
            version = f"r{number % 2 + 1}"
            with contextlib.suppress(TargetError):  # it is live already
                house.target().rollback(version, by="Ada", reason="", now=NOW)
            time.sleep(0.02)
        for process in work:
            process.join(120)
            assert process.exitcode == 0
            process.close()
    assert look(house.root / "current").run_id in {"r1", "r2", "r3", "r4", "r5"}
    assert not list((house.root / "staging").iterdir())
    assert {one.run_id for one in house.target().versions()} == {"r1", "r2", "r3", "r4", "r5"}
    assert set(report.seen) <= {"r1", "r2", "r3", "r4", "r5"}


def test_a_reader_holds_an_old_version_over_five_publications(house):
    target = house.target(keep=2)
    house.published(held(), target)
    first = house.root / "versions" / "r1"
    size = sum(path.stat().st_size for path in first.rglob("*") if path.is_file())
    seen = "select count(*), min(run_id), max(run_id), sum(mrr_minor) from cx.accounts"
    with contextlib.closing(
        duckdb.connect(str((house.root / "current").resolve() / "warehouse.duckdb"), read_only=True)
    ) as old:
        before = old.execute(seen).fetchall()
        for number in range(2, 8):
            night = house.built(f"r{number}", f"update cx.accounts set mrr_minor = {number}")
            night.published(held(f"r{number}"), target, now=NOW + timedelta(days=number))
            assert old.execute(seen).fetchall() == before
            assert look(house.root / "current").run_id == f"r{number}"
            kept = {one.version for one in target.versions()}
            assert {f"r{number}", f"r{number - 1}"} <= kept
            used = sum(path.stat().st_size for path in (house.root / "versions").rglob("*") if path.is_file())
            assert used <= 3 * 1.5 * size  # at most keep + 1 versions; the history in them grows a little
    assert not first.exists()


def test_a_rollback_is_quick_and_the_next_night_goes_on(house):
    target = house.target()
    house.published(held())
    house.built("r2").published(held("r2"), now=NOW + timedelta(days=1))
    started = time.process_time()
    target.rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    assert time.process_time() - started < 1
    assert look(house.root / "current").run_id == "r1"
    house.built("r3").published(held("r3"), now=NOW + timedelta(days=2))
    assert look(house.root / "current").run_id == "r3"
    assert [event["from_run_id"] for event in target.events()] == ["r2"]
    shutil.rmtree(house.root / "versions" / "r2")
    assert look(house.root / "current").run_id == "r3"
