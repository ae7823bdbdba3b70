"""The operator's verbs beside the night: `python -m orchestration check`. Each says what it did and exits non-zero where it did not."""

from __future__ import annotations

from datetime import UTC, datetime

import typer
from rich.console import Console

from orchestration.settings import Settings, SettingsError, load

console = Console(highlight=False)
FAILED = 1
MISCONFIGURED = 4


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (check,):
        app.command()(verb)


def check() -> None:
    """Say what is stale, tell it to whom it concerns, and exit 1 when anything is: for cron."""
    from orchestration.freshness import watch  # noqa: PLC0415 - loads the targets

    found = watch(_settings(), datetime.now(UTC))
    for alert in found:
        console.print(f"[red]{alert.title}[/]\n{alert.body}\n", soft_wrap=True)
    if found:
        raise typer.Exit(FAILED)
    console.print("Every source and every publication is fresh.")


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        console.print(f"[red]Settings:[/] {error}", soft_wrap=True)
        raise typer.Exit(MISCONFIGURED) from None
