"""One table during one sweep: pages in, counted and decoded; parts of the landing out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.contract import Record, RowsBroken, SnapshotShrunk, Table, TableReport
from ingestion.decoding import UNREADABLE, Decoder
from ingestion.landing import parts as landing
from ingestion.landing import quarantine
from ingestion.landing.manifests import Manifest
from ingestion.landing.merge import listing, union
from ingestion.landing.quarantine import BrokenRow
from ingestion.privacy.redaction import Redaction
from ingestion.privacy.tombstones import Rows, Tombstones, safe_record
from ingestion.run_context import Run

BROKEN_ROWS_ALLOWED = 10
BROKEN_SHARE_ALLOWED = 0.001
FLOOR_SHARE = 0.9
SHORTER_SETTING = "CX_ACCEPT_SHORTER"
# Losing a row or two of a short listing is everyday life.
FLOOR_ROWS = 3


class Intake:
    """Counts hold: received = kept + duplicate + quarantined + foreign, once everything is flushed."""

    def __init__(self, run: Run, table: Table, now: datetime, until: datetime) -> None:
        """`until` ends the settled part of a feed."""
        self.table = table
        self.received = self.kept = self.duplicate = self.foreign = 0
        self.broken: list[BrokenRow] = []
        self.buffered = 0
        self.requests = 0
        self.retries: Mapping[str, int] = {}
        self._run = run
        self._now = now
        self._until = until
        self._decoder = Decoder(table)
        self._redaction = Redaction(table.redact)
        self._batches: list[pa.Table] = []
        self._keys: set[str] = set()
        self._parts = landing.parts(run.root, run.source.name, table.name)
        self._stones = Tombstones.load(run.root)
        self._erased = Rows(self._stones, run.source, table)
        self._known_keys = {key for manifest in self._parts.values() for key in manifest.record_keys}

    @property
    def quarantined(self) -> int:
        return len({(row.file, row.line) for row in self.broken})

    @property
    def drift(self) -> tuple[str, ...]:
        """Top-level keys that no landed part has met; on a first run there is nothing to compare with."""
        return tuple(sorted(self._keys - self._known_keys)) if self._known_keys else ()

    def take(self, records: Sequence[Record], page: int) -> None:
        """Decode a page and hold it until the next flush."""
        if not records:
            return
        self.received += len(records)
        decoded = self._decoder.decode(records)
        self._keys |= decoded.keys
        for row, column, reason in decoded.rejected:
            record = self._safe(records[row].raw)
            self.broken.append(BrokenRow(f"page {page}", row + 1, column, reason, record))
        money = sorted({broken.column_name for broken in self.broken if self._is_money(broken.column_name)})
        allowed = max(BROKEN_ROWS_ALLOWED, self.received * BROKEN_SHARE_ALLOWED)
        if money or self.quarantined > allowed:
            what = f"an amount in `{money[0]}`" if money else f"{self.quarantined} of {self.received} rows"
            reason = self.broken[-1].reason
            self.hold_back()
            raise RowsBroken(f"{self._name}: {what} broke the envelope ({reason}); nothing of this page was landed")
        rows = self._with_technical(decoded.envelope, decoded.raws, [row + 1 for row in decoded.rows], page)
        rows, erased, _ = self._erased.filtered(rows)
        self.foreign += erased
        if erased:
            self._stones.save()
        if self.table.kind == "feed":
            is_settled = pc.less(rows["_version"], _micros(self._until))
            self.foreign += rows.num_rows - (pc.sum(is_settled).as_py() or 0)
            rows = rows.filter(is_settled)
        if rows.num_rows:
            self._batches.append(rows)
            self.buffered += rows.num_rows

    def flush(self) -> None:
        """Bring what is held into its monthly parts. Feeds and ledgers can be flushed at any page."""
        fresh, self._batches, self.buffered = self._held(), [], 0
        if not fresh.num_rows:
            return
        for part in sorted(pc.unique(fresh["_part"]).to_pylist()):
            folder = self._folder(part)
            rows = fresh.filter(pc.equal(fresh["_part"], part))
            found = union(landing.read_part(folder, self.table), rows, self.table)
            self.kept += found.kept
            self.duplicate += rows.num_rows - found.kept
            if found.is_changed:
                self._write(part, found.rows, rows.num_rows, found.kept)

    def listed(self) -> pa.Table:
        """The full listing that is held, each key once. Refused when it is unexpectedly short."""
        rows = listing(self._held(), self.table)
        before = [manifest.rows for part, manifest in sorted(self._parts.items()) if part.startswith("snapshot=")]
        check_floor(
            self._name,
            rows.num_rows,
            before[-1] if before else 0,
            force=self._run.connection.accepts_shorter(self._name),
        )
        return rows

    def commit_listing(self, rows: pa.Table) -> None:
        """Put a full listing in place. A day that is listed again with the same content stays as it is."""
        received = sum(batch.num_rows for batch in self._batches)
        self._batches, self.buffered = [], 0
        self.kept += rows.num_rows
        self.duplicate += received - rows.num_rows
        part = f"snapshot={self._now:%Y-%m-%d}"
        landed = self._parts.get(part)
        if landed is None or landed.content != landing.content_hash(rows, self.table):
            self._write(part, rows, received, rows.num_rows)
        for pruned in landing.prune_snapshots(self._run.root, self._run.source.name, self.table):
            del self._parts[pruned]

    def hold_back(self) -> None:
        """Write what was rejected to quarantine; what an earlier sweep, or this one before it died, held back stays there."""
        if not self.broken:
            return
        place = (self._run.root, self._run.source.name, self.table.name, self._sweep)
        quarantine.write(*place, sorted({*quarantine.read(*place), *self.broken}))

    def forget_earlier(self) -> None:
        """Everything was read anew: what earlier sweeps held back was read again, or is gone."""
        place = (self._run.root, self._run.source.name, self.table.name)
        for path in sorted(quarantine.folder(*place).glob("sweep=*.parquet")):
            if path.stem != self._sweep:
                quarantine.write(*place, path.stem, [])

    @property
    def _sweep(self) -> str:
        return f"sweep={self._now:%Y-%m-%dT%H%M%S}"

    def report(self, *, is_first: bool) -> TableReport:
        """What was done, and what is landed now: of listings the newest day's rows.

        Requests are told with the first table of a stream, so that the sum over tables is right.
        """
        newest = max(self._parts, default="")
        is_listing = self.table.kind == "snapshot" and newest
        counted = [self._parts[newest]] if is_listing else list(self._parts.values())
        return TableReport(
            self._run.source.name,
            self.table.name,
            "extracted",
            rows=sum(manifest.rows for manifest in counted),
            parts=len(self._parts),
            watermark=self._until,
            received=self.received,
            kept=self.kept,
            duplicate=self.duplicate,
            quarantined=self.quarantined,
            foreign=self.foreign,
            drift=self.drift,
            requests=self.requests if is_first else 0,
            retries=dict(self.retries) if is_first else {},
        )

    @property
    def _name(self) -> str:
        return f"{self._run.source.name}.{self.table.name}"

    def _folder(self, part: str) -> Path:
        return landing.table_folder(self._run.root, self._run.source.name, self.table.name) / part

    def _held(self) -> pa.Table:
        return pa.concat_tables(self._batches) if self._batches else self.table.landed_schema.empty_table()

    def _is_money(self, column: str) -> bool:
        """Whether a rejected field of the record fills a column of money."""
        money = (
            known
            for known in self.table.columns
            if known.name.endswith(("_minor", "_decimal")) or known.form == "decimal"
        )
        return any(column in (known.name, *known.paths) for known in money)

    def _safe(self, raw: bytes) -> str:
        try:
            record = self._redaction.apply(raw, set()).decode(errors="replace")
            return safe_record(self._stones, self._run.source, record)
        except UNREADABLE:
            return ""

    def _with_technical(self, envelope: pa.Table, raws: list[bytes], rows: list[int], page: int) -> pa.Table:
        run, table, count = self._run, self.table, envelope.num_rows
        version = (
            envelope[table.version]
            if table.version
            else _constant(self._now.replace(tzinfo=None), pa.timestamp("us"), count)
        )
        values: Mapping[str, pa.Array | pa.ChunkedArray] = {
            "_raw": pa.array(raws, pa.binary()).cast(pa.string()),
            "_extracted_at": _constant(self._now.replace(tzinfo=None), pa.timestamp("us"), count),
            "_run_id": _constant(run.run_id, pa.string(), count),
            "_page": _constant(page, pa.int32(), count),
            "_row": pa.array(rows, pa.int32()),
            "_api_version": _constant(run.source.api_version, pa.string(), count),
            "_deleted": self._tombstones(envelope),
            "_version": version.cast(pa.int64()),
            "_origin": _constant(run.origin, pa.string(), count),
            "_part": self._part_of(envelope, count),
        }
        return pa.table([*envelope.columns, *values.values()], schema=table.landed_schema)

    def _part_of(self, envelope: pa.Table, count: int) -> pa.Array | pa.ChunkedArray:
        """A feed's row belongs to the calendar month of its feed time, named by its first day."""
        if self.table.kind == "snapshot":
            return _constant(f"snapshot={self._now:%Y-%m-%d}", pa.string(), count)
        months = pc.strftime(
            pc.cast(envelope[self.table.window or self.table.version], pa.timestamp("s"), safe=False), "%Y-%m"
        )
        return pc.binary_join_element_wise("window=", months, "-01", "")

    def _tombstones(self, envelope: pa.Table) -> pa.Array | pa.ChunkedArray:
        if self.table.deleted is None:
            return _constant(False, pa.bool_(), envelope.num_rows)
        column, value = self.table.deleted
        if value is ...:
            return pc.is_valid(envelope[column])
        return pc.fill_null(pc.equal(envelope[column], value), False)

    def _write(self, part: str, rows: pa.Table, received: int, kept: int) -> None:
        """A rejected row of a feed has no month, so that it is counted in the report alone; a listing's is counted here."""
        run = self._run
        quarantined = self.quarantined if self.table.kind == "snapshot" else 0
        landed = self._parts.get(part)
        manifest = Manifest(
            source=run.source.name,
            table=self.table.name,
            part=part,
            kind=self.table.kind,
            run_id=run.run_id,
            extracted_at=self._now.isoformat(),
            api_version=run.source.api_version,
            origin=run.origin,
            record_keys=tuple(sorted(self._keys | set(landed.record_keys if landed else ()))),
            drift=self.drift,
            watermark=self._until.isoformat(),
            received=received + quarantined,
            kept=kept,
            duplicate=received - kept,
            quarantined=quarantined,
            requests=self.requests,
            retries=dict(self.retries),
        )
        self._parts[part] = landing.write_part(self._folder(part), rows, self.table, manifest)


def check_floor(name: str, rows: int, before: int, *, force: bool) -> None:
    """Refuse a listing with less than 90 % of the rows of the last one (and at least three fewer, or none at all)."""
    is_short = rows < FLOOR_SHARE * before and (before - rows >= FLOOR_ROWS or rows == 0)
    if is_short and not force:
        raise SnapshotShrunk(
            f"{name}: the full extract has {rows} rows, the last one had {before}; the longer one stays. "
            f"If the loss is real, run once with {SHORTER_SETTING}={name}"
        )


def _constant(value: object, kind: pa.DataType, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), count)


def _micros(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000
