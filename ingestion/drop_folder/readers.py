"""Dropped files as rows of text: CSV, XLSX and Parquet look the same from here on."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contract import FileRejected
from ingestion.drop_folder.cells import Mark, text_of
from ingestion.drop_folder.mappings import DELIMITERS, FILE, FileMapping
from ingestion.drop_folder.texts import seen

# a spreadsheet's hint to itself, and what is left of it when one saves the file again
SEPARATOR = re.compile(r'"?sep=(\\t|.)"?[,;|\t ]*\r?(\n|$)', re.IGNORECASE)
SUFFIXES = (".csv", ".parquet", ".xlsx")
LONGEST_FIELD = 1_000_000


class Row(NamedTuple):
    """`fault` says why the row cannot be split into columns; the cells are then as far as they go.

    marks  what is odd about typed cells, by place
    """

    line: int
    cells: list[str | None]
    fault: str = ""
    marks: Mapping[int, Mark] = MappingProxyType({})


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
    paths, strangers = named(folder, contracts)
    for contract, path in paths:
        found[contract].append(DroppedFile(path, path.stat().st_mtime_ns // 1000, path.read_bytes()))
    for files in found.values():
        files.sort(key=lambda file: (file.modified_us, file.name))
    return found, strangers


def named(folder: Path, contracts: Sequence[str]) -> tuple[list[tuple[str, Path]], list[str]]:
    """What lies in the folder, by name alone: files with their contract, and the names of those that belong to none."""
    found, strangers = [], []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith((".", "~")) or not path.is_file():
            continue
        stem = path.stem.lower()
        names = [name for name in contracts if stem == name or stem.startswith(f"{name}_")]
        if names:
            found.append((max(names, key=len), path))
        else:
            strangers.append(path.name)
    return found, strangers


def read(file: DroppedFile, known: Sequence[str], mapping: FileMapping) -> tuple[list[str], Iterator[Row]]:
    """Header (in the contract's names) and rows of text; empty cells are None, empty rows are left out."""
    match file.path.suffix.lower():
        case ".csv":
            table = _csv(file, known, mapping)
        case ".xlsx":
            table = _xlsx(file, mapping)
        case _:
            table = _parquet(file, mapping)
    rows = (row for row in table if row.marks or any(value is not None for value in row.cells))
    head = next((row for row in rows if row.line >= mapping.header), None)
    if head is None:
        raise FileRejected(f"{file.name}: the file is empty; the first row must name the columns")
    told = [seen(name or "").lower() or f"column_{place}" for place, name in enumerate(head.cells, start=1)]
    header = mapping.renamed(told)
    if lacking := sorted(set(mapping.columns.values()) - set(header)):
        raise FileRejected(f"{file.name}: the header lacks what {FILE} calls {', '.join(lacking)}")
    if doubled := [name for name in header if header.count(name) > 1]:
        # The first row of a file without a header is a row: only names of the contract are told.
        name = next((name for name in doubled if name in known), f"no. {header.index(doubled[0]) + 1}")
        raise FileRejected(f"{file.name}: column {name} is there twice; the first row must name the columns")
    return header, (_fitted(row, len(header)) for row in rows)


def _fitted(row: Row, width: int) -> Row:
    cells = row.cells
    while len(cells) > width and cells[-1] is None:
        cells = cells[:-1]
    if row.fault or len(cells) == width:
        return row._replace(cells=cells)
    fault = "has more fields than the header" if len(cells) > width else "has fewer fields than the header"
    return row._replace(cells=cells, fault=fault)


def _csv(file: DroppedFile, known: Sequence[str], mapping: FileMapping) -> Iterator[Row]:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.content.count(b"\n", 0, error.start) + 1
        raise FileRejected(f"{file.name}: line {line} is not UTF-8; save the file as CSV UTF-8") from None
    csv.field_size_limit(LONGEST_FIELD)
    delimiter = DELIMITERS[mapping.delimiter] if mapping.delimiter else ""
    if hint := SEPARATOR.match(text):
        delimiter, text = delimiter or hint[1].replace(r"\t", "\t"), "\n" + text[hint.end() :]
    delimiter = delimiter or _delimiter(text, known, mapping)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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


def _delimiter(text: str, known: Sequence[str], mapping: FileMapping) -> str:
    """Comma or semicolon, whichever splits the header into more known columns."""
    lines = text.split("\n")[mapping.header - 1 :]
    first = next((line for line in lines if line.strip()), "")
    names = {
        mark: {*mapping.renamed([seen(name.strip(' "\r')).lower() for name in first.split(mark)])} & set(known)
        for mark in (",", ";")
    }
    return ";" if len(names[";"]) > len(names[","]) else ","


def _xlsx(file: DroppedFile, mapping: FileMapping) -> Iterator[Row]:
    from ingestion.drop_folder.workbooks import workbook_rows  # noqa: PLC0415 - loaded where a workbook is dropped

    for line, cells in workbook_rows(file.name, file.content, mapping):
        marks = {place: mark for place, (_, mark) in enumerate(cells) if mark}
        yield Row(line, [text for text, _ in cells], marks=marks)


def _parquet(file: DroppedFile, mapping: FileMapping) -> Iterator[Row]:
    try:
        table = pq.read_table(pa.BufferReader(file.content))
        names, records = list(table.column_names), table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise FileRejected(f"{file.name}: cannot be opened as Parquet") from None
    yield Row(1, names)
    for line, record in enumerate(records, start=2):
        cells = [text_of(value, mapping.decimal) for value in record.values()]
        yield Row(
            line, [text for text, _ in cells], marks={place: mark for place, (_, mark) in enumerate(cells) if mark}
        )
