"""The checks the gate makes of every table by itself, whatever its suite says: rows, volume, schema, freshness, a suite.

Great Expectations calls an empty table and an empty suite a success, so these are not left to it.
"""

from __future__ import annotations

import hashlib
import json
from statistics import median
from typing import TYPE_CHECKING, Any

from quality.gate.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from quality.gate.context import Context
    from quality.gate.suite import Suite, Suites

GATE = "gate"  # owner of what nobody wrote down
MISSING = "the table is missing"
LEAST_HISTORY = 3  # publications, from which on there is a usual volume


def suite_check(table: str, suite: Suite | None, evaluated: int) -> Check:
    """A table without a suite, or a suite that judged nothing, is a table that nobody has checked."""
    detail = "" if evaluated else ("its suite has no expectation that ran" if suite else "there is no suite for it")
    return _check(
        table,
        suite,
        "has_suite",
        "The table has a suite with at least one rule that was judged.",
        is_passed=evaluated > 0,
        detail=detail,
        could_not_run=evaluated == 0,
    )


def row_count_check(
    table: str, suite: Suite | None, rows: int | None, *, is_off: bool = False, is_fed: bool = True
) -> Check:
    """More than no row, unless its sources are off or have nothing to tell, or its suite says why empty is honest."""
    excuse = suite.may_be_empty if suite else ""
    if not is_fed:
        excuse = "none of the streams that feed it is on and has rows"
    if is_off:
        excuse = "all its sources are off"
    detail = MISSING if rows is None else f"{rows} rows"
    if not rows and excuse and rows is not None:
        detail = f"empty: {excuse}"
    return _check(
        table,
        suite,
        "has_rows",
        "The table has rows while its sources are on.",
        is_passed=bool(rows) or (rows == 0 and bool(excuse)),
        detail=detail,
        evaluated_rows=rows,
        could_not_run=rows is None,
    )


def volume_check(table: str, suite: Suite | None, rows: int, context: Context, *, is_off: bool) -> Check | None:
    """Rows against the last publication: data does not vanish overnight."""
    was = context.previous.tables.get(table) if context.previous else None
    if was is None or was.rows == 0 or is_off or (suite and suite.starts_anew):
        return None
    drop = 1 - rows / was.rows
    sentence = f"The table did not lose more than {context.max_row_drop:.0%} of the last publication's rows."
    return _check(
        table,
        suite,
        "keeps_volume",
        sentence,
        is_passed=drop <= context.max_row_drop,
        detail=f"{was.rows} rows before, {rows} now",
        evaluated_rows=rows,
    )


def history_check(table: str, suite: Suite | None, rows: int, context: Context, *, is_off: bool) -> Check | None:
    """Rows against the kept publications: what melts away a little every night keeps every night's volume."""
    known = [one.tables[table].rows for one in context.history if table in one.tables and one.tables[table].rows]
    if len(known) < LEAST_HISTORY or is_off or (suite and suite.starts_anew):
        return None
    usual = int(median(known))
    return _check(
        table,
        suite,
        "keeps_usual_volume",
        f"The table has not lost more than {context.max_row_drop:.0%} of the rows it usually has.",
        is_passed=1 - rows / usual <= context.max_row_drop,
        detail=f"{usual} rows in the median of {len(known)} publications, {rows} now",
        evaluated_rows=rows,
    )


def progress_checks(suites: Suites, context: Context) -> Iterator[Check]:
    """Every stream of a source was read at least as far as for the kept publications; files come when people drop them."""
    feeds = {suite.stream for suite in suites.raw if suite.landed_as != "files"} - context.off_streams
    read = context.watermarks
    furthest: dict[str, datetime] = {}
    for manifest in context.history:
        for name, at in manifest.watermarks.items():
            furthest[name] = max(at, furthest.get(name, at))
    for source in sorted({name.split(".", 1)[0] for name in furthest} & context.sources_on):
        before = {name: at for name, at in furthest.items() if name.split(".", 1)[0] == source and name in feeds}
        behind = sorted(name for name, at in before.items() if name not in read or read[name] < at)
        yield _check(
            f"raw__{source}",
            None,
            "reads_on",
            f"The source {source} was read at least as far as for earlier publications.",
            is_passed=not behind,
            detail=_listed("read less far", behind),
        )


