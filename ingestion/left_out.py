"""What was left out of what is landed, and why. It is read from disk, so that a run without new input says the same again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingestion.contract import Source, Table
from ingestion.drop_folder.remedies import remedy
from ingestion.landing import ignored_files, quarantine
from ingestion.landing import parts as landing
from ingestion.landing.quarantine import BrokenRow

Kind = Literal["refused", "replaced", "corrected", "foreign", "ignored"]
REASONS_SHOWN = 5
LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`count` of `received` rows of a stream, of files where `kind` is ignored. `reasons` quote no value.

    refused    rows that broke their contract
    replaced   rows of a file that another row of the same file with the same key stands for, though it says something else
    corrected  rows of a file that a later file with the same key stands for
    foreign    rows of who was erased, or later than what was asked for
    ignored    files that belong to no contract
    """

    stream: str  # source.table; the source alone where it is about files
    kind: Kind
    count: int
    received: int
    reasons: tuple[str, ...] = ()
    remedy: str = ""
    meant: int = 0  # of ignored files: those whose name all but says that they should have been read


def left_out(root: Path, sources: Iterable[Source]) -> list[LeftOut]:
    """Everything that is left out of what is landed, by stream and kind; streams that lack nothing stand with a count of 0."""
    found: list[LeftOut] = []
    for source in sources:
        for table in source.tables:
            found += _of_table(root, source, table)
        ignored = ignored_files.read(root, source.name)
        if ignored.listed:
            reasons = tuple(f"{file.name}: {file.reason}" for file in ignored.files)
            meant = sum(file.is_meant for file in ignored.files)
            found.append(LeftOut(source.name, "ignored", len(ignored.files), ignored.listed, reasons, meant=meant))
    return found


def _of_table(root: Path, source: Source, table: Table) -> Iterator[LeftOut]:
    stream = f"{source.name}.{table.name}"
    manifests = landing.parts(root, source.name, table.name)
    state = landing.read_state(root, source.name, table.name)
    is_file = table.kind == "file"
    broken = _held_back(root, source.name, table.name, None if is_file else "sweep=")
    refused = len({(row.file, row.line) if is_file or not row.record else row.record for row in broken})
    if not manifests and not broken:
        return
    if is_file:
        received = sum(manifest.received for manifest in manifests.values())
        foreign = sum(manifest.foreign for manifest in manifests.values())
    else:
        newest = max(manifests, default="")
        counted = [manifests[newest]] if table.kind == "snapshot" and newest else list(manifests.values())
        foreign = state.foreign if state else 0
        received = sum(manifest.rows for manifest in counted) + refused + foreign
    yield LeftOut(stream, "refused", refused, received, reasons(broken, with_places=is_file), remedy(broken))
    if state and is_file:
        told = tuple(
            f"another row of {file} has the same {' and '.join(table.key)}: {_lines(lines)}"
            for file, lines in state.replaced_lines.items()
        )
        yield LeftOut(stream, "replaced", state.replaced, received, told)
        if state.corrected:
            yield LeftOut(stream, "corrected", state.corrected, received, ("a file changed later has the same keys",))
    if foreign:
        why = "who they are about was erased" if is_file else "erased, or later than what was asked for"
        yield LeftOut(stream, "foreign", foreign, received, (why,))


def _held_back(root: Path, source: str, table: str, prefix: str | None) -> list[BrokenRow]:
    folder = quarantine.folder(root, source, table)
    names = [path.stem for path in sorted(folder.glob("*.parquet"))] if folder.exists() else []
    return [
        row for name in names if not prefix or name.startswith(prefix)
        for row in quarantine.read(root, source, table, name)
    ]  # fmt: skip


def reasons(broken: Iterable[BrokenRow], *, with_places: bool = True) -> tuple[str, ...]:
    """Why rows were refused, the most frequent reason first, with the lines of each file."""
    found: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in broken:
        found[row.column_name, row.reason][row.file].append(row.line)
    ranked = sorted(found.items(), key=lambda one: (-sum(map(len, one[1].values())), one[0]))
    told = [_told(*why, places if with_places else {}, sum(map(len, places.values()))) for why, places in ranked]
    more = len(told) - REASONS_SHOWN
    return (*told[:REASONS_SHOWN], *([f"and {more} more reasons"] if more > 0 else []))


def _told(column: str, reason: str, places: dict[str, list[int]], rows: int) -> str:
    where = "; ".join(f"{file}, {_lines(lines)}" for file, lines in sorted(places.items()))
    text = f"{column} {reason}".strip()
    return f"{text} ({where})" if where else f"{text} ({rows:,} {'row' if rows == 1 else 'rows'})"


def _lines(lines: Iterable[int]) -> str:
    """`line 3`, `lines 3, 4, 9 and 12 more`."""
    known = sorted(set(lines))
    more = len(known) - LINES_SHOWN
    shown = ", ".join(str(line) for line in known[:LINES_SHOWN])
    return f"line{'' if len(known) == 1 else 's'} {shown}" + (f" and {more:,} more" if more > 0 else "")
