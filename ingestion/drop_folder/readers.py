"""Dropped files as rows of text: CSV, XLSX and Parquet look the same from here on."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from ingestion.contract import FileRejected

SUFFIXES = (".csv", ".parquet", ".xlsx")
LONGEST_FIELD = 1_000_000


class Row(NamedTuple):
    """`fault` says why the row cannot be split into columns; the cells are then as far as they go."""

    line: int
    cells: list[str | None]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One file. `digest` is of its name and content."""

    path: Path
    modified_us: int
    content: bytes

    @property
    def name(self) -> str:
        return self.path.name

    def digest(self, *more: str) -> str:
        return hashlib.sha256("\0".join([self.name, *more, ""]).encode() + self.content).hexdigest()[:12]


def listing(folder: Path, contracts: Sequence[str]) -> tuple[dict[str, list[DroppedFile]], list[str]]:
    """Files by contract, the one that wins last; and the names of those that belong to none."""
    found: dict[str, list[DroppedFile]] = {name: [] for name in contracts}
    strangers = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~")) or not path.is_file():
            continue
        stem = path.stem.lower()
        names = [name for name in contracts if stem == name or stem.startswith(f"{name}_")]
        if names:
            file = DroppedFile(path, path.stat().st_mtime_ns // 1000, path.read_bytes())
            found[max(names, key=len)].append(file)
        else:
            strangers.append(path.name)
    for files in found.values():
        files.sort(key=lambda file: (file.modified_us, file.name))
    return found, strangers


def read(file: DroppedFile, known: Sequence[str]) -> tuple[list[str], Iterator[Row]]:
    """Header and rows of text; empty cells are None, empty rows are left out."""
    match file.path.suffix.lower():
        case ".csv":
            table = _csv(file, known)
        case ".xlsx":
            table = _xlsx(file)
        case _:
            table = _parquet(file)
    rows = (row for row in table if any(value is not None for value in row.cells))
    head = next(rows, None)
    if head is None:
        raise FileRejected(f"{file.name}: the file is empty; the first row must name the columns")
    header = [(name or f"column_{place}").strip().lower() for place, name in enumerate(head.cells, start=1)]
    if doubled := [name for name in header if header.count(name) > 1]:
        # The first row of a file without a header is a row: only names of the contract are told.
        told = next((name for name in doubled if name in known), f"no. {header.index(doubled[0]) + 1}")
        raise FileRejected(f"{file.name}: column {told} is there twice; the first row must name the columns")
    return header, (_fitted(row, len(header)) for row in rows)


def _fitted(row: Row, width: int) -> Row:
    cells = row.cells
    while len(cells) > width and cells[-1] is None:
        cells = cells[:-1]
    if row.fault or len(cells) == width:
        return Row(row.line, cells, row.fault)
    fault = "has more fields than the header" if len(cells) > width else "has fewer fields than the header"
    return Row(row.line, cells, fault)


def _csv(file: DroppedFile, known: Sequence[str]) -> Iterator[Row]:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.content.count(b"\n", 0, error.start) + 1
        raise FileRejected(f"{file.name}: line {line} is not UTF-8; save the file as CSV UTF-8") from None
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield Row(line, [value.strip() or None for value in next(reader)])
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise FileRejected(f"{file.name}: a quote that is opened in line {line} is never closed") from None
            yield Row(line, ["?"], "has broken quotes or an overlong field")


def _delimiter(text: str, known: Sequence[str]) -> str:
    """Comma or semicolon, whichever splits the first line into more known columns."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    names = {mark: {name.strip(' "\r').lower() for name in first.split(mark)} & set(known) for mark in (",", ";")}
    return ";" if len(names[";"]) > len(names[","]) else ","


def _xlsx(file: DroppedFile) -> Iterator[Row]:
    try:
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(file.content))
            .get_sheet_by_index(0)
            .to_python(skip_empty_area=False)
        )
    except (CalamineError, OSError, ValueError, IndexError):
        raise FileRejected(f"{file.name}: cannot be opened as a workbook") from None
    return (Row(line, [_text(value) for value in values]) for line, values in enumerate(rows, start=1))


def _parquet(file: DroppedFile) -> Iterator[Row]:
    try:
        table = pq.read_table(pa.BufferReader(file.content))
        names, records = list(table.column_names), table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise FileRejected(f"{file.name}: cannot be opened as Parquet") from None
    yield Row(1, names)
    for line, record in enumerate(records, start=2):
        yield Row(line, [_text(value) for value in record.values()])


def _text(value: object) -> str | None:
    """A typed cell as the text a CSV would hold."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if is_whole else format(Decimal(repr(value)), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime) and value.time() == time() and not value.tzinfo:
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value).strip() or None
