"""Rows that broke their contract: where, why, and the record without what is redacted. The reason quotes nothing of it.

`<home>/quarantine/<source>/<table>/<part>.parquet`, and all of a table as `<table>.csv` for a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.landing import atomic_files

SCHEMA = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("line", pa.int64()),
        pa.field("column_name", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("record", pa.string()),
    ]
)
# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BrokenRow(NamedTuple):
    """`file` is the dropped file, or the page of a vendor; `line` the line there, from 1."""

    file: str
    line: int
    column_name: str
    reason: str
    record: str


def folder(root: Path, source: str, table: str) -> Path:
    """Beside the landing, never inside it."""
    return root.parent / "quarantine" / source / table


def read(root: Path, source: str, table: str, part: str) -> list[BrokenRow]:
    """What is held back of a part."""
    path = folder(root, source, table) / f"{part}.parquet"
    return [BrokenRow(**row) for row in pq.read_table(path, partitioning=None).to_pylist()] if path.exists() else []


def write(root: Path, source: str, table: str, part: str, rows: list[BrokenRow]) -> None:
    """The broken rows of a part; none: what an earlier run held back there is gone."""
    path = folder(root, source, table) / f"{part}.parquet"
    if not rows:
        if path.exists():
            atomic_files.remove(path)
        write_csv(root, source, table)
        return
    sink = pa.BufferOutputStream()
    columns = [list(values) for values in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, schema=SCHEMA), sink, compression="zstd")
    content = memoryview(sink.getvalue())
    if not path.exists() or path.read_bytes() != content:
        atomic_files.write(path, content)
    write_csv(root, source, table)


def write_csv(root: Path, source: str, table: str) -> None:
    """All that is held back of a table as one CSV that a spreadsheet opens; none: the file goes."""
    held = folder(root, source, table)
    rows = [row for path in sorted(held.glob("*.parquet")) for row in read(root, source, table, path.stem)]
    path = held.with_suffix(".csv")
    if not rows:
        if path.exists():
            atomic_files.remove(path)
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["file", "line", "column", "reason", "row"])
    writer.writerows(
        [_plain(row.file), row.line, _plain(row.column_name), _plain(row.reason), _plain(row.record)]
        for row in sorted(rows)
    )
    content = text.getvalue().encode("utf-8-sig", "replace")
    if not path.exists() or path.read_bytes() != content:
        atomic_files.write(path, content)


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
