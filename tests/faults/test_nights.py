"""Whole nights, dbt included, killed, starved of disk and run at once; as a scheduler starts them."""

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

from quality.targets.duckdb_file import DuckDBFile
from tests.faults.reading import OWN, look, reader
from tests.orchestration.conftest import Night

ROOT = Path(__file__).parents[2]
ACCOUNTS = "account_id,name,segment,csm_owner\n" + "".join(f"A{n},Company {n},smb,Ann\n" for n in range(1, 31))
LINES = (
    "line_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on,ends_on\n"
    + "".join(f"L{n},A{n},desk,recurring,{n},12.50,USD,month,1,2025-0{n % 9 + 1}-01,\n" for n in range(1, 31))
)


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

    def begun(self, as_of, limit=None, **more):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = {
            **kept,
            "CX_HOME": str(self.night.home),
            "CX_AS_OF": as_of,
            "COLUMNS": "200",
            **self.night.variables,
            **more,
        }
        output = (self.folder / "output.txt").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration", "nightly"], cwd=ROOT, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
        output.close()
        if limit:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        return process

    def run(self, as_of, **more):
        """The exit code, and what was said."""
        code = self.begun(as_of, **more).wait(600)
        return code, (self.folder / "output.txt").read_text()

    def hashes(self):
        manifest = look(self.night.current)
        return manifest.run_id, {name: facts.content_hash for name, facts in manifest.tables.items() if name not in OWN}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home with one published night."""
    nights = Nights.made(tmp_path_factory.mktemp("first") / "nights")
    code, output = nights.run("2026-11-21")
    assert code == 0, output
    return nights


KILLS = 6


def test_killed_nights_end_as_a_clean_one(first, tmp_path, seed, record_property):
    """The clean one in another time zone of the process: it decides nothing."""
    clean = first.copied(tmp_path / "clean")
    clean.put("agreements.csv", LINES.replace("L1,A1,desk,recurring,1,", "L1,A1,desk,recurring,5,"))
    started = time.monotonic()
    code, output = clean.run("2026-11-22", TZ="Pacific/Kiritimati")
    assert code == 0, output
    seconds = time.monotonic() - started
    killed = first.copied(tmp_path / "killed")
    killed.put("agreements.csv", (clean.drop / "agreements.csv").read_text())
    before, chance, kills = killed.hashes(), random.Random(seed), 0
    with reader(str(killed.night.current), tmp_path) as report:
        for number in range(KILLS):
            process = killed.begun("2026-11-22")
            # Each kill in a stretch of the night of its own: imports, extraction, dbt, gate, publication.
            time.sleep(seconds * (0.15 + 0.8 * (number + chance.random()) / KILLS))
            os.killpg(process.pid, signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
            assert killed.hashes() in (before, clean.hashes())
        code, output = killed.run("2026-11-22")
        assert code == 0, output
    record_property("kills", kills)
    assert kills >= KILLS - 1
    assert killed.hashes() == clean.hashes() != before
    assert report.seen == [before[0], clean.hashes()[0]]
    assert not list((killed.night.home / "warehouse" / "staging").iterdir())


def test_a_full_disk_while_dbt_builds(first, tmp_path):
    nights = first.copied(tmp_path / "full")
    before = nights.hashes()
    code, output = nights.run("2026-11-22", limit=1_500_000)
    assert code not in {0, None}
    assert "File too large" in output or "could not" in output.lower() or "failed" in output.lower(), output
    assert nights.hashes() == before
    code, output = nights.run("2026-11-22")
    assert code == 0, output
    assert nights.hashes() != before


def test_two_nights_at_once(first, tmp_path):
    nights = first.copied(tmp_path / "two")
    before = nights.hashes()[0]
    with reader(str(nights.night.current), tmp_path) as report:
        both = [nights.begun("2026-11-22") for _ in range(2)]
        codes = [process.wait(900) for process in both]
    assert 0 in codes, (nights.folder / "output.txt").read_text()
    found = nights.hashes()[0]
    assert found.startswith("2026-11-22-")
    assert report.seen in ([before, found], [found])
    code, output = nights.run("2026-11-22")
    assert code == 0, output
    assert nights.hashes()[0] == found


def test_a_late_record_is_a_recorded_restatement(first, tmp_path):
    nights = first.copied(tmp_path / "late")
    old = nights.hashes()[0]
    nights.put("agreements.csv", LINES + "L99,A2,backup,recurring,1,500.00,USD,month,1,2025-03-01,\n")
    code, output = nights.run("2026-11-22")
    assert code == 0, output
    changed = {
        one.table for one in DuckDBFile(nights.night.home / "warehouse").diff(old, nights.hashes()[0]) if one.is_changed
    }
    assert {"account_months", "retention_months", "metric_restatements"} <= changed
    assert nights.night.query("select count(*) from cx.metric_restatements")[0][0] > 0
