"""One dropped file under its contract: its rows as values, and what is wrong with them. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec
import pandas as pd

from ingestion.columns import Column
from ingestion.contract import FileRejected, Source, Table
from ingestion.drop_folder import mappings, row_checks
from ingestion.drop_folder.headers import found_instead
from ingestion.drop_folder.mappings import FileMapping
from ingestion.drop_folder.readers import DroppedFile, Row, listing, read
from ingestion.drop_folder.remedies import remedy
from ingestion.drop_folder.row_checks import Fault
from ingestion.landing.quarantine import BrokenRow
from ingestion.left_out import reasons

# Before a night begins a file is read as far as its first usable row is to be expected.
ROWS_TRIED = 500
LARGEST_TRIED = 20_000_000  # bytes; to open a larger file takes longer than anybody wants to wait


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file's rows as values, and what is wrong with them. `whole`: the rows that could be split into columns."""

    file: DroppedFile
    header: list[str]
    rows: list[Row]
    whole: list[Row]
    frame: pd.DataFrame
    faults: list[Fault]

    @property
    def good(self) -> pd.DataFrame:
        return self.frame.drop(index=list({fault.row for fault in self.faults}))

    @property
    def broken(self) -> list[BrokenRow]:
        """Where and why, without the record."""
        name = self.file.name
        torn = [BrokenRow(name, row.line, "", f"the row {row.fault}", "") for row in self.rows if row.fault]
        return [
            *torn,
            *(BrokenRow(name, self.whole[row].line, column, reason, "") for row, column, reason in self.faults),
        ]


def columns_of(table: Table) -> list[Column]:
    """The columns that a file may have."""
    return [column for column in table.columns if column.paths]


def parse(table: Table, file: DroppedFile, mapping: FileMapping, timezone: str, most_rows: int | None = None) -> Parsed:
    """The file's rows, or the first `most_rows` of them. Raises FileRejected where no row can be read."""
    columns = columns_of(table)
    names = [column.name for column in columns]
    header, lines = read(file, names, mapping)
    missing = [column.name for column in columns if column.is_required and column.name not in header]
    if missing:
        instead = found_instead(file, header, lines, missing, names)
        raise FileRejected(
            f"{file.name}: required column {', '.join(missing)} is missing; the file is not used{instead}"
        )
    rows = list(islice(lines, most_rows))
    whole = [row for row in rows if not row.fault]
    cells = pd.DataFrame([row.cells for row in whole], columns=header, dtype=object)
    values, faults = row_checks.parse(table, cells, timezone, mapping, list(_odd(columns, header, whole)))
    values["file_name"], values["line_number"] = file.name, [row.line for row in whole]
    values["_raw"] = [_record(table, header, row.cells) for row in whole]
    return Parsed(file, header, rows, whole, values, faults)


def used(parsed: Parsed) -> Parsed:
    """A file of which no row can be used is wrong as a whole, and told so at once. Raises FileRejected."""
    count = len(parsed.rows)
    if count and parsed.good.empty:
        broken = parsed.broken
        rows = "its only row is" if count == 1 else f"every one of its {count:,} rows is"
        advice = remedy(broken)
        told = "; ".join(reasons(broken))
        raise FileRejected(
            f"{parsed.file.name}: {rows} refused, the file is not used: {told}"
            + (f". {advice[:1].upper()}{advice[1:]}" if advice else "")
        )
    return parsed


def rejected(folder: Path, source: Source, timezone: str) -> Iterator[str]:
    """Why files of the folder can't be used at all, each in a sentence. Large files are left to the extraction."""
    try:
        declared = mappings.load(folder, source.tables)
    except FileRejected as error:
        yield str(error)
        return
    files, _ = listing(folder, [table.name for table in source.tables], LARGEST_TRIED)
    for table in source.tables:
        for file in files[table.name]:
            mapping = declared.of(table, file.name)
            try:
                if parse(table, file, mapping, timezone, ROWS_TRIED).good.empty:
                    used(parse(table, file, mapping, timezone))
            except FileRejected as error:
                yield str(error)


def _odd(columns: list[Column], header: list[str], rows: list[Row]) -> Iterator[Fault]:
    """Typed cells that the column cannot hold."""
    by_name = {column.name: column for column in columns}
    for index, row in enumerate(rows):
        for place, mark in row.marks.items():
            column = by_name.get(header[place])
            if column is None:
                continue
            is_fit = {
                "refused": False,
                "dated": column.form in {"date", "instant"} or column.pii == "free_text",
                "logical": column.form == "boolean" or column.pii == "free_text",
                "dressed": column.form != "text" or column.pii == "free_text",
            }[mark.oddity]
            if not is_fit:
                yield Fault(index, column.name, mark.reason)


def _record(table: Table, header: list[str], cells: list[str | None]) -> str:
    """The row as JSON, without the columns that the contract keeps out."""
    record = dict(zip(header, cells, strict=True))
    if table.known_only:
        record = {column.name: record[column.name] for column in columns_of(table) if column.name in record}
    return msgspec.json.encode(record).decode()
