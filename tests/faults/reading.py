"""A reader as BI tools are: it resolves `current` once per read and believes nothing that it did not check."""

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from quality.publication.build_snapshot import facts
from quality.publication.manifest import Manifest
from quality.publication.targets.postgres_session import Session
from tests.faults.killing import CONTEXT

# Written by the publication itself: they hold the rows of several runs.
OWN = {"publications", "quality_results"}


class MixedError(AssertionError):
    """What was read is not one complete version whose gate passed."""


def look(current):
    """The manifest of what is live, after everything it says was compared with what is there; None before the first."""
    try:
        folder = Path(current).resolve(strict=True)
    except FileNotFoundError:
        return None
    return look_at(folder)


def look_at(folder):
    """The same of one resolved version."""
    manifest = Manifest.from_json((folder / "manifest.json").read_text())
    _demand(manifest.version == folder.name, "the manifest of another version")
    _demand(manifest.verdict["is_publishable"], "the gate did not pass")
    _demand(len(manifest.files) == len(manifest.tables) + 2, "a file too many or too few")
    for name, wanted in manifest.files.items():
        _demand(hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted.sha256, f"checksum of {name}")
    with contextlib.closing(duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True)) as connection:
        for name, wanted in manifest.tables.items():
            for relation in (f"cx.{name}", f"(from read_parquet('{folder}/parquet/{name}.parquet'))"):
                found = facts(connection, relation)
                same = (found.rows, found.content_hash) == (wanted.rows, wanted.content_hash)
                _demand(same, f"rows of {relation}")
                if name not in OWN and "run_id" in wanted.columns:
                    runs = {run for (run,) in connection.execute(f"select distinct run_id from {relation}").fetchall()}
                    _demand(runs <= {manifest.run_id}, f"{relation} holds {runs}, not {manifest.run_id}")
    return manifest


def look_at_server(url):
    """The run that a server shows, all tables in one statement; None before the first."""
    with contextlib.closing(Session(url)) as session:
        if not session.rows("select 1 from pg_views where schemaname = 'cx' and viewname = 'account_months'"):
            return None
        seen = session.rows(
            "select run_id, count(*), 'a' from cx.accounts group by 1 "
            "union all select run_id, count(*), 'm' from cx.account_months group by 1 order by 3"
        )
    if not seen:
        return None
    _demand(len(seen) == 2 and seen[0][0] == seen[1][0], f"two runs at once: {seen}")
    _demand([count for _, count, _ in seen] == [40, 120], f"rows are missing: {seen}")
    return seen[0][0]


def _demand(held, what):
    if not held:
        raise MixedError(what)


def is_ever_gone(place, seconds):
    """Whether a swap that is not one step shows: asked without a pause."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not os.path.exists(place):  # noqa: PTH110 - as often as can be
            return True
    return False


def loop(how, place, stop, result):
    """Read until the file `stop` is there; what was seen goes to `result`."""
    reads, errors, seen = 0, [], []
    while not Path(stop).exists():
        try:
            found = how(place)
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is the finding
            errors.append(f"{type(error).__name__}: {error}")
            continue
        run = getattr(found, "run_id", found)
        if run is None and seen:
            errors.append("what was live is gone")
        if run is not None:
            reads += 1
            if run not in seen[-1:]:
                seen.append(run)
        if how is look and seen:
            errors += ["for an instant nothing was live"] * is_ever_gone(place, 0.02)
        else:
            time.sleep(0.02)
    Path(result).write_text(json.dumps({"reads": reads, "errors": errors, "seen": seen}))


@dataclass
class Report:
    reads: int = 0
    errors: tuple = ()
    seen: tuple = ()


@contextlib.contextmanager
def reader(place, folder, how=look):
    """A reader in a process of its own for as long as the block lasts; it must not meet a single error."""
    stop, result, report = folder / "reader.stop", folder / "reader.json", Report()
    stop.unlink(missing_ok=True)
    process = CONTEXT.Process(target=loop, args=(how, place, str(stop), str(result)))
    process.start()
    try:
        yield report
    finally:
        stop.touch()
        process.join(120)
        assert process.exitcode == 0
        process.close()
        found = json.loads(result.read_text())
        report.reads, report.errors, report.seen = found["reads"], found["errors"], found["seen"]
    assert report.errors == []
    assert report.reads > 0
