"""What ends a run instead of being published, and what must not."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from ingestion.registry import sources
from tests.dbt_project.nights import PROJECT, Project

Rows = dict[tuple[str, str], list[dict[str, object]]]


def agreement(account: str, **said: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "line_id": f"line-{account}", "account_ref": account, "product": "Retainer", "kind": "recurring", "quantity": Decimal(1),
        "unit_amount": Decimal(100), "currency": "USD", "interval": "month", "interval_count": 1, "starts_on": date(2026, 8, 1),
    }  # fmt: skip
    return plain | said


def rates(*days: date) -> list[dict[str, object]]:
    return [{"rate_date": day, "currency": "EUR", "rate_to_reporting": Decimal("1.1")} for day in days]


def closing(build: duckdb.DuckDBPyConnection, month: date) -> dict[str, int]:
    query = "select account_id, closing_mrr_minor from build.intermediate.int_revenue__account_months where calendar_month = ?"
    return dict(build.execute(query, [month]).fetchall())


def test_a_missing_rate_ends_the_run_and_names_currency_and_month(project: Project) -> None:
    rows: Rows = {
        ("drop_folder", "agreements"): [agreement("a", currency="EUR")],
        ("drop_folder", "fx_rates"): rates(date(2026, 8, 31), date(2026, 10, 31), date(2026, 11, 20)),
    }
    with pytest.raises(
        duckdb.InvalidInputException, match="No rate of EUR for 2026-09-30: add a day of that month to fx_rates"
    ):
        project.build(rows)


def test_a_rate_nobody_needs_may_be_missing(project: Project) -> None:
    rows: Rows = {
        ("drop_folder", "agreements"): [agreement("a", currency="EUR", ends_on=date(2026, 9, 1))],
        ("drop_folder", "fx_rates"): rates(date(2026, 8, 31), date(2026, 9, 30)),
    }
    assert closing(project.build(rows), date(2026, 8, 1)) == {"a": 11000}


def test_merges_in_a_circle_end_the_run_and_name_an_account(project: Project) -> None:
    rows: Rows = {
        ("drop_folder", "accounts"): [
            {"account_id": "a", "name": "A", "merged_into": "b"},
            {"account_id": "b", "name": "B", "merged_into": "a"},
        ]
    }
    with pytest.raises(duckdb.InvalidInputException, match=r"merge in a circle.*: [ab]$"):
        project.build(rows)


def test_agreements_alone_make_the_registry(project: Project) -> None:
    build = project.build(
        {("drop_folder", "agreements"): [agreement("a"), agreement("b", unit_amount=Decimal("12.50"))]}
    )
    assert closing(build, date(2026, 9, 1)) == {"a": 10000, "b": 1250}


def test_an_account_the_file_does_not_know_earns_nothing_but_stays_visible(project: Project) -> None:
    build = project.build({
        ("drop_folder", "accounts"): [{"account_id": "a", "name": "A"}],
        ("drop_folder", "agreements"): [agreement("a"), agreement("typo")],
    })  # fmt: skip
    assert closing(build, date(2026, 9, 1)) == {"a": 10000}
    left_out = build.execute(
        "select distinct line_id, exclusion_reason from build.cx.mrr_lines where account_id is null"
    ).fetchall()
    assert left_out == [("line-typo", "unmatched_account")]


def test_a_customer_id_in_an_agreement_is_the_customers_account(project: Project) -> None:
    build = project.build({
        ("stripe", "customers"): [{"customer_id": "cus_1", "metadata": '{"account_id": "a"}', "created_at": None}],
        ("drop_folder", "agreements"): [agreement("cus_1")],
    })  # fmt: skip
    assert closing(build, date(2026, 9, 1)) == {"a": 10000}


def test_refunds_and_credit_notes_are_read_by_no_model_of_revenue(project: Project) -> None:
    reads = {model.name: model.reads for model in project.models}
    asked, found = ["mrr_lines", "mrr_movements", "retention_months"], set[str]()
    while asked:
        name = asked.pop()
        found.add(name)
        asked += [parent for parent in reads[name] if parent not in found]
    assert "stg_stripe__invoice_lines" in found
    assert not {name for name in found if "refund" in name or "credit_note" in name}


def test_a_deleted_customer_of_a_vendor_that_says_so_is_deleted(project: Project) -> None:
    build = project.build({
        ("stripe", "customers"): [
            {"customer_id": "kept", "is_deleted": False}, {"customer_id": "said", "is_deleted": True},
            {"customer_id": "unsaid", "is_deleted": None}, {"customer_id": "absent", "is_deleted": False, "_version": 0},
        ],
    })  # fmt: skip
    found = build.execute(
        "select customer_id, is_deleted from build.staging.stg_stripe__customers order by customer_id"
    ).fetchall()
    assert found == [("absent", True), ("kept", False), ("said", True), ("unsaid", False)]


def test_every_raw_table_that_says_deleted_itself_is_read_with_its_word() -> None:
    """latest_raw(..., says_deleted=true), else the vendor's column would stand in front of the computed one."""
    saying = {
        (source.name, table.name)
        for source in sources()
        for table in source.tables
        if "is_deleted" in table.landed_schema.names
    }
    texts = [path.read_text() for path in (PROJECT / "models" / "staging").rglob("*.sql")]
    calls = [call for text in texts for call in re.findall(r"latest_raw\('(\w+)', '(\w+)'([^}]*)\)", text)]
    assert saying
    for source, table, rest in calls:
        assert ("says_deleted=true" in rest) == ((source, table) in saying), (source, table)
