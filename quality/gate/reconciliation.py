"""Reconciliation across tables: sentences as SQL data that return the rows which break them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from quality.gate.failing_keys import LIMIT, OPEN, shown
from quality.gate.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quality.gate.context import Context
    from quality.gate.suite import Reconciliation, Suites


def reconcile(
    connection: duckdb.DuckDBPyConnection, suites: Suites, context: Context, off: tuple[str, ...]
) -> Iterator[Check]:
    """One check per reconciliation whose table is published; those of a table whose sources are off say nothing."""
    for sentence in suites.reconciliations:
        if sentence.table in context.tables and not {sentence.table, *sentence.needs} & set(off):
            yield _judged(connection, sentence)


def _judged(connection: duckdb.DuckDBPyConnection, sentence: Reconciliation) -> Check:
    failed: int | None = None
    keys: tuple[str, ...] = ()
    names: list[str] = []
    detail = ""
    try:
        query = f"with broken as ({sentence.sql}) select count(*) from broken"
        failed = int(connection.execute(query).fetchall()[0][0])
        if failed and sentence.key_columns:
            found = connection.execute(f"with broken as ({sentence.sql}) from broken order by all limit {LIMIT}")
            names = [column[0] for column in found.description or ()][: sentence.key_columns]
            keys = tuple(
                "|".join(shown(value, is_open=name in OPEN) for name, value in zip(names, row, strict=False))
                for row in found.fetchall()
            )
    except duckdb.Error as error:
        detail = f"could not run: {type(error).__name__}"  # the message may quote a value
    return Check(
        suite="_reconciliations",
        table=sentence.table,
        name=sentence.name,
        expectation="reconciliation",
        sentence=sentence.sentence,
        severity=sentence.severity,
        owner=sentence.owner,
        is_passed=failed == 0,
        failed_rows=failed,
        sample_keys=keys,
        has_open_keys=OPEN.issuperset(names),
        detail=detail,
        could_not_run=failed is None,
    )