def source_checks(context: Context) -> Iterator[Check]:
    """A source that falls silent because a setting was lost must not pass for one that nobody uses."""
    for source in sorted(context.previous.sources_read if context.previous else ()):
        yield _check(
            f"raw__{source}",
            None,
            "stays_on",
            f"The source {source}, on in the last publication, is on or was switched off on purpose.",
            is_passed=source in context.sources_on | context.sources_off,
            detail=""
            if source in context.sources_on
            else "switched off on purpose"
            if source in context.sources_off
            else f"off: set its credentials again, or CX_SOURCES_OFF={source}",
        )


def schema_checks(table: str, suite: Suite | None, columns: Mapping[str, str], context: Context) -> Iterator[Check]:
    """Columns against the last publication: removed or retyped breaks readers, added is said."""
    was = context.previous.tables.get(table) if context.previous else None
    if was is None:
        return
    removed = [name for name in was.columns if name not in columns]
    retyped = [name for name in was.columns if name in columns and was.columns[name] != columns[name]]
    added = [name for name in columns if name not in was.columns]
    yield _check(
        table,
        suite,
        "keeps_columns",
        "No column of the last publication is gone.",
        is_passed=not removed,
        detail=_listed("removed", removed),
    )
    yield _check(
        table,
        suite,
        "keeps_types",
        "No column of the last publication changed its type.",
        is_passed=not retyped,
        detail=_listed("retyped", retyped),
    )
    yield _check(
        table,
        suite,
        "adds_no_column",
        "No column is new since the last publication.",
        is_passed=not added,
        detail=_listed("added", added),
        severity="warning",
    )


def missing_tables(context: Context) -> Iterator[Check]:
    """A table of the last publication that is not published any more breaks readers like a removed column."""
    for table in context.previous.tables if context.previous else ():
        if table not in {*context.tables, "quality_results", "publications"}:
            yield _check(
                table,
                None,
                "keeps_tables",
                "No table of the last publication is gone.",
                is_passed=False,
                detail="not among the tables of this run",
            )


def freshness_checks(suites: Suites, context: Context) -> Iterator[Check]:
    """Every source that is on was read up to (nearly) the end of as_of; files come when people drop them."""
    oldest = context.reads_until - context.max_age
    for source in sorted(context.sources_on):
        feeds = {s.stream for s in suites.raw if s.stream.split(".", 1)[0] == source and s.landed_as != "files"}
        streams = feeds - context.off_streams
        known = {name: at for name, at in context.watermarks.items() if name in streams}
        if not streams:
            continue
        stale = sorted(name for name, at in known.items() if at < oldest)
        hours = context.max_age.total_seconds() / 3600
        sentence = f"The source {source} was read up to at most {hours:g} hours before the end of the day."
        detail = "no watermark at all" if not known else _listed("stale", stale)
        yield _check(
            f"raw__{source}",
            None,
            "is_fresh",
            sentence,
            is_passed=bool(known) and not stale,
            detail=detail,
            could_not_run=not known,
        )


def parts_check(suite: Suite, context: Context) -> Check:
    """The landed files of a stream are byte for byte what extraction wrote; one that has no checksum yet is not judged."""
    parts = context.parts(suite.stream)
    damaged = [part.parent.name for part in parts if not _is_whole(part)]
    return _check(
        suite.table,
        suite,
        "parts_are_whole",
        "Every landed file is byte for byte what was written.",
        is_passed=not damaged,
        detail=_listed("damaged", damaged),
        failed_rows=None,
        could_not_run=bool(damaged),
    )


def _is_whole(part: Path) -> bool:
    beside = part.with_name("data.manifest.json")
    if not beside.exists():
        return True
    try:
        wanted = json.loads(beside.read_bytes()).get("sha256")
    except ValueError:
        return False
    if not wanted:
        return True
    with part.open("rb") as content:
        return bool(hashlib.file_digest(content, "sha256").hexdigest() == wanted)


def _listed(word: str, names: list[str]) -> str:
    return f"{word}: {', '.join(names)}" if names else ""


def _check(table: str, suite: Suite | None, name: str, sentence: str, **facts: Any) -> Check:
    owner = suite.owner if suite else GATE
    stated = {"severity": "critical", **facts}
    return Check(suite=table, table=table, name=name, expectation=name, sentence=sentence, owner=owner, **stated)
