"""The tables for people as one Excel workbook: typed, filtered, and with no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter

from quality.connections import open_read_only

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from quality.report.figures import Run

# A sheet that is longer is cut, and says so: the Parquet files hold every row.
LONGEST = 50_000
NARROWEST, WIDEST = 9, 60
# Columns of the machine, which a person would only hide again.
HIDDEN = frozenset({"run_id", "policy_version", "as_of_date"})


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the published table, which rows in which order."""

    name: str
    table: str
    clauses: str = ""


SHEETS = (
    Sheet("Accounts", "accounts_today", "order by is_paying desc, mrr_minor desc nulls last, account_id"),
    Sheet("Changes", "account_changes", "order by compared_with, change_kind, abs(amount_minor) desc, account_id"),
    Sheet("Months", "portfolio_months", "order by calendar_month desc"),
    Sheet("Renewals", "renewals", "where days_until >= 0 order by renewal_on, account_id"),
    Sheet("To do", "interventions", "where status in ('open', 'overdue') order by due_on, intervention_id"),
    Sheet("Missing evidence", "missing_evidence", "order by mrr_minor desc, account_id, effort, signal"),
    Sheet("Churn", "churn_events", "order by churned_on desc, account_id"),
)


def write_workbook(warehouse: Path, path: Path, run: Run) -> None:
    """Write the workbook of the published file `warehouse`; the same file and run give the same bytes."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True, "remove_timezone": True}
    with (
        contextlib.closing(open_read_only(warehouse)) as connection,
        contextlib.closing(xlsxwriter.Workbook(str(path), options)) as book,
    ):
        title = "DEMO DATA. " if run.is_demo else ""
        book.set_properties({
            "title": f"{title}How our customers fare, {run.as_of.isoformat()}",
            "created": datetime.combine(run.as_of, time.min),
        })  # fmt: skip
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
            "note": book.add_format({"italic": True}),
        }
        known = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'cx'"
            ).fetchall()
        }
        for sheet in SHEETS:
            if sheet.table in known:
                _write(connection, book, sheet, formats)
        _definitions(connection, book, formats)


def _write(connection: duckdb.DuckDBPyConnection, book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    cursor = connection.execute(f"from cx.{sheet.table} {sheet.clauses} limit {LONGEST + 1}")
    names = [column[0] for column in cursor.description or ()]
    shown = [place for place, name in enumerate(names) if name not in HIDDEN]
    rows = cursor.fetchall()
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 1)
    for place, column in enumerate(shown):
        longest = max((len(str(row[column])) for row in rows[:200] if row[column] is not None), default=0)
        page.set_column(place, place, min(max(longest, len(names[column]) // 2 + 4, NARROWEST), WIDEST))
    for place, column in enumerate(shown):
        page.write_string(0, place, names[column].replace("_", " "), formats["head"])
    for line, row in enumerate(rows[:LONGEST], start=1):
        for place, column in enumerate(shown):
            _cell(page, line, place, row[column], formats)
    if len(rows) > LONGEST:
        text = f"The sheet ends after {LONGEST:,} rows; parquet/{sheet.table}.parquet holds all of them."
        page.write_string(LONGEST + 1, 0, text, formats["note"])
    if rows:
        page.autofilter(0, 0, min(len(rows), LONGEST), len(shown) - 1)


def _cell(page: Any, line: int, place: int, value: Any, formats: dict[str, Any]) -> None:
    match value:
        case None:
            return
        case bool():
            page.write_boolean(line, place, value)
        case datetime():
            page.write_datetime(line, place, value, formats["instant"])
        case date():
            page.write_datetime(line, place, value, formats["date"])
        case Decimal():
            page.write_number(line, place, float(value), formats["amount"])
        case int() | float():
            page.write_number(line, place, value)
        case _:
            page.write_string(line, place, str(value))


def _definitions(connection: duckdb.DuckDBPyConnection, book: Any, formats: dict[str, Any]) -> None:
    """What each column means, in the words of the published file."""
    page = book.add_worksheet("Definitions")
    for place, (name, width) in enumerate([("sheet", 18), ("column", 30), ("meaning", 120)]):
        page.set_column(place, place, width)
        page.write_string(0, place, name, formats["head"])
    line = 1
    for sheet in SHEETS:
        described = connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'cx' and table_name = ? and comment is not null "
            "order by column_index",
            [sheet.table],
        ).fetchall()
        for column, text in described:
            for place, cell in enumerate([sheet.name, str(column).replace("_", " "), str(text)]):
                page.write_string(line, place, cell)
            line += 1
