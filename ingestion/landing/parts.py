"""The landing: `<root>/<source>/<table>/v1/<part>/data.parquet` with `data.manifest.json` beside it.

Every table has the part `schema=empty` with no rows, so that a source which is off still reads as a typed table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.contract import PartDamaged, Source, Table
from ingestion.landing import atomic_files, manifests, quarantine
from ingestion.landing.manifests import Manifest

EMPTY = "schema=empty"
VERSION = "v1"
DATA = "data.parquet"
SNAPSHOT_DAYS = 3


class TableState(msgspec.Struct, frozen=True, kw_only=True):
    """What the last complete sweep of a table saw. Its rows from `since` to `watermark` (ISO, UTC) are complete.

    `parts` are those of dropped files that it left: what else there is was put by a run that did not end.
    replaced  rows of dropped files that another row of their file stands for, though it says something else;
              `replaced_lines` are the first of them, by file
    corrected rows of dropped files that a later file stands for, though it says something else
    foreign   records the sweep left out: of who was erased, or later than its window
    """

    origin: str
    run_id: str
    since: str
    watermark: str
    parts: tuple[str, ...] | None = None
    replaced: int = 0
    replaced_lines: dict[str, list[int]] = {}
    corrected: int = 0
    foreign: int = 0


def table_folder(root: Path, source: str, table: str) -> Path:
    return root / source / table / VERSION


def prepare(root: Path | str, sources: Iterable[Source]) -> None:
    """The typed empty part of every table; a part whose schema is already the declared one is left alone."""
    for source in sources:
        for table in source.tables:
            folder = table_folder(Path(root), source.name, table.name) / EMPTY
            beside = manifests.read(folder) if (folder / DATA).exists() else None
            if beside and beside.schema == schema_hash(table):
                continue
            empty = table.landed_schema.empty_table()
            write_part(
                folder, empty, table, Manifest(source=source.name, table=table.name, part=EMPTY, kind=table.kind)
            )


def write_part(folder: Path, rows: pa.Table, table: Table, manifest: Manifest) -> Manifest:
    """Put a part in place: the data first, with the manifest in its footer, then the manifest beside it."""
    order = [("_version", "ascending"), *((name, "ascending") for name in table.key)]
    rows = rows.cast(table.landed_schema).sort_by(order).combine_chunks()
    versions = pc.min_max(rows["_version"]).as_py()
    manifest = msgspec.structs.replace(
        manifest,
        rows=rows.num_rows,
        min_version=versions["min"],
        max_version=versions["max"],
        content=content_hash(rows, table),
        schema=schema_hash(table),
    )
    metadata = {**(rows.schema.metadata or {}), manifests.FOOTER_KEY: manifests.encode(manifest)}
    sink = pa.BufferOutputStream()
    pq.write_table(
        rows.replace_schema_metadata(metadata),
        sink,
        compression="zstd",
        compression_level=3,
        row_group_size=20_000,
        use_dictionary=[name for name in rows.column_names if name != "_raw"],
        write_page_checksum=True,
    )
    content = memoryview(sink.getvalue())
    atomic_files.write(folder / DATA, content)
    manifest = msgspec.structs.replace(manifest, sha256=hashlib.sha256(content).hexdigest())
    manifests.write(folder, manifest)
    return manifest


def read_part(folder: Path, table: Table) -> pa.Table:
    """The rows of a part; columns that were added to the envelope since are NULL. Raises PartDamaged."""
    path = folder / DATA
    if not path.exists():
        return table.landed_schema.empty_table()
    beside = manifests.read(folder)
    is_beside = beside is not None and (folder / manifests.FILE_NAME).stat().st_mtime_ns >= path.stat().st_mtime_ns
    found = _whole(path, beside.sha256 if beside and is_beside else "")
    columns = [
        found[field.name].cast(field.type) if field.name in found.column_names else pa.nulls(found.num_rows, field.type)
        for field in table.landed_schema
    ]
    return pa.table(columns, schema=table.landed_schema)


def _whole(path: Path, sha256: str = "") -> pa.Table:
    """All rows of a data file, every checksum compared: those of its pages, and its own where it is known."""
    content = path.read_bytes()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise _damaged(path)
    try:
        return pq.read_table(pa.BufferReader(content), partitioning=None, page_checksum_verification=True)
    except (pa.ArrowException, OSError):
        raise _damaged(path) from None


def _damaged(path: Path) -> PartDamaged:
    place = "/".join(path.parts[-5:-1])
    return PartDamaged(f"{place} is damaged on disk. Remove raw/{path.parts[-5]} and run again: it is read anew")


def content_hash(rows: pa.Table, table: Table) -> str:
    """SHA-256 over keys, versions and records in their order. A listing's version is its time, so it is left out."""
    names = [*table.key, *(() if table.kind in ("snapshot", "file") else ("_version",)), "_raw"]
    digest = hashlib.sha256()
    if table.kind in ("snapshot", "file"):
        rows = rows.sort_by([(name, "ascending") for name in table.key])
    for start in range(0, rows.num_rows, 50_000):
        piece = rows.slice(start, 50_000).select(names)
        texts = [column.cast(pa.string()) for column in piece.columns]
        joined = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace", null_replacement="\x00")
        digest.update("\x1e".join(joined.to_pylist()).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def schema_hash(table: Table) -> str:
    return hashlib.sha256(str(table.landed_schema.remove_metadata()).encode()).hexdigest()[:12]


def parts(root: Path, source: str, table: str) -> dict[str, Manifest]:
    """Manifests by part name, `schema=empty` left out. A manifest that a crash left behind its data is mended."""
    folder = table_folder(root, source, table)
    return {
        path.parent.name: _manifest(path)
        for path in sorted(folder.glob(f"*/{DATA}") if folder.exists() else ())
        if path.parent.name != EMPTY
    }


def _manifest(path: Path) -> Manifest:
    """The data is written first: a manifest that is older than its data is of the data before."""
    beside = path.parent / manifests.FILE_NAME
    if not beside.exists() or beside.stat().st_mtime_ns < path.stat().st_mtime_ns:
        told = (_whole(path).schema.metadata or {}).get(manifests.FOOTER_KEY)
        if told is None:
            raise _damaged(path)
        mended = msgspec.json.decode(told, type=Manifest)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        manifests.write(path.parent, msgspec.structs.replace(mended, sha256=sha256))
    return msgspec.json.decode(beside.read_bytes(), type=Manifest)


def prune_snapshots(root: Path, source: str, table: Table) -> set[str]:
    """Keep the last three days, the first and the last of each month and, of a versioned table, each day that said something new.

    Returns the names of what went.
    """
    listed = {name: part for name, part in parts(root, source, table.name).items() if name.startswith("snapshot=")}
    names = sorted(listed)
    firsts = {name[:-3]: name for name in reversed(names)}
    lasts = {name[:-3]: name for name in names}
    pruned = set(names) - set(names[-SNAPSHOT_DAYS:]) - set(firsts.values()) - set(lasts.values())
    if table.is_versioned:
        pruned -= {later for earlier, later in pairwise(names) if listed[earlier].content != listed[later].content}
    for name in pruned:
        remove_part(table_folder(root, source, table.name) / name)
    return pruned


def remove_part(folder: Path) -> None:
    """The data goes first: a manifest alone is not a part."""
    atomic_files.remove(folder / DATA)
    for path in folder.iterdir():
        atomic_files.remove(path)
    folder.rmdir()


def sweep(root: Path, source: str) -> None:
    """Remove what a dead writer of a source left half-written, of parts, checkpoints and quarantine. The caller holds its lock."""
    for folder in (root / source, root / "_work" / source, quarantine.folder(root, source, "")):
        atomic_files.sweep(folder)


def read_state(root: Path, source: str, table: str) -> TableState | None:
    path = root / source / table / "state.json"
    return msgspec.json.decode(path.read_bytes(), type=TableState) if path.exists() else None


def write_state(root: Path, source: str, table: str, state: TableState) -> None:
    atomic_files.write(root / source / table / "state.json", msgspec.json.encode(state, order="sorted"))


class Off(msgspec.Struct, frozen=True, kw_only=True):
    """A table that the vendor's account does not offer; the file goes when the table is read again."""

    reason: str


def write_off(root: Path, source: str, table: str, reason: str) -> None:
    atomic_files.write(root / source / table / "off.json", msgspec.json.encode(Off(reason=reason)))


def clear_off(root: Path, source: str, table: str) -> None:
    path = root / source / table / "off.json"
    if path.exists():
        atomic_files.remove(path)


def off_tables(root: Path | str) -> dict[str, str]:
    """By `source.table`: why a table is off for the vendor's account."""
    paths = sorted(Path(root).glob("*/*/off.json"))
    return {".".join(path.parts[-3:-1]): msgspec.json.decode(path.read_bytes(), type=Off).reason for path in paths}


def fingerprint(root: Path | str) -> str:
    """SHA-256 over the content of every part that holds rows: equal inputs, equal fingerprint, whenever they were read."""
    digest = hashlib.sha256()
    for manifest in _manifests(Path(root)):
        if manifest.rows:
            digest.update(f"{manifest.source}/{manifest.table}/{manifest.part}={manifest.content}\n".encode())
    return digest.hexdigest()


def watermarks(root: Path | str) -> dict[str, datetime]:
    """By `source.table`: the time (naive UTC) up to which the table is complete; tables never read, or off, are not in it."""
    found: dict[str, datetime] = {}
    for path in sorted(Path(root).glob("*/*/state.json")):
        if path.with_name("off.json").exists():
            continue
        state = msgspec.json.decode(path.read_bytes(), type=TableState)
        found[".".join(path.parts[-3:-1])] = (
            datetime.fromisoformat(state.watermark).astimezone(UTC).replace(tzinfo=None)
        )
    return found


def _manifests(root: Path) -> Iterator[Manifest]:
    for path in sorted(root.glob(f"*/*/{VERSION}/*/{manifests.FILE_NAME}")):
        yield msgspec.json.decode(path.read_bytes(), type=Manifest)
