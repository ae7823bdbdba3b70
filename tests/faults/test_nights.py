"""Whole nights, dbt included, killed, starved of disk and run at once; as a scheduler starts them."""

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quality.publication.targets.duckdb_file import DuckDBFile
from tests.faults.building import ACCOUNTS, LINES
from tests.faults.disks import small_disk
from tests.faults.reading import OWN, look, reader
from tests.orchestration.conftest import Night

ROOT = Path(__file__).parents[2]


class Nights:
    """One home with a drop folder of its own. `begun` is a process group, so that a kill takes all of the night."""

    def __init__(self, folder):
        self.folder = folder
        self.drop = folder / "drop"
        self.night = Night(folder / "home", {"CX_MODE": "live", "CX_DROP_DIR": str(self.drop)})

    @classmethod
    def made(cls, folder):
        one = cls(folder)
        one.drop.mkdir(parents=True)
        one.put("accounts.csv", ACCOUNTS)
        one.put("agreements.csv", LINES)
        return one

    def put(self, name, text):
        path = self.drop / name
        path.write_text(text)
        os.utime(path, (1_790_000_000, 1_790_000_000 + len(text)))

    def copied(self, folder):
        shutil.copytree(self.folder, folder, symlinks=True)
        return Nights(folder)

    def begun(self, as_of, limit=None, output="output.txt", **more):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = {
            **kept,
            "CX_HOME": str(self.night.home),
            "CX_AS_OF": as_of,
            "COLUMNS": "200",
            **self.night.variables,
            **more,
        }
        with (self.folder / output).open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "orchestration", "nightly"],
                cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        if limit:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        return process

    def run(self, as_of, **more):
        """The exit code, and what was said."""
        code = self.begun(as_of, **more).wait(900)
        return code, (self.folder / "output.txt").read_text()

    def hashes(self):
        manifest = look(self.night.current)
        return manifest.run_id, {name: facts.content_hash for name, facts in manifest.tables.items() if name not in OWN}


LATE = LINES + "L99,A2,backup,recurring,1,500.00,USD,month,1,2025-03-01,\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home with one published night."""
    nights = Nights.made(tmp_path_factory.mktemp("first") / "nights")
    code, output = nights.run("2026-11-21")
    assert code == 0, output
    return nights


@pytest.fixture(scope="module")
def second(first, tmp_path_factory):
    """The same home a night later, undisturbed, with a record that came late. The process's time zone decides nothing."""
    nights = first.copied(tmp_path_factory.mktemp("second") / "nights")
    nights.put("agreements.csv", LATE)
    started = time.monotonic()
    code, output = nights.run("2026-11-22", TZ="Pacific/Kiritimati")
    assert code == 0, output
    nights.seconds = time.monotonic() - started
    return nights


KILLS = 4
# Bytes that no file may exceed: too little for a night's own history. What a build can't put into its file DuckDB keeps in its log,
# so that up to about twice the limit such a night is whole.
FULL = 3_000_000


def test_nights_that_are_killed_or_out_of_disk_end_as_a_clean_one(first, second, tmp_path, seed, record_property):
    nights = first.copied(tmp_path / "nights")
    nights.put("agreements.csv", LATE)
    before, wanted = nights.hashes(), second.hashes()
    chance, kills = random.Random(seed), 0
    with reader(str(nights.night.current), tmp_path) as report:
        code, output = nights.run("2026-11-22", limit=FULL)
        assert code == 1, output
        assert "disk I/O error" in output, output
        assert nights.hashes() == before
        for number in range(KILLS):
            process = nights.begun("2026-11-22")
            # Each kill in a stretch of the night of its own: imports, extraction, dbt, gate, publication.
            time.sleep(second.seconds * (0.1 + 0.9 * (number + chance.random()) / KILLS))
            with contextlib.suppress(ProcessLookupError):  # it ended on its own
                os.killpg(process.pid, signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
            assert nights.hashes() in (before, wanted)
        code, output = nights.run("2026-11-22")
        assert code == 0, output
    record_property("kills", kills)
    assert kills >= KILLS - 1
    assert nights.hashes() == wanted != before
    assert report.seen == [before[0], wanted[0]]
    assert not list((nights.night.home / "warehouse" / "staging").iterdir())


def test_a_full_disk_while_dbt_builds(first, second, tmp_path):
    nights = first.copied(tmp_path / "full")
    nights.put("agreements.csv", LATE)
    before, wanted = nights.hashes(), second.hashes()
    shutil.rmtree(nights.night.home / "build")
    with reader(str(nights.night.current), tmp_path) as report:
        with small_disk(nights.night.home / "build", 12):
            code, output = nights.run("2026-11-22")
        assert code == 1, output
        assert "failed  build_models" in output, output
        assert "No space left on device" in output, output
        assert "make room on the disk" in output, output
        assert nights.hashes() == before
        code, output = nights.run("2026-11-22")
        assert code == 0, output
    assert nights.hashes() == wanted
    assert report.seen == [before[0], wanted[0]]


def test_two_nights_at_once(first, second, tmp_path):
    nights = first.copied(tmp_path / "two")
    nights.put("agreements.csv", LATE)
    before, wanted = nights.hashes(), second.hashes()
    with reader(str(nights.night.current), tmp_path) as report:
        both = [nights.begun("2026-11-22", output=f"output-{number}.txt") for number in range(2)]
        codes = [process.wait(900) for process in both]
    assert 0 in codes, [path.read_text() for path in nights.folder.glob("output-*.txt")]
    assert nights.hashes() == wanted
    assert report.seen == [before[0], wanted[0]]
    assert not list((nights.night.home / "warehouse" / "staging").iterdir())


def test_a_late_record_is_a_recorded_restatement(first, second):
    old, new = first.hashes()[0], second.hashes()[0]
    warehouse = DuckDBFile(second.night.home / "warehouse")
    changed = {one.table for one in warehouse.diff(old, new) if one.is_changed}
    assert {"account_months", "retention_months", "metric_restatements"} <= changed
    assert second.night.query("select count(*) from cx.metric_restatements")[0][0] > 0
    assert first.night.query("select count(*) from cx.metric_restatements") == [(0,)]
