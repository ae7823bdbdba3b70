"""The pipeline from a terminal: `python -m orchestration run|nightly|ui`."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
import uuid
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.cli import exporting, model_loop, operating
from orchestration.instance.dagster_home import prepare
from orchestration.instance.stopping import stoppable, within
from orchestration.instance.turns import TurnTakenError, turn
from orchestration.settings import PROJECT, Settings, SettingsError, load

if TYPE_CHECKING:
    import dagster as dg

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_show_locals=False)
console = Console(highlight=False)
operating.register(app)
exporting.register(app)
model_loop.register(app)

# The terminal shows progress of its own; the whole log is in the Dagster UI.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Exit(IntEnum):
    """How a run ended, for whoever scheduled it."""

    PUBLISHED = 0
    FAILED = 1
    REFUSED = 2
    SOURCE_FAILED = 3
    MISCONFIGURED = 4
    BUSY = 5
    STOPPED = 6


STOP_SECONDS = 4.0
# By the cause of what a night was refused for, before any of it ran.
CODES = {"settings": Exit.MISCONFIGURED, "source": Exit.SOURCE_FAILED, "warehouse": Exit.FAILED}


@app.command()
def run() -> None:
    """Run the nightly job once and show what was published."""
    _finish(_nightly(_settings()))


@app.command()
def nightly(*, make_current: bool = False, by: str = "", reason: str = "") -> None:
    """Run the nightly job once: exits 0 published, 2 the gate refused, 3 a source failed, 4 a setting is wrong, 5 a night
    runs already, 6 it was stopped, 1 else. A night of a past date is kept beside the current one, unless a person makes it
    current and says why.
    """
    if make_current and not (by.strip() and reason.strip()):
        console.print("[red]Settings:[/] to make a past night current, say who does it (BY=...) and why (REASON=...).")
        raise typer.Exit(Exit.MISCONFIGURED)
    _finish(_nightly(_settings(), {"make_current": make_current, "by": by, "reason": reason} if make_current else {}))


@app.command()
def ui(port: int = 3000, host: str = "127.0.0.1") -> None:
    """Open the Dagster UI on the same definitions, with the schedule's daemon."""
    settings = _settings()
    prepare(settings)
    arguments = ["dagster", "dev", "-w", str(PROJECT / "workspace.yaml"), "-h", host, "-p", str(port)]
    os.chdir(PROJECT)
    os.execv(str(Path(sys.executable).with_name("dagster")), arguments)  # noqa: S606 - no shell, our own arguments


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        console.print(f"[red]Settings:[/] {error}", soft_wrap=True)
        raise typer.Exit(Exit.MISCONFIGURED) from None


def _nightly(settings: Settings, asked: dict[str, Any] | None = None) -> tuple[Settings, Exit, str]:
    run_id = str(uuid.uuid4())
    try:
        prepare(settings)
    except OSError as error:
        return (
            settings,
            Exit.MISCONFIGURED,
            f"CX_HOME can't be written: {error.strerror}. Set it to a folder of your own.",
        )
    try:
        stopping = _Stopping(settings, run_id)
        with turn(settings, run_id, "`make nightly`"), stoppable(stopping):
            return _in_turn(settings, run_id, stopping, asked or {})
    except TurnTakenError as taken:
        console.print(
            f"{escape(str(taken))}\nThis run did not start; start it again when the other one has ended.",
            soft_wrap=True,
        )
        raise typer.Exit(Exit.BUSY) from None


