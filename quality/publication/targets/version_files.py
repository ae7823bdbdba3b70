"""Writes one version into a folder, re-opens what it wrote, and makes it durable. Nothing here is visible to a reader."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from quality.connections import identifier, open_read_only, quoted
from quality.publication.build_snapshot import facts
from quality.publication.manifest import FileFacts
from quality.publication.targets.target import TargetError
from quality.report.figures import Run
from quality.report.page import write_report
from quality.report.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from quality.publication.build_snapshot import BuildSnapshot
    from quality.publication.manifest import Manifest, TableFacts

STORAGE = "v1.0.0"  # what every client since 1.0 can open; the default of 2.0 is opened by no 1.x client
WAREHOUSE = "warehouse.duckdb"
MANIFEST = "manifest.json"
PAGE = "quality.html"
REPORT = "report.html"
WORKBOOK = "workbook.xlsx"


def write_warehouse(snapshot: BuildSnapshot, folder: Path) -> None:
    """All tables of the snapshot into one DuckDB file, with their comments."""
    connection, schema = snapshot.connection, identifier(snapshot.release.schema)
    connection.execute(f"attach {quoted(folder / WAREHOUSE)} as published (storage_version {quoted(STORAGE)})")
    try:
        connection.execute(f"create schema published.{schema}")
        for table in snapshot.tables:
            name = f"published.{schema}.{identifier(table.name)}"
            connection.execute(f"create table {name} as {snapshot.select(table)}")
            connection.execute(f"comment on table {name} is {quoted(table.description)}")
            known = snapshot.columns(table.name)
            for column, text in table.columns.items():
                if column in known:
                    connection.execute(f"comment on column {name}.{identifier(column)} is {quoted(text)}")
        connection.execute("checkpoint published")
    finally:
        connection.execute("detach published")


def write_parquet(snapshot: BuildSnapshot, folder: Path) -> None:
    """Each table as one Parquet file, its rows as the warehouse just written holds them: sorted once, in the order of the key."""
    (folder / "parquet").mkdir()
    connection, schema = snapshot.connection, identifier(snapshot.release.schema)
    connection.execute(f"attach {quoted(folder / WAREHOUSE)} as published (read_only)")
    try:
        for table in snapshot.tables:
            path = quoted(folder / "parquet" / f"{table.name}.parquet")
            rows = f"from published.{schema}.{identifier(table.name)}"
            connection.execute(f"copy ({rows}) to {path} (format parquet, compression zstd)")
    finally:
        connection.execute("detach published")


def write_pages(folder: Path, manifest: Manifest) -> None:
    """The report and the workbook, from the written file alone.

    A page that can't be made never keeps the figures from being published: the report says so itself, the workbook is not there.
    """
    run = Run(manifest.run_id, manifest.as_of, manifest.policy_version, manifest.is_demo)
    with _courtesy(folder / WORKBOOK):
        write_workbook(folder / WAREHOUSE, folder / WORKBOOK, run)
    with _courtesy(
        folder / REPORT,
        "<!doctype html><title>Report</title><p>The report could not be made ({}).<p>The tables are complete.",
    ):
        write_report(folder / WAREHOUSE, folder / REPORT, run)


@contextlib.contextmanager
def _courtesy(path: Path, instead: str = "") -> Iterator[None]:
    """What goes wrong inside leaves `instead` at the path, or nothing; a full disk still ends the publication."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the tables are whole; the error's text may quote a row, its class does not
        path.unlink(missing_ok=True)
        if instead:
            path.write_text(instead.format(type(error).__name__), encoding="utf-8")


def verify(snapshot: BuildSnapshot, folder: Path, expected: Mapping[str, TableFacts]) -> None:
    """Open both formats as a reader would and compare every table's rows, columns and content with the build's."""
    if (folder / f"{WAREHOUSE}.wal").exists():
        raise TargetError("the written warehouse still has a write-ahead log")
    options = {"memory": snapshot.release.memory_limit, "allowed": str(folder.absolute())}
    with contextlib.closing(open_read_only(folder / WAREHOUSE, **options)) as connection:
        for name, wanted in expected.items():
            parquet = quoted((folder / "parquet" / f"{name}.parquet").absolute())
            written = {
                "DuckDB": f"{identifier(snapshot.release.schema)}.{identifier(name)}",
                "Parquet": f"(from read_parquet({parquet}))",
            }
            for form, relation in written.items():
                found = facts(connection, relation)
                if (found.rows, found.content_hash) != (wanted.rows, wanted.content_hash):
                    retyped = [c for c, kind in wanted.columns.items() if found.columns.get(c) != kind]
                    hint = f"; columns that changed type: {', '.join(retyped)}" if retyped else ""
                    raise TargetError(f"{name} reads back differently from {form}{hint}")


def verify_files(folder: Path, files: Mapping[str, FileFacts]) -> None:
    """Compare the bytes of a version with its manifest. Raises TargetError naming the file."""
    for name, wanted in files.items():
        path = folder / name
        if not path.exists() or file_facts(path) != wanted:
            raise TargetError(f"{name} of version {folder.name} is damaged")


def seal(folder: Path, mode: int) -> dict[str, FileFacts]:
    """Make every file read-only, with `mode`, and durable; returns size and checksum by path within the folder."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        path.chmod(mode)
        found[path.relative_to(folder).as_posix()] = file_facts(path)
        sync(path)
    return found


def file_facts(path: Path) -> FileFacts:
    with path.open("rb") as stream:
        return FileFacts(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def sync(path: Path) -> None:
    """Fsync a file or a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Delete a folder whatever is left of it."""
    shutil.rmtree(folder, ignore_errors=True)


def read_rows(warehouse: Path, schema: str, table: str) -> list[dict[str, object]]:
    """All rows of a small table of an earlier version; none where that version has no such table."""
    try:
        with contextlib.closing(open_read_only(warehouse)) as connection:
            found = connection.execute(f"from {identifier(schema)}.{identifier(table)}")
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error:
        return []
