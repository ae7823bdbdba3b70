"""An analyst's loop: build one model on the last night's inputs, see its rows and what is different from what is published."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import webbrowser
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings, SettingsError, export, load
from quality.connections import quoted

if TYPE_CHECKING:
    import duckdb

console = Console(highlight=False)
FAILED = 1
MISCONFIGURED = 4
ROWS_SHOWN = 12
COLUMNS_SHOWN = 8
# What every run writes differently, so that it says nothing about a model.
RUN_COLUMNS = frozenset({"run_id", "policy_version"})


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (model, docs, sql):
        app.command()(verb)


def model(
    name: Annotated[str, typer.Option(help="The model's name, as its file is called.")] = "",
    *,
    up: Annotated[bool, typer.Option(help="Build what it needs as well.")] = False,
) -> None:
    """Build one model in a copy of the last build, show its rows, and compare it with what is published."""
    import duckdb  # noqa: PLC0415 - the other verbs need none of these

    from orchestration.dbt.last_build import last_build  # noqa: PLC0415 - same
    from orchestration.dbt.manifest import DBT_PROJECT, manifest  # noqa: PLC0415 - same
    from orchestration.dbt.runner import DbtFailedError, Project, require_built  # noqa: PLC0415 - same

    settings = _settings()
    built = last_build(settings.build)
    if built is None:
        console.print("Nothing was built yet: run `make run` (the demo company) or `make nightly` once.")
        raise typer.Exit(FAILED)
    node = next(
        (one for one in manifest()["nodes"].values() if one["resource_type"] == "model" and one["name"] == name), None
    )
    if node is None:
        console.print(f"There is no model {name!r}. Say which: make model M=retention_months", markup=False)
        raise typer.Exit(MISCONFIGURED)
    folder = settings.build / "model_loop"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = folder / "build.duckdb"
    shutil.copyfile(built.path, copy)
    export(
        CX_HOME=str(settings.home),
        CX_BUILD_PATH=str(copy),
        CX_PREVIOUS=built.previous,
        CX_MEMORY_LIMIT=settings.memory_limit,
    )
    project = Project([
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(folder / "dbt"),
        "--log-path", str(folder / "dbt"), "--vars", json.dumps(built.variables),
    ])  # fmt: skip
    try:
        events = list(project.run(["run", "--select", f"+{name}" if up else name]))
        require_built(project.results(), reported=len(events))
    except DbtFailedError as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(FAILED) from None
    with closing(duckdb.connect(str(copy), read_only=True)) as connection:
        relation = f'"{node["schema"]}"."{name}"'
        _show(connection, relation, name)
        published = settings.home / "warehouse" / "current" / "parquet" / f"{name}.parquet"
        if published.exists():
            _compare(connection, relation, published)


def _show(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> None:
    cursor = connection.execute(f"select * from {relation} limit {ROWS_SHOWN}")
    names = [column[0] for column in cursor.description][:COLUMNS_SHOWN]
    table = Table(*names, title=name, title_justify="left")
    for row in cursor.fetchall():
        table.add_row(*("" if value is None else str(value)[:40] for value in row[:COLUMNS_SHOWN]))
    console.print(table)
    ((count,),) = connection.execute(f"select count(*) from {relation}").fetchall()
    console.print(f"{count:,} rows")


def _compare(connection: duckdb.DuckDBPyConnection, relation: str, published: Path) -> None:
    """Say which rows and columns differ from the published table, by the columns that both have."""
    ask = connection.execute
    there = f"read_parquet({quoted(published)})"
    ours = [row[0] for row in ask(f"describe select * from {relation}").fetchall()]
    theirs = [row[0] for row in ask(f"describe select * from {there}").fetchall()]
    for text, columns in (("new column", set(ours) - set(theirs)), ("column that is gone", set(theirs) - set(ours))):
        if columns:
            console.print(f"{text}: {', '.join(sorted(columns))}", markup=False)
    shared = [f'"{column}"' for column in ours if column in theirs and column not in RUN_COLUMNS]
    listed = ", ".join(shared)
    ((added, removed),) = ask(
        f"select (select count(*) from (select {listed} from {relation} except all select {listed} from {there})), "
        f"(select count(*) from (select {listed} from {there} except all select {listed} from {relation}))"
    ).fetchall()
    if not added and not removed:
        console.print("It holds the same rows as what is published.", style="green")
        return
    console.print(
        f"Different from what is published: {added:,} rows here that are not there, {removed:,} there that are not here."
    )
    differing = [
        column.strip('"')
        for column in shared
        if ask(
            f"select count(*) from (select {column} from {relation} except all select {column} from {there})"
        ).fetchall()[0][0]
    ]
    console.print(f"columns that differ: {', '.join(differing)}", markup=False)


def docs() -> None:
    """Write the models' documentation as one file that needs no server, and open it where a person is looking."""
    from orchestration.dbt.last_build import last_build  # noqa: PLC0415 - same
    from orchestration.dbt.manifest import DBT_PROJECT  # noqa: PLC0415 - same

    settings = _settings()
    built = last_build(settings.build)
    if built is None:
        console.print("Nothing was built yet: run `make run` (the demo company) or `make nightly` once.")
        raise typer.Exit(FAILED)
    folder = settings.home / "exports" / "docs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    export(CX_HOME=str(settings.home), CX_BUILD_PATH=str(built.path), CX_PREVIOUS=built.previous)
    ended = subprocess.run(  # noqa: S603 - our own arguments
        [str(Path(sys.executable).with_name("dbt")), "--quiet", "docs", "generate", "--static", "--no-compile",
         "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(folder),
         "--log-path", str(folder), "--vars", json.dumps(built.variables)],
        check=False,
    )  # fmt: skip
    if ended.returncode:
        raise typer.Exit(FAILED)
    page = folder / "static_index.html"
    console.print(str(page), soft_wrap=True, markup=False)
    if console.is_terminal:
        webbrowser.open(page.as_uri())


def sql(query: Annotated[str, typer.Option(help="One query; without it a prompt opens.")] = "") -> None:
    """Ask the published tables, read-only: one query, or a prompt that ends with Ctrl-D."""
    import duckdb  # noqa: PLC0415 - the other verbs need none of it

    warehouse = _settings().home / "warehouse" / "current" / "warehouse.duckdb"
    if not warehouse.exists():
        console.print("Nothing was published yet: run `make run` or `make nightly` once.")
        raise typer.Exit(FAILED)
    with closing(duckdb.connect(str(warehouse.resolve()), read_only=True)) as connection:
        connection.execute("set schema = 'cx'")
        if query:
            console.print(str(connection.sql(query) or ""), markup=False, soft_wrap=True)
            return
        console.print("Read-only; one query a line, `show tables` lists the tables, Ctrl-D ends.")
        while True:
            try:
                line = input("cx> ").strip()
            except (EOFError, KeyboardInterrupt):
                return
            if not line:
                continue
            try:
                console.print(str(connection.sql(line) or ""), markup=False, soft_wrap=True)
            except duckdb.Error as error:
                console.print(str(error), style="red", markup=False, soft_wrap=True)


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        console.print(f"[red]Settings:[/] {error}", soft_wrap=True)
        raise typer.Exit(MISCONFIGURED) from None
