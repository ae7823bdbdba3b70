"""The drop folder into the landing: one part per file, good rows used, broken ones in quarantine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa

from ingestion.columns import Column
from ingestion.contract import (
    FileRejected,
    IngestionError,
    SettingRefused,
    SnapshotShrunk,
    Table,
    TableReport,
)
from ingestion.drop_folder import doubles, mappings, periods, row_checks
from ingestion.drop_folder.headers import found_instead
from ingestion.drop_folder.mappings import Mappings
from ingestion.drop_folder.readers import DroppedFile, Row, listing, read
from ingestion.drop_folder.remedies import remedy
from ingestion.drop_folder.row_checks import Fault
from ingestion.drop_folder.strangers import ignored, meant_for
from ingestion.landing import atomic_files, ignored_files, quarantine
from ingestion.landing import parts as landing
from ingestion.landing.manifests import Manifest
from ingestion.landing.parts import TableState
from ingestion.landing.quarantine import BrokenRow
from ingestion.left_out import reasons
from ingestion.privacy.tombstones import Rows, Tombstones, safe_record
from ingestion.run_context import Run
from ingestion.table_writer import check_floor

LINES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file's rows as values, and what is wrong with them. `whole`: the rows that could be split into columns."""

    file: DroppedFile
    part: str
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


@dataclass(frozen=True, slots=True)
class Reading:
    """One file read: `rows` is None when the landed part is of this very file already.

    `last` holds key, line and text of the rows that are used, `replaced` the lines of rows that one of them stands for.
    """

    file: DroppedFile
    manifest: Manifest
    rows: pa.Table | None
    broken: list[BrokenRow]
    last: pd.DataFrame
    replaced: list[int]


def dropped(run: Run, tables: list[Table], failures: list[IngestionError]) -> Iterator[TableReport]:
    """Each table in turn. A rejected file leaves what was landed of its name, and is added to `failures`."""
    folder = Path(run.connection.base_url)
    if not folder.is_dir():
        raise SettingRefused(f"{run.source.base_url_setting} does not name a folder")
    declared = mappings.load(folder, run.source.tables)
    contracts = [table.name for table in run.source.tables]
    files, strangers = listing(folder, contracts)
    unread = ignored(folder, contracts)
    ignored_files.write(run.root, run.source.name, unread)
    for table in tables:
        try:
            report = FolderIntake(run, table, declared).land(files[table.name], failures)
        except SnapshotShrunk as error:
            told = [f"{file.name}: {file.reason}" for file in meant_for(table.name, unread, contracts)]
            failures.append(SnapshotShrunk(". ".join([*told, str(error)])))
            continue
        except IngestionError as error:
            failures.append(error)
            continue
        run.progress(f"{run.source.name}.{table.name}", report.received)
        if strangers:
            note = f"no contract for {', '.join(strangers)}"
            report = replace(report, reason=f"{report.reason}; {note}" if report.reason else note)
        yield report


