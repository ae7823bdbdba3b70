"""The drop folder into the landing: one part per file, good rows used, broken ones in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa

from ingestion import durable, landing, quarantine, row_checks
from ingestion.columns import Column
from ingestion.contract import (
    Clock,
    Connection,
    FileRejected,
    IngestionError,
    SettingRefused,
    Source,
    Table,
    TableReport,
)
from ingestion.dropped_files import DroppedFile, listing, read
from ingestion.intake import check_floor
from ingestion.landing import TableState
from ingestion.manifests import Manifest
from ingestion.quarantine import BrokenRow

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One file read: `rows` is None when the landed part is of this very file already."""

    file: DroppedFile
    manifest: Manifest
    rows: pa.Table | None
    broken: list[BrokenRow]


def land(
    source: Source,
    connection: Connection,
    root: Path,
    clock: Clock,
    run_id: str,
    tables: list[Table],
    progress: Progress,
) -> Iterator[TableReport]:
    """Each table in turn. A rejected file leaves what was landed of its name, and is raised when all tables are done."""
    folder = Path(connection.base_url)
    if not folder.is_dir():
        raise SettingRefused(f"{source.base_url_setting} does not name a folder")
    files, strangers = listing(folder, [table.name for table in source.tables])
    failures: list[IngestionError] = []
    for table in tables:
        intake = FolderIntake(root, source, table, connection, clock.now(), run_id)
        try:
            report = intake.land(files[table.name], failures)
        except IngestionError as error:
            failures.append(error)
            continue
        progress(f"{source.name}.{table.name}", report.received)
        if strangers:
            note = f"no contract for {', '.join(strangers)}"
            report = _with_reason(report, f"{report.reason}; {note}" if report.reason else note)
        yield report
    if failures:
        for other in failures[1:]:
            failures[0].add_note(f"also failed: {other}")
        raise failures[0]


def _with_reason(report: TableReport, reason: str) -> TableReport:
    from dataclasses import replace  # noqa: PLC0415

    return replace(report, reason=reason)


class FolderIntake:
    """All files of one contract in one run."""

    def __init__(
        self, root: Path, source: Source, table: Table, connection: Connection, now: datetime, run_id: str
    ) -> None:
        self._root = root
        self._source = source
        self._table = table
        self._connection = connection
        self._now = now
        self._run_id = run_id
        self._origin = connection.origin or "drop folder"
        self._folder = landing.table_folder(root, source.name, table.name)
        self._parts = landing.parts(root, source.name, table.name)

    def land(self, files: list[DroppedFile], failures: list[IngestionError]) -> TableReport:
        """New parts are put in place before old ones go, so that no row is ever out of sight."""
        readings, rejected = [], set()
        for file in files:
            try:
                readings.append(self._reading(file))
            except FileRejected as error:
                failures.append(error)
                rejected.add(file.name)
        kept_back = {part for part, manifest in self._parts.items() if manifest.file in rejected}
        rows = sum(reading.manifest.rows for reading in readings)
        rows += sum(self._parts[part].rows for part in kept_back)
        before = sum(manifest.rows for manifest in self._parts.values())
        check_floor(f"{self._source.name}.{self._table.name}", rows, before, force=self._connection.force)
        for reading in readings:
            self._put(reading)
        for part in set(self._parts) - kept_back - {reading.manifest.part for reading in readings}:
            landing.remove_part(self._folder / part)
            quarantine.write(self._root, self._source.name, self._table.name, part, [])
        now = self._now.isoformat()
        state = TableState(origin=self._origin, run_id=self._run_id, since=now, watermark=now)
        landing.write_state(self._root, self._source.name, self._table.name, state)
        return self._report([reading.manifest for reading in readings], rows, len(readings) + len(kept_back), bool(files))

    def _put(self, reading: Reading) -> None:
        part = reading.manifest.part
        quarantine.write(self._root, self._source.name, self._table.name, part, reading.broken)
        if reading.rows is None:
            return
        durable.write(self._folder / part / f"original{reading.file.path.suffix.lower()}", reading.file.content)
        landing.write_part(self._folder / part, reading.rows, self._table, reading.manifest)

    def _report(self, manifests: list[Manifest], rows: int, parts: int, has_files: bool) -> TableReport:
        return TableReport(
            self._source.name,
            self._table.name,
            "extracted" if has_files else "off",
            rows=rows,
            parts=parts,
            watermark=self._now,
            received=sum(manifest.received for manifest in manifests),
            kept=sum(manifest.kept for manifest in manifests),
            duplicate=sum(manifest.duplicate for manifest in manifests),
            quarantined=sum(manifest.quarantined for manifest in manifests),
            drift=tuple(sorted({name for manifest in manifests for name in manifest.drift})),
            reason="" if has_files else f"off: no file named {self._table.name}.csv, .xlsx or .parquet",
        )

    def _reading(self, file: DroppedFile) -> Reading:
        part = f"file={file.digest(self._connection.reporting_timezone, landing.schema_hash(self._table))}"
        header, lines = read(file, [column.name for column in self._columns])
        missing = [column.name for column in self._columns if column.is_required and column.name not in header]
        if missing:
            raise FileRejected(f"{file.name}: required column {', '.join(missing)} is missing; the file is not used")
        rows = list(lines)
        whole = [row for row in rows if not row.fault]
        cells = pd.DataFrame([row.values for row in whole], columns=header, dtype=object)
        values, faults = row_checks.parse(self._table, cells, self._connection.reporting_timezone)
        raws = [msgspec.json.encode(dict(zip(header, row.values, strict=True))).decode() for row in whole]
        broken = [
            BrokenRow(file.name, row.line, "", f"the row {row.fault}", msgspec.json.encode(row.values).decode())
            for row in rows
            if row.fault
        ]
        broken += [BrokenRow(file.name, whole[row].line, column, reason, raws[row]) for row, column, reason in faults]
        values["file_name"], values["line_number"] = file.name, [row.line for row in whole]
        values["_raw"] = raws
        good = values.drop(index=list({fault.row for fault in faults}))
        last = good.drop_duplicates(list(self._table.key), keep="last")
        known = {column.name for column in self._columns}
        manifest = Manifest(
            source=self._source.name,
            table=self._table.name,
            part=part,
            kind="file",
            run_id=self._run_id,
            extracted_at=self._now.isoformat(),
            origin=self._origin,
            file=file.name,
            rows=len(last),
            record_keys=tuple(sorted(header)),
            drift=tuple(sorted(set(header) - known)),
            watermark=str(file.modified_us),
            received=len(rows),
            kept=len(last),
            duplicate=len(good) - len(last),
            quarantined=len(rows) - len(good),
        )
        landed = self._parts.get(part)
        is_same = landed is not None and landed.watermark == manifest.watermark
        return Reading(file, manifest, None if is_same else self._arrow(last, file, part), sorted(broken))

    @property
    def _columns(self) -> list[Column]:
        return [column for column in self._table.columns if column.paths]

    def _arrow(self, frame: pd.DataFrame, file: DroppedFile, part: str) -> pa.Table:
        now = self._now.replace(tzinfo=None)
        technical: dict[str, Any] = {
            "_extracted_at": now,
            "_run_id": self._run_id,
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


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
