"""The operator's verbs beside the night: `python -m orchestration check`. Each says what it did and exits non-zero where it did not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer
from rich.console import Console

from orchestration.instance.dagster_home import prepare
from orchestration.settings import PROJECT, Settings, SettingsError, load, make_home

console = Console(highlight=False)
FAILED = 1
MISCONFIGURED = 4


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (check, doctor, versions, diff, rollback, erase, audit):
        app.command()(verb)


def check() -> None:
    """Report what is stale and which runs died, alert whom it concerns, and exit 1 when anything is: for cron."""
    import dagster as dg  # noqa: PLC0415 - costs seconds

    from orchestration.alerting.failures import end_lost_runs  # noqa: PLC0415 - loads Dagster
    from orchestration.alerting.freshness import watch  # noqa: PLC0415 - loads the targets

    settings = _settings()
    prepare(settings)
    with dg.DagsterInstance.get() as instance:
        lost = end_lost_runs(instance, settings)
    for run_id in lost:
        console.print(f"[red]A run died and is now recorded as failed:[/] {run_id}", soft_wrap=True)
    found = watch(settings, datetime.now(UTC))
    for alert in found:
        console.print(f"[red]{alert.title}[/]\n{alert.body}\n", soft_wrap=True)
    if found or lost:
        raise typer.Exit(FAILED)
    console.print("Every source and every publication is fresh.")


def doctor() -> None:
    """Look at settings, credentials, scopes, reachability, clock, disk, versions and rights; exits 1 when anything is wrong."""
    from orchestration.cli.doctor import examined  # noqa: PLC0415 - loads the sources and targets
    from orchestration.preflight import WallClock  # noqa: PLC0415 - same

    colours = {"fine": "green", "warning": "yellow", "wrong": "red"}
    found = list(examined(_settings(), WallClock()))
    for finding in found:
        console.print(f"  [{colours[finding.state]}]{finding.state:<8}[/] ", end="")
        console.print(finding.sentence, soft_wrap=True, markup=False)
    if any(finding.state == "wrong" for finding in found):
        raise typer.Exit(FAILED)


def versions() -> None:
    """List the kept publications of every warehouse."""
    from orchestration.cli.versions import listed  # noqa: PLC0415 - loads the targets

    settings = _settings()
    console.print(f"Everything under {settings.home}", soft_wrap=True, markup=False)
    with _told():
        for table in listed(settings):
            console.print(table, "")


def diff(old: str = "", new: str = "") -> None:
    """Compare two publications: tables, rows and headline figures; by default the current one with the one before."""
    from orchestration.cli.versions import compared  # noqa: PLC0415 - same

    with _told():
        for table in compared(_settings(), old, new):
            console.print(table, "")


def rollback(version: str = "", by: str = "", reason: str = "") -> None:
    """Make an older publication the current one in every warehouse; who and why are recorded."""
    from orchestration.cli.versions import rolled_back  # noqa: PLC0415 - same

    with _told():
        settings = _settings()
        make_home(settings)  # what is noted is private
        for line in rolled_back(settings, version, by, reason):
            console.print(line, soft_wrap=True, markup=False)
        console.print("The run that was taken back is not published again; new inputs or rules are.")


def erase(person: str = "", account: str = "", by: str = "", reason: str = "") -> None:
    """Erase a person (e-mail address) or an account (account_id) from everything that is kept; writes a proof."""
    from ingestion.contract import IngestionError  # noqa: PLC0415 - same
    from orchestration.privacy.erasure import ErasureError  # noqa: PLC0415 - same
    from orchestration.privacy.erasure import erase as erased  # noqa: PLC0415 - same

    settings = _settings()
    make_home(settings)
    now = datetime.now(UTC).replace(tzinfo=None)
    with _told():
        try:
            proof = erased(settings, person=person, account=account, by=by, reason=reason, now=now)
        except (ErasureError, IngestionError) as error:
            console.print(f"Not erased: {error}", style="red", soft_wrap=True, markup=False)
            raise typer.Exit(FAILED) from None
    console.print(f"Erased. The proof: {proof}\nRun `make nightly` to build the figures without it.", soft_wrap=True)


def audit() -> None:
    """Check that every locked package is hashed and none has a known vulnerability; says so where nobody could be asked."""
    from orchestration.cli.auditing import audit as audited  # noqa: PLC0415 - same

    found = audited(PROJECT)
    for text in found.faults:
        console.print(text, style="red", soft_wrap=True, markup=False)
    for text in found.notes:
        console.print(text, style="yellow", soft_wrap=True, markup=False)
    if found.faults:
        raise typer.Exit(FAILED)
    console.print(
        "Every locked package is pinned with its hashes." + ("" if found.notes else " None has a known vulnerability.")
    )


@contextmanager
def _told() -> Iterator[None]:
    """A warehouse's refusal as one line and exit 1."""
    from quality.publication.targets.target import TargetError  # noqa: PLC0415 - same

    try:
        yield
    except TargetError as error:
        console.print(f"Nothing was changed: {error}", style="red", soft_wrap=True, markup=False)
        raise typer.Exit(FAILED) from None


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        console.print(f"[red]Settings:[/] {error}", soft_wrap=True)
        raise typer.Exit(MISCONFIGURED) from None
