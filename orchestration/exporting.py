"""Verbs that write what was published into files for people: `python -m orchestration interventions`."""

from __future__ import annotations

import typer
from rich.console import Console

from orchestration.settings import SettingsError, load

console = Console(highlight=False)
FAILED = 1
MISCONFIGURED = 4


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(interventions)


def interventions(*, everything: bool = False) -> None:
    """Write the interventions to be done (--everything: all) as CSV for a spreadsheet, below exports/ of the home."""
    from quality.csv_export import export_interventions  # noqa: PLC0415 - loads DuckDB

    try:
        settings = load()
    except SettingsError as error:
        console.print(f"[red]Settings:[/] {error}", soft_wrap=True)
        raise typer.Exit(MISCONFIGURED) from None
    warehouse = settings.home / "warehouse" / "current" / "warehouse.duckdb"
    if not warehouse.exists():
        console.print(f"Nothing was published under {settings.home} yet: run `make nightly` first.", soft_wrap=True)
        raise typer.Exit(FAILED)
    path = settings.home / "exports" / "interventions.csv"
    count = export_interventions(warehouse, path, is_everything=everything)
    console.print(f"{count:,} interventions in {path}", soft_wrap=True, markup=False)
    console.print(
        "Fill in status (done, dismissed), decision, decided_on and note, and put the file into the drop folder."
    )
