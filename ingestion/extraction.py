"""`extract` reads one source into the landing. It is the only function orchestration needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from ingestion.client.http import Client
from ingestion.client.patience import Patience
from ingestion.contract import (
    Clock,
    Connection,
    IngestionError,
    OriginMixed,
    PatienceSpent,
    Progress,
    SettingRefused,
    Source,
    Stream,
    TableReport,
)
from ingestion.landing import checkpoints
from ingestion.landing import parts as landing
from ingestion.run_context import Run
from ingestion.stream_sync import swept


def extract(  # noqa: PLR0913, PLR0917 - the one public function, called with names
    source: Source,
    connection: Connection,
    root: Path | str,
    clock: Clock,
    run_id: str,
    tables: Collection[str] | None = None,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Iterator[TableReport]:
    """Read `tables` (default: all) of a source into the landing at `root`; one report per table as each is landed.

    A source without credentials is off: its tables stay typed and empty. A stream that fails does not keep the others
    from landing; the first error is raised at the end. Refused credentials end the source at once.
    Tables that are read together are landed together, so that more may be reported than was asked for.
    `progress` is told the table and the rows received so far; `patience` is what the night has for vendors that do not answer.
    """
    unknown = set(tables or ()) - {table.name for table in source.tables}
    if unknown:
        raise KeyError(f"{source.name} has no table {', '.join(sorted(unknown))}")
    wanted = [
        stream for stream in source.streams if tables is None or any(table.name in tables for table in stream.tables)
    ]
    run = Run(Path(root), source, connection, clock, run_id, progress or (lambda _table, _rows: None), patience)
    landing.prepare(run.root, [source])
    if not source.is_on(connection):
        yield from _off(source, wanted, is_on_purpose=connection.is_switched_off)
        return
    with checkpoints.lock(run.root, source.name):
        landing.sweep(run.root, source.name)
        for stream in wanted:
            _check_origin(run, stream)
        yield from _read(run, wanted)


def _off(source: Source, streams: list[Stream], *, is_on_purpose: bool) -> Iterator[TableReport]:
    settings = " or ".join(" + ".join(names) for names in source.credentials)
    reason = f"off: set {source.base_url_setting}" + (f" and {settings}" if settings else "")
    if is_on_purpose:
        reason = "off: switched off on purpose"
    for stream in streams:
        for table in stream.tables:
            yield TableReport(source.name, table.name, "off", reason=reason)


def _read(run: Run, streams: list[Stream]) -> Iterator[TableReport]:
    failures: list[IngestionError] = []
    if run.source.domain == "drop":
        from ingestion.drop_folder.intake import dropped  # noqa: PLC0415 - pandas is loaded for dropped files alone

        yield from dropped(run, [table for stream in streams for table in stream.tables], failures)
    else:
        with Client(run.source, run.connection, run.clock, patience=run.patience) as client:
            for stream in streams:
                try:
                    yield from swept(run, client, stream)
                except (SettingRefused, PatienceSpent):
                    raise
                except IngestionError as error:
                    failures.append(error)
    if failures:
        for other in failures[1:]:
            failures[0].add_note(f"also failed: {other}")
        raise failures[0]


def _check_origin(run: Run, stream: Stream) -> None:
    for table in stream.tables:
        state = landing.read_state(run.root, run.source.name, table.name)
        parts = landing.parts(run.root, run.source.name, table.name)
        landed = {manifest.origin for manifest in parts.values() if manifest.rows}
        for other in sorted(({state.origin} if state else set()) | landed):
            if other != run.origin:
                raise OriginMixed(
                    f"{run.source.name}.{table.name} holds rows of {other}, and {run.origin} is to be read: they never "
                    f"mix. Use another CX_HOME, or remove raw/{run.source.name} from this one"
                )
