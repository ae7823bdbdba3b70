"""Rows that broke their contract: where, why, and the record without what is redacted. The reason quotes nothing of it."""

from __future__ import annotations

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
        return
    sink = pa.BufferOutputStream()
    columns = [list(values) for values in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, schema=SCHEMA), sink, compression="zstd")
    content = memoryview(sink.getvalue())
    if not path.exists() or path.read_bytes() != content:
        atomic_files.write(path, content)
