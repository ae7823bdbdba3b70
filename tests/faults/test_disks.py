"""Disks that are full, read-only or somebody else's: said clearly, nothing half done, good again when there is room."""

import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from quality.publication.targets.duckdb_file import DuckDBFile
from quality.publication.targets.target import TargetError, TargetUnavailableError
from tests.faults import victims
from tests.faults.disks import small_disk
from tests.faults.killing import CONTEXT, Reaper
from tests.faults.reading import look
from tests.quality.conftest import NOW
from tests.quality.test_publishing import held


def told(sending, limit, work, arguments):
    """Do the work where no file may grow beyond `limit` bytes, and say how it ended."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        work(*arguments)
    except Exception as error:  # noqa: BLE001 - how it ended is the finding
        sending.send((type(error).__name__, str(error)))
    else:
        sending.send(None)
    sending.close()


def limited(limit, work, *arguments):
    receiving, sending = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=told, args=(sending, limit, work, arguments))
    process.start()
    sending.close()
    found = receiving.recv()
    process.join(60)
    process.close()
    receiving.close()
    return found


@pytest.mark.parametrize("limit", [300, 3_000, 10_000, 20_000])
def test_a_full_disk_while_extracting(tmp_path, limit):
    night, root = victims.NIGHTS[1], tmp_path / "raw"
    reaper = Reaper(None)
    reaper.run(victims.extraction, str(tmp_path / "clean"), night)
    kind, message = limited(limit, victims.extraction, str(root), night)
    assert kind in {"LandingRefused", "OSError"}, message
    assert "File too large" in message
    reaper.run(victims.extraction, str(root), night)
    assert victims.landed(root) == victims.landed(tmp_path / "clean")


@pytest.mark.parametrize("limit", [100, 5_000, 100_000, 500_000])
def test_a_full_disk_while_publishing(house, limit):
    house.published(held())
    night = house.built("r2")
    kind, message = limited(limit, victims.publication, night, held("r2"), NOW, 14)
    assert kind in {"TargetError", "TargetUnavailableError", "OSError"}, message
    assert "a1" not in message
    assert look(house.root / "current").run_id == "r1"
    night.published(held("r2"))
    assert look(house.root / "current").run_id == "r2"
    assert not list((house.root / "staging").iterdir())


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", 3) as folder:
        yield folder


def test_a_disk_that_is_full(house, disk):
    target = DuckDBFile(disk / "warehouse")
    with pytest.raises(TargetUnavailableError, match="MB free"):
        target.preflight()
    (disk / "others").write_bytes(bytes(2_000_000))
    with pytest.raises(TargetError, match="could not be written: No space left on device"):
        house.published(held(), target)
    assert look(target.current) is None
    (disk / "others").unlink()
    house.published(held(), target)
    assert look(target.current).run_id == "r1"


def test_a_read_only_disk(house, disk):
    target = DuckDBFile(disk / "warehouse")
    house.published(held(), target)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(TargetUnavailableError, match="cannot be written"):
        target.preflight()
    night = house.built("r2")
    with pytest.raises((TargetError, OSError)):
        night.published(held("r2"), target, now=NOW)
    assert look(target.current).run_id == "r1"
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    night.published(held("r2"), target, now=NOW)
    assert look(target.current).run_id == "r2"


def asked_as_nobody(root):
    if os.geteuid() == 0:
        os.setgid(65_534)
        os.setuid(65_534)
    DuckDBFile(Path(root)).preflight()


def test_a_target_without_permission_is_refused_before_the_work(house):
    house.published(held())
    before = look(house.root / "current")
    if os.geteuid():
        house.root.chmod(0o500)
    kind, message = limited(10**9, asked_as_nobody, str(house.root))
    house.root.chmod(0o750)
    assert kind == "TargetUnavailableError"
    assert "cannot be written: Permission denied" in message
    assert look(house.root / "current") == before
    shutil.rmtree(house.root / "staging")
    house.target().preflight()
