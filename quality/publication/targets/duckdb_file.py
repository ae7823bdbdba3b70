"""The default warehouse: immutable versions of a DuckDB file and a Parquet snapshot, and one symlink that says which is live.

    root/.publish.lock     flock: one publisher at a time, freed by the kernel when it dies
    root/staging/<id>/     written here; what a dead publisher left is deleted by the next one
    root/versions/<id>/    warehouse.duckdb, parquet/<table>.parquet, report.html, quality.html,
                           workbook.xlsx, manifest.json; never written again
    root/current           -> versions/<id>, swapped by one rename: a reader's next open sees the new version whole
    root/events.jsonl      who rolled back what, when and why

A reader of several files resolves `current` once; an open reader keeps the version it opened, even when it is deleted.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import duckdb

from quality.publication.audit_tables import PUBLICATIONS, QUALITY_RESULTS, merged, publication_row
from quality.publication.line import surplus
from quality.publication.manifest import Manifest, TableChange, compare
from quality.publication.targets import version_files as files
from quality.publication.targets.target import (
    Publication,
    Readers,
    RolledBackError,
    TargetBusyError,
    TargetError,
    TargetUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from quality.publication.build_snapshot import BuildSnapshot
    from quality.publication.release import PublishedTable

# Who may read what is published, besides its owner: mode of files, of folders.
MODES: Mapping[Readers, tuple[int, int]] = {"owner": (0o400, 0o700), "group": (0o440, 0o750), "all": (0o444, 0o755)}
LEAST_SPACE = 64 * 1024 * 1024  # bytes; below this nothing is begun


def _silent(_: str) -> None:
    """No one listens."""


class DuckDBFile:
    """A warehouse in a folder. `on_step` hears the name of each step as it begins."""

    def __init__(
        self,
        root: Path,
        *,
        keep: int = 14,
        readers: Readers = "owner",
        wait_seconds: float = 600,
        on_step: Callable[[str], None] = _silent,
    ) -> None:
        if keep < 2:
            raise ValueError("keep at least 2 versions: the live one and the one before it")
        self.root, self.keep, self.wait_seconds, self.on_step = root, keep, wait_seconds, on_step
        self.file_mode, self.folder_mode = MODES[readers]
        self.staging, self.store, self.current = root / "staging", root / "versions", root / "current"

    def preflight(self, needed_bytes: int = 0) -> None:
        try:
            self._make_folders()
            probe = self.staging / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
            free = shutil.disk_usage(self.root).free
        except OSError as error:
            raise TargetUnavailableError(f"{self.root} cannot be written: {error.strerror}") from None
        live = self.live()
        wanted = max(needed_bytes, LEAST_SPACE, 2 * sum(f.bytes for f in live.files.values()) if live else 0)
        if free < wanted:
            raise TargetUnavailableError(f"{self.root} has {free >> 20} MB free, {wanted >> 20} MB are needed")

    def lacking_rights(self) -> list[str]:
        return []  # preflight has written there

    def live(self) -> Manifest | None:
        """The manifest behind `current`; None before the first publication."""
        try:
            return Manifest.from_json((self.current / files.MANIFEST).read_text())
        except FileNotFoundError:
            return None

    def versions(self) -> list[Manifest]:
        found = [Manifest.from_json(path.read_text()) for path in self.store.glob(f"*/{files.MANIFEST}")]
        return sorted(found, key=lambda manifest: (manifest.published_at, manifest.version), reverse=True)

    def diff(self, old: str, new: str) -> list[TableChange]:
        return compare(self._manifest(old), self._manifest(new))

    def rollback(self, version: str, *, by: str, reason: str, now: datetime) -> Manifest:
        with self._locked():
            manifest, live = self._manifest(version), self.live()
            files.verify_files(self.store / version, manifest.files)
            if live is None or live.version == version:
                raise TargetError(f"version {version} is live already")
            try:
                # Noted before the swap: a run that is taken back must never come back unnoticed.
                self._note({"event": "rollback", "from_version": live.version, "from_run_id": live.run_id,
                            "to_version": version, "by": by, "reason": reason, "at": now.isoformat()})  # fmt: skip
                self._swap(version)
            except OSError as error:
                raise TargetError(f"version {version} could not be made the live one: {error.strerror}") from None
            return manifest

    def events(self) -> list[dict[str, Any]]:
        path = self.root / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def publish(self, snapshot: BuildSnapshot, page: Path, *, again: bool = False) -> Publication:
        """Write, verify and swap. Whatever fails before the swap leaves the reader's version as it was."""
        release = snapshot.release
        with self._locked():
            live, version = self.live(), release.run_id
            if live is not None and live.run_id == release.run_id:
                self._collect(live.version, live.previous)  # its publisher may have died before it came to that
                return self._publication(live, is_new=False)
            if (
                not again
                and not release.is_aside
                and any(event["from_run_id"] == release.run_id for event in self.events())
            ):
                raise RolledBackError(f"run {release.run_id} was rolled back; say so to publish it again")
            snapshot.require_no_objection()
            folder = self.store / version
            is_kept = (folder / files.MANIFEST).exists() and self._is_whole(version)
            # Where it is kept its publisher died before the swap, or it is wanted again.
            manifest = self._manifest(version) if is_kept else self._write(snapshot, page, version, live)
            if release.is_aside:
                self._collect(live.version if live else "", version)
                return Publication(version, release.run_id, manifest, not is_kept, str(folder / files.WAREHOUSE))
            self.on_step("swap")
            self._swap(version)
            self.on_step("collect")
            self._collect(version, live.version if live else None)
            return self._publication(manifest, is_new=True)

    def _write(self, snapshot: BuildSnapshot, page: Path, version: str, live: Manifest | None) -> Manifest:
        staged = self.staging / version
        try:
            staged.mkdir()
            self.on_step("facts")
            tables = snapshot.facts()
            manifest = snapshot.manifest(version, live.version if live else None, tables)
            own = snapshot.add_own_tables(manifest, *self._history(snapshot.release.schema, live))
            manifest = snapshot.manifest(version, manifest.previous, {**tables, **own})
            self.on_step("warehouse")
            files.write_warehouse(snapshot, staged)
            self.on_step("parquet")
            files.write_parquet(snapshot, staged)
            self.on_step("page")
            shutil.copyfile(page, staged / files.PAGE)
            files.write_pages(staged, manifest)
            self.on_step("verify")
            files.verify(snapshot, staged, manifest.tables)
            self.on_step("seal")
            manifest = manifest.with_files(files.seal(staged, self.file_mode))
            self.on_step("manifest")
            path = staged / files.MANIFEST
            path.write_text(manifest.to_json())
            path.chmod(self.file_mode)
            for folder in (staged / "parquet", staged):
                folder.chmod(self.folder_mode)
            for durable in (path, staged / "parquet", staged):
                files.sync(durable)
            self.on_step("rename")
            files.remove(self.store / version)  # a damaged one of the same run
            staged.rename(self.store / version)
            files.sync(self.store)
        except TargetError:
            files.remove(staged)
            raise
        except OSError as error:
            files.remove(staged)
            raise TargetError(f"version {version} could not be written: {error.strerror}") from None
        except duckdb.Error as error:  # its message may quote a row
            files.remove(staged)
            full = os.strerror(errno.ENOSPC)
            reason = full if full in str(error) else type(error).__name__
            raise TargetError(f"version {version} could not be written: {reason}") from None
        return manifest

    def _history(self, schema: str, live: Manifest | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows of `publications` and `quality_results` that the live version knows; results of kept versions alone."""
        if live is None:
            return [], []
        versions = self.versions()
        # What was published and taken back is not known to the older version that is live again.
        taken_back = {event["from_run_id"] for event in self.events()}
        back = [manifest for manifest in versions if manifest.run_id in taken_back]

        def rows(manifest: Manifest, table: PublishedTable) -> list[dict[str, Any]]:
            return files.read_rows(self.store / manifest.version / files.WAREHOUSE, schema, table.name)

        publications = merged("run_id", rows(live, PUBLICATIONS), [publication_row(manifest) for manifest in back])
        theirs = [row for one in back for row in rows(one, QUALITY_RESULTS) if row["run_id"] == one.run_id]
        results = merged("run_id", rows(live, QUALITY_RESULTS), theirs)
        kept = {manifest.run_id for manifest in versions[: self.keep]}
        return publications, [row for row in results if row["run_id"] in kept]

    def _swap(self, version: str) -> None:
        pointer = self.root / ".current.new"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(f"versions/{version}")
        pointer.replace(self.current)
        files.sync(self.root)

    def _collect(self, live: str, previous: str | None) -> None:
        """Delete versions beyond `keep`, never the live one or the one before it."""
        for old in surplus(self.versions(), self.keep, {live, previous}):
            # Out of the list in one step; a death in the middle of deleting leaves debris, not half a version.
            (self.store / old.version).rename(self.staging / f"{old.version}.old")
        self._sweep()

    def _sweep(self) -> None:
        for debris in self.staging.iterdir():
            files.remove(debris) if debris.is_dir() else debris.unlink(missing_ok=True)

    def _is_whole(self, version: str) -> bool:
        try:
            files.verify_files(self.store / version, self._manifest(version).files)
        except (TargetError, ValueError):
            return False
        return True

    def _manifest(self, version: str) -> Manifest:
        known = [path.name for path in self.store.glob("*")]
        if version not in known:
            raise TargetError(f"no version {version!r}; known: {', '.join(sorted(known)) or 'none'}")
        return Manifest.from_json((self.store / version / files.MANIFEST).read_text())

    def _note(self, event: dict[str, Any]) -> None:
        """The journal is replaced whole: a full disk leaves the one before, never half a line that no publisher can read."""
        journal, staged = self.root / "events.jsonl", self.staging / "events.jsonl"
        staged.write_text("".join(json.dumps(one, sort_keys=True) + "\n" for one in [*self.events(), event]))
        files.sync(staged)
        staged.replace(journal)
        files.sync(self.root)

    def _publication(self, manifest: Manifest, *, is_new: bool) -> Publication:
        location = str(self.current / files.WAREHOUSE)
        return Publication(manifest.version, manifest.run_id, manifest, is_new, location)

    def _make_folders(self) -> None:
        for folder in (self.root, self.staging, self.store):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.root, self.store):
            if folder.stat().st_mode & 0o777 != self.folder_mode:
                folder.chmod(self.folder_mode)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the publisher's lock, and clear away what a dead publisher left."""
        self._make_folders()
        with (self.root / ".publish.lock").open("w") as lock:
            deadline = time.monotonic() + self.wait_seconds
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise TargetBusyError(f"another publisher holds {self.root}") from None
                    time.sleep(0.05)
            self._sweep()
            yield
