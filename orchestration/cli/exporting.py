"""Verbs that hand people what was published: `python -m orchestration report|account|interventions|backtest`."""

from __future__ import annotations

import json
import re
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings, SettingsError, load

console = Console(highlight=False)
FAILED = 1
MISCONFIGURED = 4


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (report, account, interventions, backtest):
        app.command()(verb)


def report() -> None:
    """Name the report of the last publication, and open it in a browser where a person is looking."""
    _open(_published(_settings()).with_name("report.html"))


def account(account_id: Annotated[str, typer.Option("--id", help="account_id as published")] = "") -> None:
    """Write one account's whole story on a sheet to be printed, below exports/ of the home."""
    from quality.publication.manifest import Manifest  # noqa: PLC0415 - same
    from quality.report.account_sheet import AccountUnknownError, write_account_sheet  # noqa: PLC0415 - loads DuckDB
    from quality.report.figures import Run  # noqa: PLC0415 - same

    settings = _settings()
    warehouse = _published(settings)
    if not account_id:
        console.print("Say which account: make account ID=acc_0004", style="red")
        raise typer.Exit(MISCONFIGURED)
    made = Manifest.from_json(warehouse.with_name("manifest.json").read_text(encoding="utf-8"))
    run = Run(made.run_id, made.as_of, made.policy_version, made.is_demo)
    page = settings.home / "exports" / f"account_{re.sub(r'[^A-Za-z0-9_.-]', '_', account_id)}.html"
    page.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        write_account_sheet(warehouse, page, account_id, run)
    except AccountUnknownError as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(FAILED) from None
    _open(page)


def _open(page: Path) -> None:
    console.print(str(page), soft_wrap=True, markup=False)
    if console.is_terminal:
        webbrowser.open(page.as_uri())


def interventions(*, everything: bool = False) -> None:
    """Write the interventions to be done (--everything: all) as CSV for a spreadsheet, below exports/ of the home."""
    from orchestration.cli.csv_export import export_interventions  # noqa: PLC0415 - loads DuckDB

    settings = _settings()
    warehouse = _published(settings)
    path = settings.home / "exports" / "interventions.csv"
    count = export_interventions(warehouse, path, is_everything=everything)
    console.print(f"{count:,} interventions in {path}", soft_wrap=True, markup=False)
    console.print(
        "Fill in status (done, dismissed), decision, decided_on and note, and put the file into the drop folder."
    )


def backtest(*, latest: bool = False) -> None:
    """Show whether a class foretold who left, against everybody and against the last NPS answer (table class_backtests).

    The lift is the churn rate of a group over that of everybody.
    """
    from orchestration.cli.backtest import comparison  # noqa: PLC0415 - loads DuckDB

    warehouse = _published(_settings())
    compared = comparison(warehouse, scope="latest" if latest else "pooled")
    wide = Console(width=max(console.width, WIDTH))
    for days, groups in compared.items():
        table = Table(f"{days} days before", *COLUMNS, box=None, pad_edge=False, padding=(0, 1))
        for column in table.columns:
            column.no_wrap = True
            column.justify = "left" if column is table.columns[0] else "right"
        for group in groups:
            table.add_row(group.name, *group.cells())
        wide.print(table, "")
    if not compared:
        console.print("No month lies far enough in the past: a horizon must be over before it can be judged.")
    elif json.loads((warehouse.parent / "manifest.json").read_text())["is_demo"]:
        console.print(
            "DEMO DATA: evidence and losses were drawn from one hidden health. This shows how to read the table, not that the"
            " classes foretell; your own history says that.",
            soft_wrap=True,
        )


COLUMNS = (
    "accounts",
    "churned",
    "contracted",
    "expanded",
    "churn rate",
    "95 %",
    "lift",
    "of all losses",
)
WIDTH = 110  # a file or a narrow terminal gets whole rows, too


def _published(settings: Settings) -> Path:
    """The warehouse file of the current publication; exit 1 where there is none."""
    warehouse = settings.home / "warehouse" / "current" / "warehouse.duckdb"
    if not warehouse.exists():
        console.print(f"Nothing was published under {settings.home} yet: run `make nightly` first.", soft_wrap=True)
        raise typer.Exit(FAILED)
    return warehouse


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        console.print(f"[red]Settings:[/] {error}", soft_wrap=True)
        raise typer.Exit(MISCONFIGURED) from None
