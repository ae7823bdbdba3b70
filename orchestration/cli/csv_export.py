"""Published rows as a CSV file that a person opens in a spreadsheet: no cell of text can become a formula there."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

# What spreadsheets take for the beginning of a formula, also in full width; and a cell that a spreadsheet of another
# country splits at the semicolon begins anew there.
FORMULA = re.compile(r"(?:\A|(?<=[;\t\r\n]))(?=[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20])")

# What there is to do first; the columns that a person fills keep their names, so that the file can be dropped back.
INTERVENTIONS = """
    select
        interventions.intervention_id,
        interventions.status,
        interventions.owner,
        interventions.account_id,
        accounts.account_name,
        accounts.customer_class,
        accounts.mrr_minor,
        interventions.kind,
        interventions.rule_id,
        interventions.play,
        interventions.opened_on,
        interventions.due_on,
        interventions.evidence_table,
        interventions.evidence_ids,
        interventions.outcome_90d,
        coalesce(interventions.dangling_decision = 'owed', false) as is_decision_owed,
        nullif(interventions.dangling_decision, 'owed') as decision,
        interventions.decided_on,
        interventions.note
    from cx.interventions as interventions
    left join cx.accounts as accounts using (account_id)
    where $is_everything or interventions.status in ('open', 'overdue')
    order by interventions.status <> 'overdue', interventions.status <> 'open', interventions.owner nulls last,
        interventions.due_on, interventions.intervention_id
"""


def export_interventions(warehouse: Path, path: Path, *, is_everything: bool = False) -> int:
    """Write the interventions of a published DuckDB file, those to be done or all; returns the number of rows.

    Raises:
        duckdb.Error: the file is no publication that holds interventions.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(INTERVENTIONS, {"is_everything": is_everything})
        columns = [str(column[0]) for column in found.description]
        return write_csv(path, columns, found.fetchall())


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a header and rows at `path`, whole or not at all, readable by its owner alone; returns the number of rows.

    UTF-8 with a byte order mark, without which spreadsheets read names in the wrong letters; lines end as RFC 4180 says.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(name) for name in columns])
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text.getvalue().encode("utf-8-sig"))
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)
    return count


def cell(value: Any) -> str:
    """One value as a cell: numbers and dates as they are, text with a quote before whatever would begin a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case date() | datetime():
            return value.isoformat()
        case _:
            return FORMULA.sub("'", str(value))
