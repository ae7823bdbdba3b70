"""One stream from the end of its last sweep to now: pages in, flushes and checkpoints on the way, reports at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from ingestion.client.http import Client
from ingestion.contract import AnswerBroken, Page, RequestRefused, RightMissing, Stream, Sweep, TableReport, Window
from ingestion.decoding import UNREADABLE
from ingestion.landing import checkpoints
from ingestion.landing import parts as landing
from ingestion.landing.checkpoints import Checkpoint
from ingestion.landing.parts import TableState
from ingestion.run_context import Run
from ingestion.table_writer import Intake

FLUSH_ROWS = 50_000
# Payment required, not found, gone.
NOT_OFFERED = frozenset({402, 404, 410})
# Progress is told every so many rows, and at the end.
TOLD_ROWS = 10_000


def swept(run: Run, client: Client, stream: Stream) -> list[TableReport]:
    """Read the stream, land its tables, move their watermarks. Interrupted, it goes on where it had landed."""
    now = run.clock.now()
    until = (now - timedelta(seconds=stream.close_seconds)).replace(microsecond=0)
    since, last, covered = _start(run, stream, now)
    checkpoint = _checkpoint(run, stream, since)
    sweep = Sweep(Window(since, max(since, until)), checkpoint.cursor if checkpoint else "", last)
    intakes = [Intake(run, table, now, until) for table in stream.tables]
    sent, retried, answered = client.requests, client.retries.copy(), client.answered

    def counted(page: Page) -> Page:
        for intake in intakes:
            intake.requests, intake.retries = client.requests - sent, client.retries - retried
        return page

    try:
        pages = _readable(_pages(client, stream, sweep), f"{run.source.title}: a record of {stream.name}")
        _take(run, stream, intakes, map(counted, pages), checkpoint or _mark(run, since))
    except (RequestRefused, RightMissing) as error:
        # Only the very first request says that there is no such thing; later ones say that one object is gone.
        if not stream.is_optional or client.answered > answered or not _is_by_plan(client, error):
            raise
        return _off(run, stream, error)
    if stream.is_listing:
        # All tables of a listing are judged before any is replaced.
        for intake, rows in [(intake, intake.listed()) for intake in intakes]:
            intake.commit_listing(rows)
    is_whole = stream.is_listing or (last is None and checkpoint is None)
    for intake in intakes:
        intake.flush()
        intake.hold_back()
        if is_whole:
            intake.forget_earlier()
        run.progress(f"{run.source.name}.{intake.table.name}", intake.received)
        state = TableState(
            origin=run.origin,
            run_id=run.run_id,
            since=covered.isoformat(),
            watermark=until.isoformat(),
            foreign=intake.foreign,
        )
        landing.write_state(run.root, run.source.name, intake.table.name, state)
        landing.clear_off(run.root, run.source.name, intake.table.name)
    checkpoints.clear(run.root, run.source.name, stream.name)
    return [intake.report(is_first=place == 0) for place, intake in enumerate(intakes)]


def _is_by_plan(client: Client, error: RequestRefused | RightMissing) -> bool:
    """Whether a refusal says that the account lacks the feature.

    A 403 by plan and one by role have the same words at some vendors. So it is the plan's only where the same credentials
    read what no plan lacks and only sufficient rights may read, and the vendor does not speak of a scope or permission.
    """
    if isinstance(error, RequestRefused):
        return error.status in NOT_OFFERED
    return not error.is_said and client.has_rights()


def _off(run: Run, stream: Stream, error: RequestRefused | RightMissing) -> list[TableReport]:
    """The stream's tables are off from now on; what was landed before stays."""
    status = error.status if isinstance(error, RequestRefused) else 403
    reason = f"this account of {run.source.title} does not offer it (HTTP {status})"
    for table in stream.tables:
        landing.write_off(run.root, run.source.name, table.name, reason)
    return [TableReport(run.source.name, table.name, "off", reason=f"off: {reason}") for table in stream.tables]


def _take(run: Run, stream: Stream, intakes: list[Intake], pages: Iterator[Page], mark: Checkpoint) -> None:
    for number, page in enumerate(pages, start=mark.page + 1):
        for intake in intakes:
            before = intake.received
            intake.take(page.records.get(intake.table.name, []), number)
            if intake.received // TOLD_ROWS > before // TOLD_ROWS:
                run.progress(f"{run.source.name}.{intake.table.name}", intake.received)
        if not stream.is_listing and sum(intake.buffered for intake in intakes) >= FLUSH_ROWS:
            for intake in intakes:
                intake.flush()
                intake.hold_back()  # the pages behind a checkpoint are never read again
            if page.cursor:
                mark = Checkpoint(
                    run_id=run.run_id, origin=mark.origin, since=mark.since, cursor=page.cursor, page=number
                )
                checkpoints.write(run.root, run.source.name, stream.name, mark)


def _readable(pages: Iterator[Page], what: str) -> Iterator[Page]:
    """The pages; what a connector stumbles over in them is a broken answer, told without its value."""
    try:
        yield from pages
    except msgspec.ValidationError as error:
        raise AnswerBroken(f"{what} has another shape: {error}") from None
    except (*UNREADABLE, AttributeError, LookupError) as error:
        raise AnswerBroken(f"{what} cannot be read ({type(error).__name__})") from None


def _mark(run: Run, since: datetime) -> Checkpoint:
    return Checkpoint(run_id=run.run_id, origin=run.origin, since=since.isoformat(), cursor="", page=0)


def _checkpoint(run: Run, stream: Stream, since: datetime) -> Checkpoint | None:
    """Where an earlier sweep of at least the same span broke off."""
    found = None if stream.is_listing else checkpoints.read(run.root, run.source.name, stream.name)
    is_usable = found and found.origin == run.origin and datetime.fromisoformat(found.since) <= since
    return found if is_usable else None


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


def _start(run: Run, stream: Stream, now: datetime) -> tuple[datetime, datetime | None, datetime]:
    """Start of the sweep; end of the last complete one, None when all is read anew; start of what is then complete."""
    started_at = run.connection.started_at(stream)
    states = [landing.read_state(run.root, run.source.name, table.name) for table in stream.tables]
    known = [state for state in states if state]
    if len(known) < len(states):
        return started_at, None, started_at
    last = min(datetime.fromisoformat(state.watermark) for state in known)
    covered = max(datetime.fromisoformat(state.since) for state in known)
    is_too_old = stream.relist_after is not None and now - last > stream.relist_after
    if started_at < covered or last > now or is_too_old:
        return started_at, None, min(started_at, covered)
    return max(started_at, last - timedelta(seconds=stream.overlap_seconds)), last, covered
