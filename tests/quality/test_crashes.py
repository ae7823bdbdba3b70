"""A publisher that dies at any step leaves readers with the old version or the new one, and the next publisher heals."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from quality.publication.targets.target import TargetBusyError, TargetError
from tests.quality.conftest import NOW
from tests.quality.test_publishing import held, read

STEPS = ("facts", "warehouse", "parquet", "page", "verify", "seal", "manifest", "rename", "swap", "collect")
BEFORE_THE_SWAP = STEPS[: STEPS.index("collect")]
PUBLISHER = """
import os, pickle, sys
house, verdict, now, step, deadly = pickle.loads(sys.stdin.buffer.read())
def on_step(name):
    if name == step:
        os._exit(9) if deadly else None
print(house.published(verdict, house.target(on_step=on_step, keep=2), now=now).version)
"""


def publisher(house, run_id, step="", number=1):
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2], env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    night = house.built(run_id)
    process.stdin.write(pickle.dumps((night, held(run_id), NOW + timedelta(days=number), step, bool(step))))
    process.stdin.close()
    return process


def whole(house):
    """What a reader sees now: the run, after every checksum of the live manifest was compared."""
    live = house.target().live()
    target = house.target()
    assert target._is_whole(live.version)
    ((run_id, rows),) = read(
        house.root / "current" / "warehouse.duckdb", "select min(run_id), count(*) from cx.accounts"
    )
    assert (run_id, rows) == (live.run_id, 40)
    return run_id


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_and_healed_by_a_plain_run(house, step):
    house.published(held())
    process = publisher(house, "r2", step)
    assert process.wait(60) == 9, process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert whole(house) == ("r1" if step in BEFORE_THE_SWAP else "r2")
    again = house.built("r2").published(held("r2"), now=NOW + timedelta(days=1))
    assert again.version == "r2"
    assert whole(house) == "r2"
    assert not list((house.root / "staging").iterdir())
    assert [m.version for m in house.target().versions()] == ["r2", "r1"]


class Died(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


CHANGES = [(Path, name) for name in ("rename", "replace", "symlink_to", "unlink", "mkdir", "chmod", "write_text")] + [
    (os, "fsync")
]


@pytest.mark.faults
def test_killed_before_any_single_change_on_the_disk(house, monkeypatch):
    """No instant of a publication is without a whole live version: each change is one that may be the last."""
    house.published(held())
    live, step, is_dead = "r1", 0, True

    def counted(change):
        def counting(*arguments, **more):
            nonlocal left
            left -= 1
            if left == 0:
                raise Died
            return change(*arguments, **more)

        return counting

    while is_dead:
        step += 1
        night, left, now = house.built(f"r{step + 1}"), step, NOW + timedelta(days=step)
        with monkeypatch.context() as patch:
            for place, name in CHANGES:
                patch.setattr(place, name, counted(getattr(place, name)))
            try:
                night.published(held(night.run_id), house.target(keep=2), now=now)
                is_dead = False
            except Died:
                assert whole(house) in {live, night.run_id}
        night.published(held(night.run_id), house.target(keep=2), now=now)
        assert whole(house) == night.run_id
        assert not list((house.root / "staging").iterdir())
        assert [m.version for m in house.target().versions()] == [night.run_id, live]
        live = night.run_id
    assert step > 30


def test_publishers_that_die_before_they_clear_away_leave_it_to_the_next_run(house):
    for number in range(1, 6):
        process = publisher(house, f"r{number}", "collect", number)
        assert process.wait(60) == 9, process.stderr.read()
        process.stdout.close()
        process.stderr.close()
        again = house.built(f"r{number}").published(held(f"r{number}"), house.target(keep=2))
        assert not again.is_new
        assert [m.version for m in house.target().versions()] == [f"r{number}", f"r{number - 1}"][: min(number, 2)]


@pytest.mark.parametrize("step", BEFORE_THE_SWAP)
def test_an_error_at_any_step_leaves_the_old_version(house, step):
    house.published(held())

    def full(name):
        if name == step:
            raise OSError(28, "No space left on device")

    night = house.built("r2")
    with pytest.raises((TargetError, OSError), match="No space left"):
        night.published(held("r2"), house.target(on_step=full))
    assert whole(house) == "r1"
    night.published(held("r2"))
    assert whole(house) == "r2"


def test_three_publishers_at_once_are_serialised(house):
    house.published(held())
    processes = [publisher(house, f"r{number}", number=number) for number in (2, 3, 4)]
    for process in processes:
        assert process.wait(60) == 0, process.stderr.read()
        process.stdout.close()
        process.stderr.close()
    assert whole(house) in {"r2", "r3", "r4"}
    assert not list((house.root / "staging").iterdir())


def test_a_publisher_that_may_not_wait_is_told_who_holds_the_door(house):
    with house.target()._locked(), pytest.raises(TargetBusyError, match="another publisher"):
        house.published(held(), house.target(wait_seconds=0))
