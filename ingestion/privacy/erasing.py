"""Takes an erased account or person out of what is landed and held back; the tombstones keep them out from then on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contract import Source, Table
from ingestion.landing import atomic_files, checkpoints, manifests, quarantine
from ingestion.landing import parts as landing
from ingestion.privacy.tombstones import GONE, Rows, Tombstones, safe_record


def identities(root: Path, sources: Iterable[Source], tombstones: Tombstones) -> set[str]:
    """Learn every id and name of the person whose address has a tombstone; returns them, for other stores to be searched."""
    found: set[str] = set()
    for source in sources:
        for table in source.tables:
            contacts = [column.name for column in table.columns if column.pii == "contact" and column.form == "text"]
            keys = [column.name for column in table.columns if column.pii == "pseudonym" and column.name in table.key]
            if not keys and not {"name", "email"} <= set(contacts):
                continue
            for part in landing.parts(root, source.name, table.name):
                rows = landing.read_part(landing.table_folder(root, source.name, table.name) / part, table).to_pylist()
                for row in rows:
                    if not any(row[name] and tombstones.has("person", row[name]) for name in contacts):
                        continue
                    for name in keys:
                        tombstones.add(f"{source.name}.person", row[name])
                        tombstones.add("anywhere.person", row[name])
                        found.add(row[name])
                    for name in contacts:
                        if row[name]:
                            tombstones.add("person", row[name])
                            found.add(row[name])
    return found


def members(root: Path, sources: Iterable[Source], tombstones: Tombstones) -> set[str]:
    """Learn the keys of everything that hangs on an erased account, until nothing new turns up; returns its people's addresses."""
    sources, found = list(sources), set[str]()
    before = -1
    while before < len(tombstones.marks):
        before = len(tombstones.marks)
        for source in sources:
            for table in source.tables:
                matcher = Rows(tombstones, source, table)
                # Its own people's addresses; who looks after it (an owner, an interviewer) is not erased with it.
                contacts = [one.name for one in table.columns if one.name == "email" or one.name.endswith("_email")]
                for part in landing.parts(root, source.name, table.name):
                    folder = landing.table_folder(root, source.name, table.name) / part
                    rows = landing.read_part(folder, table)
                    gone = matcher.learned(rows)
                    for name in contacts:
                        found |= {value for value in rows[name].filter(gone).to_pylist() if value and "@" in value}
    return found


def clean(root: Path, sources: Iterable[Source], tombstones: Tombstones) -> Counter[str]:
    """Rewrite every part and quarantine file that holds what has a tombstone; counts by what was done."""
    counts: Counter[str] = Counter()
    for source in sources:
        with checkpoints.lock(root, source.name):
            landing.sweep(root, source.name)
            for table in source.tables:
                for part in landing.parts(root, source.name, table.name):
                    counts += _clean_part(root, source, table, part, tombstones)
                for path in sorted(quarantine.folder(root, source.name, table.name).glob("*.parquet")):
                    counts += _clean_quarantine(path, source, tombstones)
                quarantine.write_csv(root, source.name, table.name)
    return counts


def _clean_part(root: Path, source: Source, table: Table, part: str, tombstones: Tombstones) -> Counter[str]:
    folder = landing.table_folder(root, source.name, table.name) / part
    before = landing.read_part(folder, table)
    after, dropped, cleaned = Rows(tombstones, source, table).filtered(before)
    counts: Counter[str] = Counter()
    if after is not before:
        counts = Counter(rows_removed=dropped, rows_cleaned=cleaned, parts_rewritten=1)
        manifest = manifests.read(folder) or manifests.Manifest(
            source=source.name, table=table.name, part=part, kind=table.kind
        )
        gone = min(dropped, manifest.kept)  # the others were kept by earlier runs than the one it counts
        moved = msgspec.structs.replace(manifest, kept=manifest.kept - gone, foreign=manifest.foreign + gone)
        landing.write_part(folder, after, table, moved)
    # The copy of a dropped file holds its broken and doubled rows too; a workbook can't be searched by line.
    for original in folder.glob("original*"):
        lines = original.read_bytes().decode(errors="replace").splitlines() if original.suffix == ".csv" else []
        is_text = original.suffix == ".csv"
        if after is not before or not is_text or any(safe_record(tombstones, source, line) == GONE for line in lines):
            atomic_files.remove(original)
            counts["file_copies_removed"] += 1
    return counts


def _clean_quarantine(path: Path, source: Source, tombstones: Tombstones) -> Counter[str]:
    held = pq.read_table(path, partitioning=None)
    kept = [row for row in held.to_pylist() if safe_record(tombstones, source, row["record"] or "") != GONE]
    if len(kept) == held.num_rows:
        return Counter()
    if kept:
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(kept, schema=quarantine.SCHEMA), sink, compression="zstd")
        atomic_files.write(path, memoryview(sink.getvalue()))
    else:
        atomic_files.remove(path)
    return Counter(quarantined_rows_removed=held.num_rows - len(kept))