def _in_turn(settings: Settings, run_id: str, stopping: _Stopping, asked: dict[str, Any]) -> tuple[Settings, Exit, str]:
    from orchestration.preflight import NotReadyError, require_ready  # noqa: PLC0415 - loads the sources and targets

    try:
        for warning in require_ready(settings, run_id):
            console.print(f"  [yellow]warning[/] {escape(warning.sentence)}", soft_wrap=True)
    except NotReadyError as error:
        console.print(f"[red]The night did not start[/]: {escape(str(error))}", soft_wrap=True)
        return settings, CODES[error.cause], _refused(settings, run_id, error)
    mode = "the demo company" if settings.is_demo else "your own sources"
    console.print(f"[bold]cx-patterns[/]: {mode}, everything under {settings.home}")
    with console.status("loading the definitions") as status:
        import dagster as dg  # noqa: PLC0415 - costs seconds, errors of settings come before it

        from orchestration.alerting.failures import breaks_told, end_lost_runs, tell_undelivered  # noqa: PLC0415 - same
        from orchestration.assets.schedules import JOB  # noqa: PLC0415 - same
        from orchestration.definitions import defs  # noqa: PLC0415 - same
        from orchestration.instance.code_location import name_location  # noqa: PLC0415 - same

        with (
            breaks_told(settings, run_id),
            contextlib.ExitStack() as open_files,
            dg.DagsterInstance.get() as instance,
        ):
            stopping.instance = instance
            name_location(instance, JOB)
            for lost in end_lost_runs(instance, settings):
                console.print(f"  [yellow]lost[/]    an earlier run died and is now recorded as failed: {lost}")
            tell_undelivered(settings)
            # What Dagster says to a terminal goes to a file; a person gets the progress and the outcome.
            log = open_files.enter_context((settings.dagster_home / "nightly.log").open("w", encoding="utf-8"))
            open_files.enter_context(contextlib.redirect_stderr(log))
            progress = _Progress(status)
            logging.getLogger("orchestration").addHandler(_Ticker(status))
            instance.add_event_listener(run_id, progress)
            result = defs.resolve_job_def(JOB).execute_in_process(
                instance=instance,
                run_id=run_id,
                run_config={"resources": {"pipeline": {"config": asked}}},
                raise_on_error=False,
            )
    return settings, *_outcome(result)


def _refused(settings: Settings, run_id: str, error: Exception) -> str:
    """Send the alert of a night that did not start, as for one that failed; returns what a person is to do."""
    from orchestration.alerting.failures import advice, of_run, tell  # noqa: PLC0415 - loads Dagster

    cause = str(getattr(error, "cause", ""))
    tell(of_run(settings, run_id, cause, str(error), datetime.now(UTC)), settings)
    return f"Next step: {advice(cause, str(error))[1]}"


class _Stopping:
    """What is done when a signal says stop: it is recorded and alerted, and the process ends, all within seconds."""

    def __init__(self, settings: Settings, run_id: str) -> None:
        self._settings, self._run_id, self._began_at = settings, run_id, datetime.now(UTC)
        self.instance: dg.DagsterInstance | None = None

    def __call__(self, name: str) -> None:
        console.show_cursor()
        console.print(f"\n[yellow]Stopping[/] ({name}) ...")
        within(STOP_SECONDS, self._tell)
        within(STOP_SECONDS, self._note)
        console.print("[yellow]The night was stopped[/], what was published before stays readable.")
        sys.stdout.flush()
        os._exit(Exit.STOPPED)

    def _note(self) -> None:
        from orchestration.instance.run_liveness import bury  # noqa: PLC0415 - small, beside the others

        run = self.instance.get_run_by_id(self._run_id) if self.instance else None
        until = time.monotonic() + STOP_SECONDS / 2
        # Dagster hears the signal too, and calls a step that it interrupts failed: the last word is ours.
        while self.instance and run and not run.is_finished and time.monotonic() < until:
            time.sleep(0.1)
            run = self.instance.get_run_by_id(self._run_id)
        if self.instance and run and not run.is_success:
            self.instance.report_run_canceled(run, "The night was stopped by a signal.")
        bury(self._settings, self._run_id)

    def _tell(self) -> None:
        from orchestration.alerting.failures import stopped, tell  # noqa: PLC0415 - loads Dagster

        tell(stopped(self._settings, self._run_id, "A signal stopped it.", self._began_at), self._settings)


class _Progress:
    """Tells a person what the run is at: one line per finished step, the present step beside the spinner."""

    def __init__(self, status: Any) -> None:
        self._status = status

    def __call__(self, entry: Any) -> None:
        event = entry.dagster_event
        if event is None:
            if entry.level == logging.WARNING:
                console.print(f"  [yellow]note[/]    {escape(entry.user_message)}", soft_wrap=True)
            elif entry.level <= logging.INFO and entry.step_key:
                self._status.update(f"{entry.step_key}: {entry.user_message.splitlines()[0][:90]}")
            return
        kind = event.event_type_value
        if kind == "STEP_START":
            self._status.update(str(event.step_key))
        elif kind == "STEP_SUCCESS":
            seconds = event.step_success_data.duration_ms / 1000
            console.print(f"  [green]done[/]    {event.step_key:<24} {seconds:6.1f} s")
        elif kind == "STEP_FAILURE":
            console.print(f"  [red]failed[/]  {event.step_key}")
        elif kind == "STEP_UP_FOR_RETRY":
            console.print(f"  [yellow]retry[/]   {event.step_key}")
        elif kind == "STEP_SKIPPED":
            console.print(f"  [dim]skipped {event.step_key}[/]")