class FolderIntake:
    """All files of one contract in one run."""

    def __init__(self, run: Run, table: Table, declared: Mappings) -> None:
        self._run = run
        self._table = table
        self._declared = declared
        self._now = run.clock.now()
        self._folder = landing.table_folder(run.root, run.source.name, table.name)
        self._parts = landing.parts(run.root, run.source.name, table.name)
        self._tombstones = Tombstones.load(run.root)
        self._erased = Rows(self._tombstones, run.source, table)

    def land(self, files: list[DroppedFile], failures: list[IngestionError]) -> TableReport:
        """New parts are put in place before old ones go, so that no row is ever out of sight."""
        found, rejected = [], set()
        # where rows of one file can contradict another's, a change of any file is one of all
        others = [file.digest() for file in files] if periods.is_exclusive(self._table) else []
        for file in files:
            try:
                found.append(_used(self._parsed(file, others)))
            except FileRejected as error:
                failures.append(error)
                rejected.add(file.name)
        readings = [self._reading(parsed) for parsed in self._agreeing(found)]
        kept_back = {part for part, manifest in self._parts.items() if manifest.file in rejected}
        rows = sum(reading.manifest.rows for reading in readings)
        rows += sum(self._parts[part].rows for part in kept_back)
        before = sum(manifest.rows for part, manifest in self._parts.items() if part in self._complete())
        # Rows that broke their contract are no loss of the listing: the gate weighs them, by name.
        broken = sum(reading.manifest.quarantined for reading in readings)
        name = f"{self._run.source.name}.{self._table.name}"
        check_floor(name, rows + broken, before, force=self._run.connection.accepts_shorter(name))
        for reading in readings:
            self._put(reading)
        for part in set(self._parts) - kept_back - {reading.manifest.part for reading in readings}:
            landing.remove_part(self._folder / part)
            quarantine.write(self._run.root, self._run.source.name, self._table.name, part, [])
        now = self._now.isoformat()
        parts = tuple(sorted({*kept_back, *(reading.manifest.part for reading in readings)}))
        state = TableState(
            origin=self._run.origin,
            run_id=self._run.run_id,
            since=now,
            watermark=now,
            parts=parts,
            replaced=sum(len(reading.replaced) for reading in readings),
            replaced_lines={
                reading.file.name: reading.replaced[:LINES_KEPT] for reading in readings if reading.replaced
            },
            corrected=doubles.corrected([reading.last for reading in readings], list(self._table.key)),
        )
        landing.write_state(self._run.root, self._run.source.name, self._table.name, state)
        return self._report(
            [reading.manifest for reading in readings], rows, len(readings) + len(kept_back), bool(files)
        )

    def _complete(self) -> Collection[str]:
        """Parts of the last run that ended. One that died may have put new parts beside the old ones: the same rows twice."""
        state = landing.read_state(self._run.root, self._run.source.name, self._table.name)
        return self._parts if state is None or state.parts is None else state.parts

    def _put(self, reading: Reading) -> None:
        part = reading.manifest.part
        quarantine.write(self._run.root, self._run.source.name, self._table.name, part, reading.broken)
        if reading.rows is None:
            return
        # the copy would hold who was erased, or what nobody asked for
        if not self._tombstones and not self._table.known_only:
            atomic_files.write(
                self._folder / part / f"original{reading.file.path.suffix.lower()}", reading.file.content
            )
        landing.write_part(self._folder / part, reading.rows, self._table, reading.manifest)

    def _report(self, manifests: list[Manifest], rows: int, parts: int, has_files: bool) -> TableReport:
        return TableReport(
            self._run.source.name,
            self._table.name,
            "extracted" if has_files else "off",
            rows=rows,
            parts=parts,
            watermark=self._now,
            received=sum(manifest.received for manifest in manifests),
            kept=sum(manifest.kept for manifest in manifests),
            duplicate=sum(manifest.duplicate for manifest in manifests),
            quarantined=sum(manifest.quarantined for manifest in manifests),
            foreign=sum(manifest.foreign for manifest in manifests),
            drift=tuple(sorted({name for manifest in manifests for name in manifest.drift})),
            reason="" if has_files else f"off: no file named {self._table.name}.csv, .xlsx or .parquet",
        )

    def _parsed(self, file: DroppedFile, others: list[str]) -> Parsed:
        mapping = self._declared.of(self._table, file.name)
        rules = (landing.schema_hash(self._table), row_checks.RULES, mapping.digest, *others)
        part = f"file={file.digest(self._run.connection.reporting_timezone, *rules)}"
        header, lines = read(file, [column.name for column in self._columns], mapping)
        missing = [column.name for column in self._columns if column.is_required and column.name not in header]
        if missing:
            names = [column.name for column in self._columns]
            instead = found_instead(file, header, lines, missing, names)
            raise FileRejected(
                f"{file.name}: required column {', '.join(missing)} is missing; the file is not used{instead}"
            )
        rows = list(lines)
        whole = [row for row in rows if not row.fault]
        cells = pd.DataFrame([row.cells for row in whole], columns=header, dtype=object)
        odd = list(self._odd(header, whole))
        values, faults = row_checks.parse(self._table, cells, self._run.connection.reporting_timezone, mapping, odd)
        values["file_name"], values["line_number"] = file.name, [row.line for row in whole]
        values["_raw"] = [self._record(header, row.cells) for row in whole]
        return Parsed(file, part, header, rows, whole, values, faults)

    def _odd(self, header: list[str], rows: list[Row]) -> Iterator[Fault]:
        """Typed cells that the column cannot hold."""
        columns = {column.name: column for column in self._columns}
        for index, row in enumerate(rows):
            for place, mark in row.marks.items():
                column = columns.get(header[place])
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

    def _agreeing(self, found: list[Parsed]) -> list[Parsed]:
        """The files without rows that contradict each other."""
        if not periods.is_exclusive(self._table):
            return found
        lines = [{index: row.line for index, row in enumerate(parsed.whole)} for parsed in found]
        faults = periods.overlaps(self._table, [(parsed.file.name, parsed.good) for parsed in found], lines)
        return [replace(parsed, faults=[*parsed.faults, *more]) for parsed, more in zip(found, faults, strict=True)]

    def _reading(self, parsed: Parsed) -> Reading:
        file, part, header, whole = parsed.file, parsed.part, parsed.header, parsed.whole
        raws = list(parsed.frame["_raw"])
        broken = [
            BrokenRow(file.name, row.line, "", f"the row {row.fault}", self._cells(row.cells))
            for row in parsed.rows
            if row.fault
        ]
        broken += [
            BrokenRow(file.name, whole[row].line, column, reason, raws[row]) for row, column, reason in parsed.faults
        ]
        broken = [row._replace(record=safe_record(self._tombstones, self._run.source, row.record)) for row in broken]
        good = parsed.good
        last = good.drop_duplicates(list(self._table.key), keep="last")
        landed = self._parts.get(part)
        is_same = landed is not None and landed.watermark == str(file.modified_us)
        arrow, erased = None, 0
        if self._tombstones or not is_same:
            arrow, erased, _ = self._erased.filtered(self._arrow(last, file, part))
        known = {column.name for column in self._columns}
        manifest = Manifest(
            source=self._run.source.name,
            table=self._table.name,
            part=part,
            kind="file",
            run_id=self._run.run_id,
            extracted_at=self._now.isoformat(),
            origin=self._run.origin,
            file=file.name,
            rows=len(last) - erased,
            record_keys=tuple(sorted(header)),
            drift=tuple(sorted(set(header) - known)),
            watermark=str(file.modified_us),
            received=len(parsed.rows),
            kept=len(last) - erased,
            foreign=erased,
            duplicate=len(good) - len(last),
            quarantined=len(parsed.rows) - len(good),
        )
        key = list(self._table.key)
        return Reading(
            file,
            manifest,
            None if is_same else arrow,
            sorted(broken),
            last[[*key, "_raw"]],
            doubles.replaced(good, last, key),
        )

    def _record(self, header: list[str], cells: list[str | None]) -> str:
        """The row as JSON, without the columns that the contract keeps out."""
        record = dict(zip(header, cells, strict=True))
        if self._table.known_only:
            record = {column.name: record[column.name] for column in self._columns if column.name in record}
        return msgspec.json.encode(record).decode()

    def _cells(self, cells: list[str | None]) -> str:
        """Of a row that cannot be split nobody knows which cell is which."""
        return "[]" if self._table.known_only else msgspec.json.encode(cells).decode()

    @property
    def _columns(self) -> list[Column]:
        return [column for column in self._table.columns if column.paths]

    def _arrow(self, frame: pd.DataFrame, file: DroppedFile, part: str) -> pa.Table:
        now = self._now.replace(tzinfo=None)
        technical: dict[str, Any] = {
            "_extracted_at": now,
            "_run_id": self._run.run_id,
            "_page": 1,
            "_api_version": "",
            "_deleted": False,
            "_version": file.modified_us,
            "_origin": file.name,
            "_part": part,
        }
        columns = []
        for field in self._table.landed_schema:
            if field.name in technical:
                columns.append(pa.repeat(pa.scalar(technical[field.name], field.type), len(frame)))
                continue
            values = frame["line_number" if field.name == "_row" else field.name]
            plain = [None if value is None or value is pd.NaT else _plain(value) for value in values]
            columns.append(pa.array(plain, field.type))
        return pa.table(columns, schema=self._table.landed_schema)


def _used(parsed: Parsed) -> Parsed:
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


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
