"""`extract` reads one source into the landing. It is the only function orchestration needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from ingestion import checkpoints, durable, landing
from ingestion.checkpoints import Checkpoint
from ingestion.contract import (
    Clock,
    Connection,
    IngestionError,
    OriginMixed,
    Page,
    RequestRefused,
    SettingRefused,
    Source,
    Stream,
    Sweep,
    Table,
    TableReport,
    Window,
)
from ingestion.http import Client
from ingestion.intake import Intake, Run
from ingestion.landing import TableState

Progress = Callable[[str, int], None]

FLUSH_ROWS = 50_000


def extract(
    source: Source,
    connection: Connection,
    root: Path | str,
    clock: Clock,
    run_id: str,
    tables: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Iterator[TableReport]:
    """Read `tables` (default: all) of a source into the landing at `root`; one report per table as each is landed.

    A source without credentials is off: its tables stay typed and empty. A stream that fails does not keep the others
    from landing; the first error is raised at the end. Refused credentials end the source at once.
    `progress` is told the table and the rows received so far.
    """
    root = Path(root)
    unknown = set(tables or ()) - {table.name for table in source.tables}
    if unknown:
        raise KeyError(f"{source.name} has no table {', '.join(sorted(unknown))}")
    wanted = [
        stream for stream in source.streams if tables is None or any(table.name in tables for table in stream.tables)
    ]
    landing.prepare(root, [source])
    if not source.is_on(connection):
        yield from _off(source, wanted)
        return
    with checkpoints.lock(root, source.name):
        durable.sweep(root / source.name)
        durable.sweep(root / "_work" / source.name)
        for stream in wanted:
            for table in stream.tables:
                _check_origin(root, source, table, _origin(source, connection))
        yield from _read(source, connection, root, clock, run_id, wanted, progress or (lambda _table, _rows: None))


def _off(source: Source, streams: list[Stream]) -> Iterator[TableReport]:
    settings = " or ".join(" + ".join(names) for names in source.credentials)
    reason = f"off: set {source.base_url_setting}" + (f" and {settings}" if settings else "")
    for stream in streams:
        for table in stream.tables:
            yield TableReport(source.name, table.name, "off", reason=reason)


def _read(
    source: Source,
    connection: Connection,
    root: Path,
    clock: Clock,
    run_id: str,
    streams: list[Stream],
    progress: Progress,
) -> Iterator[TableReport]:
    if source.domain == "drop":
        from ingestion import dropping  # noqa: PLC0415 - pandas is loaded for dropped files alone

        tables = [table for stream in streams for table in stream.tables]
        yield from dropping.land(source, connection, root, clock, run_id, tables, progress)
        return
    failures: list[IngestionError] = []
    with Client(source, connection, clock) as client:
        for stream in streams:
            try:
                yield from _sweep(client, stream, connection, root, clock, run_id, progress)
            except SettingRefused:
                raise
            except IngestionError as error:
                failures.append(error)
    if failures:
        for other in failures[1:]:
            failures[0].add_note(f"also failed: {other}")
        raise failures[0]


def _sweep(
    client: Client,
    stream: Stream,
    connection: Connection,
    root: Path,
    clock: Clock,
    run_id: str,
    progress: Progress,
) -> list[TableReport]:
    """One stream from its watermark to now."""
    source, now, origin = client.source, clock.now(), _origin(client.source, connection)
    until = (now - timedelta(seconds=stream.close_seconds)).replace(microsecond=0)
    since, last = _start(root, source, stream, connection.started_at, now)
    is_listing = stream.tables[0].kind == "snapshot"
    checkpoint = None if is_listing else checkpoints.read(root, source.name, stream.name)
    if checkpoint and (checkpoint.origin != origin or datetime.fromisoformat(checkpoint.since) > since):
        checkpoint = None
    run = Run(root, source, run_id, now, origin, until, connection.force)
    intakes = [Intake(run, table) for table in stream.tables]
    sent, retried = client.requests, client.retries.copy()
    sweep = Sweep(Window(since, max(since, until)), checkpoint.cursor if checkpoint else "", last)
    number = checkpoint.page if checkpoint else 0
    try:
        for page in _pages(client, stream, sweep):
            number += 1
            for intake in intakes:
                intake.take(page.records.get(intake.table.name, []), number)
                progress(f"{source.name}.{intake.table.name}", intake.received)
            if not is_listing and sum(intake.buffered for intake in intakes) >= FLUSH_ROWS:
                for intake in intakes:
                    intake.flush()
                if page.cursor:
                    mark = Checkpoint(run_id=run_id, origin=origin, since=since.isoformat(), cursor=page.cursor, page=number)
                    checkpoints.write(root, source.name, stream.name, mark)
    except RequestRefused as error:
        if not (stream.is_optional and error.status == 404):
            raise
        reason = f"off: this account of {source.title} does not offer it (HTTP 404)"
        return [TableReport(source.name, table.name, "off", reason=reason) for table in stream.tables]
    if is_listing:
        # Both tables of a listing are judged before either is replaced.
        for intake, rows in [(intake, intake.listed()) for intake in intakes]:
            intake.commit_listing(rows)
    covered = min(since, last_since) if (last_since := _covered_since(root, source, stream)) else since
    for intake in intakes:
        intake.flush()
        intake.hold_back()
        state = TableState(origin=origin, run_id=run_id, since=covered.isoformat(), watermark=until.isoformat())
        landing.write_state(root, source.name, intake.table.name, state)
    checkpoints.clear(root, source.name, stream.name)
    retries = client.retries - retried
    return [
        _report(run, intake, client.requests - sent if place == 0 else 0, dict(retries) if place == 0 else {})
        for place, intake in enumerate(intakes)
    ]


def _pages(client: Client, stream: Stream, sweep: Sweep) -> Iterator[Page]:
    """The pages of a stream. A cursor of an earlier run that the vendor no longer takes starts the sweep anew."""
    if stream.read is None:
        raise TypeError(f"{client.source.name}.{stream.name} has no reader")
    if sweep.cursor:
        pages = stream.read(client, sweep)
        first = None
        with suppress(RequestRefused):
            first = next(pages, None)
        if first is not None:
            yield first
            yield from pages
            return
        sweep = Sweep(sweep.window, "", sweep.last_swept_at)
    yield from stream.read(client, sweep)


def _start(
    root: Path, source: Source, stream: Stream, started_at: datetime, now: datetime
) -> tuple[datetime, datetime | None]:
    """Where the sweep starts, and the end of the last complete one: none, when everything has to be read anew."""
    states = [landing.read_state(root, source.name, table.name) for table in stream.tables]
    known = [state for state in states if state]
    if len(known) < len(states):
        return started_at, None
    last = min(datetime.fromisoformat(state.watermark) for state in known)
    covered = max(datetime.fromisoformat(state.since) for state in known)
    if started_at < covered or last > now or (stream.relist_after and now - last > stream.relist_after):
        return started_at, None
    return max(started_at, last - timedelta(seconds=stream.overlap_seconds)), last


def _covered_since(root: Path, source: Source, stream: Stream) -> datetime | None:
    states = [landing.read_state(root, source.name, table.name) for table in stream.tables]
    return max((datetime.fromisoformat(state.since) for state in states if state), default=None)


def _origin(source: Source, connection: Connection) -> str:
    """What rows say of where they came from; never a password that stands in a URL."""
    if connection.origin:
        return connection.origin
    if source.domain == "drop":
        return "drop folder"
    url = urlsplit(connection.base_url or source.default_base_url)
    return f"{url.scheme}://{url.hostname or ''}{f':{url.port}' if url.port else ''}{url.path.rstrip('/')}"


def _check_origin(root: Path, source: Source, table: Table, origin: str) -> None:
    state = landing.read_state(root, source.name, table.name)
    landed = {manifest.origin for manifest in landing.parts(root, source.name, table.name).values() if manifest.rows}
    for other in sorted(({state.origin} if state else set()) | landed):
        if other != origin:
            raise OriginMixed(
                f"{source.name}.{table.name} holds rows of {other}, and {origin} is to be read: they never mix. "
                f"Use another CX_HOME, or remove raw/{source.name} from this one"
            )


def _report(run: Run, intake: Intake, requests: int, retries: dict[str, int]) -> TableReport:
    parts = landing.parts(run.root, run.source.name, intake.table.name)
    newest = max(parts, default="")
    counted = [parts[newest]] if intake.table.kind == "snapshot" and newest else list(parts.values())
    return TableReport(
        run.source.name,
        intake.table.name,
        "extracted",
        rows=sum(manifest.rows for manifest in counted),
        parts=len(parts),
        watermark=run.until.astimezone(UTC),
        received=intake.received,
        kept=intake.kept,
        duplicate=intake.duplicate,
        quarantined=intake.quarantined,
        foreign=intake.foreign,
        drift=intake.drift,
        requests=requests,
        retries=retries,
    )