class _Ticker(logging.Handler):
    """Shows what the steps say of themselves beside the spinner; these lines are not stored."""

    def __init__(self, status: Any) -> None:
        super().__init__(logging.INFO)
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        self._status.update(record.getMessage()[:100])


def _outcome(result: dg.ExecuteInProcessResult) -> tuple[Exit, str]:
    from orchestration.alerting.failures import advice  # noqa: PLC0415 - loads Dagster

    if result.success:
        return Exit.PUBLISHED, _beside(result)
    causes, texts = set(), []
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            failure = event.step_failure_data
            user = failure.user_failure_data
            texts.append(
                (
                    user.description
                    if user and user.description
                    else str(failure.error.message if failure.error else "")
                ).strip()
            )
            if user and "cause" in user.metadata:
                causes.add(str(user.metadata["cause"].value))
            if user and "report" in user.metadata:
                texts.append(f"Report of the gate: {user.metadata['report'].value}")
    first = next((cause for cause in ("settings", "source") if cause in causes), next(iter(sorted(causes)), ""))
    code = Exit.REFUSED if first == "gate" else CODES.get(first, Exit.FAILED)
    _, next_step = advice(first, "\n".join(texts))
    return code, "\n".join([*dict.fromkeys(texts), f"Next step: {next_step}"])


def _beside(result: dg.ExecuteInProcessResult) -> str:
    """What is said of a night of a past date that did not become current; empty for any other."""
    for event in result.all_events:
        if event.event_type_value == "ASSET_MATERIALIZATION":
            facts = event.step_materialization_data.materialization.metadata
            if "is_current" in facts and not facts["is_current"].value:
                version, place = facts["version"].value, facts["location"].value
                return (
                    f"Kept {version} beside the current version, because nights of later dates are already published: {place}\n"
                    f"To make it current: make rollback VERSION={version} BY=... REASON=..."
                )
    return ""


def _finish(ended: tuple[Settings, Exit, str]) -> None:
    settings, code, text = ended
    if code is not Exit.PUBLISHED:
        console.print(
            f"\n[red]The night failed.[/] {escape(text)}\nWhat was published before stays readable.", soft_wrap=True
        )
        raise typer.Exit(code)
    if text:
        console.print(f"\n{escape(text)}", soft_wrap=True)
        return
    _show(settings)


def _show(settings: Settings) -> None:
    """What was published, where it lies, and the headline numbers."""
    from quality.publication.headlines import noted_headlines  # noqa: PLC0415 - loads DuckDB
    from quality.publication.left_out_lines import block  # noqa: PLC0415 - same
    from quality.publication.targets.opening import open_target  # noqa: PLC0415 - same

    live = open_target("", home=settings.home).live()
    if live is None:
        raise RuntimeError("the run succeeded and no publication is live")
    current = settings.home / "warehouse" / "current"
    table = Table("table", "rows", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, facts in live.tables.items():
        table.add_row(name, f"{facts.rows:,}")
    console.print(f"\nPublished {live.version}{' (DEMO DATA)' if live.is_demo else ''}: {len(live.tables)} tables")
    for line in block(live.left_out):
        console.print(line, soft_wrap=True, markup=False)
    console.print(table)
    console.print()
    for line, notes in noted_headlines(current / "warehouse.duckdb", live.run_id):
        console.print(f"  {line}", style="bold")
        for note in notes:
            console.print(f"    warning: {note}", soft_wrap=True, markup=False, style="yellow")
    console.print()
    for label, path in (
        ("report", current / "report.html"),
        ("workbook", current / "workbook.xlsx"),
        ("warehouse", current / "warehouse.duckdb"),
        ("Parquet", current / "parquet"),
        ("report of the gate", current / "quality.html"),
    ):
        console.print(f"  {label:<20}{path}", soft_wrap=True)


def main() -> None:
    """Run a command. At exit DuckDB 2.0 reports as leaks what dbt and SQLAlchemy still hold: nobody can act on that."""
    # A night that is stopped leaves semaphores of dbt to the kernel; Python's own process beside it would name them.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last place where anybody can be told
        from orchestration.privacy.error_redaction import told_of  # noqa: PLC0415 - loads Dagster

        console.print("[red]The command failed[/], what was published before stays readable.")
        console.print(f"{escape(told_of(error))}\nCorrect this and run the command again.", soft_wrap=True)
        sys.exit(Exit.FAILED)
    finally:
        sys.stderr.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


if __name__ == "__main__":
    main()
