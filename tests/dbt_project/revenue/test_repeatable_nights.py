"""A night built twice, and a night reached in one step or in two, publish the same bytes.

Tables are written sorted to Parquet and compared by their bytes. Excepted is what carries history: since when an account is
known (account_history.valid_from), for a night built without the one before knows only an account's first record, not the
night on which the registry first named it. Nothing changes here between the nights that was said before; what happens when it
does is in test_account_history.py and test_restatements.py.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dbt_project.nights import PUBLISHED, Project
from tests.dbt_project.revenue import vendor
from tests.dbt_project.revenue.histories import FIRST_DAY, LAST_DAY, Account, Subscription, accounts

TARGETS = (*PUBLISHED, "mrr_movements", "satisfaction_trend")
EARLIER = date(2026, 9, 14)


def company() -> list[Account]:
    """Forty generated accounts, the same each time; the first examples drawn are the simplest, so the fifth is taken."""
    drawn: list[list[Account]] = []

    @settings(max_examples=5, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example])  # fmt: skip
    @given(st.lists(accounts(), min_size=40, max_size=40))
    def draw(generated: list[Account]) -> None:
        drawn.append(generated)

    draw()
    # an invoice that is written a period late is late data: test_restatements.py
    return [
        replace(account, services=tuple(
            replace(service, is_last_invoice_late=False) if isinstance(service, Subscription) else service
            for service in account.services
        )) for account in drawn[-1]
    ]  # fmt: skip


def rows_by(generated: list[Account], as_of: date) -> vendor.Rows:
    """What the vendors had written down by a date; a merge on record since the beginning and an answer a week beside it."""
    found = vendor.rows({f"acc{number}": account for number, account in enumerate(generated)}, FIRST_DAY, as_of)
    for row in found["drop_folder", "accounts"]:
        if row.get("merged_into"):
            row["merged_on"] = FIRST_DAY
    known_until = as_of.toordinal()
    found["drop_folder", "survey_responses"] = [
        {
            "response_id": f"r{day}", "metric": "nps", "survey_kind": "relationship", "score": float(day % 11),
            "account_ref": f"acc{day % len(generated)}", "respondent_email": f"p{day % 17}@x.test",
            "responded_at": datetime.fromordinal(day),
        }
        for day in range(date(2025, 1, 1).toordinal(), known_until, 7)
    ]  # fmt: skip
    return found


def written(build: duckdb.DuckDBPyConnection, folder: Path, select: str) -> str:
    """Hash of a query's rows as a Parquet file, sorted by all columns."""
    path = folder / "rows.parquet"
    build.execute(f"copy ({select} order by all) to '{path}' (format parquet)")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bytes_of(build: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    return {table: written(build, folder, f"select * from build.cx.{table}") for table in TARGETS}


def test_twice_in_one_step_and_in_two_the_same_bytes(project: Project, tmp_path: Path) -> None:
    generated = company()
    late = rows_by(generated, LAST_DAY)
    once = project.build(late, LAST_DAY, TARGETS)
    expected = bytes_of(once, tmp_path)
    assert bytes_of(project.build(late, LAST_DAY, TARGETS), tmp_path) == expected
    early = project.build(rows_by(generated, EARLIER), EARLIER, TARGETS)
    later = project.build(late, LAST_DAY, TARGETS, previous=early)
    in_two = bytes_of(later, tmp_path)
    assert {table for table in TARGETS if in_two[table] != expected[table]} <= {"account_history"}
    attributes = "select * exclude (valid_from) from build.cx.account_history"
    assert written(later, tmp_path, attributes) == written(once, tmp_path, attributes)
    # nor did the earlier night say anything else about the months that were over by then
    for table in ("retention_months", "mrr_movements", "nps_trend", "account_months"):
        closed = f"select * exclude (as_of_date) from build.cx.{table} where calendar_month < '2026-09-01'"
        assert written(early, tmp_path, closed) == written(once, tmp_path, closed), table
