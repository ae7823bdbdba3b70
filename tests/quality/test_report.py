"""The report, the account's sheet and the workbook: made from the published file alone, the same bytes for the same file."""

import datetime as dt
from decimal import Decimal

import duckdb
import openpyxl
import pytest

from quality.report.account_sheet import AccountUnknownError, write_account_sheet
from quality.report.figures import QUESTIONS, Run
from quality.report.formatting import day, money, month, person, quarter, score, share
from quality.report.page import write_report
from quality.report.workbook import SHEETS, write_workbook

RUN = Run("2026-11-20-abc", dt.date(2026, 11, 20), "policy", is_demo=True)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (money(Decimal("1234567.8"), "USD"), "1\u202f234\u202f568\u00a0USD"),
        (money(None, "USD"), "\u2013"),
        (share(0.8249), "82\u00a0%"),
        (share(None), "\u2013"),
        (score(-3.4), "\u22123"),
        (score(38.2), "+38"),
        (day(dt.date(2026, 11, 7)), "7 Nov 2026"),
        (month(dt.date(2026, 11, 1)), "November 2026"),
        (quarter(dt.date(2026, 10, 1)), "Q4 2026"),
        (person("csm01@example.com"), "csm01"),
        (person(None), "\u2013"),
    ],
)
def test_numbers_and_days_are_shown_as_people_read_them(shown, text):
    assert shown == text


@pytest.fixture
def bare(tmp_path):
    """A publication of an installation that has nothing but accounts yet."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema cx")
        connection.execute(
            "create table cx.accounts_today (account_id text, account_name text, is_paying boolean, mrr_minor bigint)"
        )
        connection.execute("insert into cx.accounts_today values ('=1+1', '<script>alert(1)</script>', true, 100)")
        connection.execute("comment on column cx.accounts_today.account_id is 'Account.'")
    return path


def test_a_publication_without_figures_has_a_report_that_says_so(tmp_path):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema cx; create table cx.accounts as select 'a' as account_id")
    write_report(tmp_path / "warehouse.duckdb", tmp_path / "report.html", RUN)
    page = (tmp_path / "report.html").read_text()
    assert "DEMO DATA" in page
    assert page.count("There is no data for this yet.") > 5


def test_no_question_names_a_table_by_anything_but_its_schema():
    assert [one.name for one in QUESTIONS if "cx." not in one.sql] == []


def test_the_workbook_is_typed_and_runs_no_formula(bare, tmp_path):
    write_workbook(bare, tmp_path / "a.xlsx", RUN)
    write_workbook(bare, tmp_path / "b.xlsx", RUN)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")[SHEETS[0].name]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "b", "n"]
    assert sheet["A2"].value == "=1+1"
    assert sheet.auto_filter.ref == "A1:D2"


def test_an_unknown_account_is_told_with_what_is_close(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    tables = {"customer_class_reasons", "account_months", "mrr_movements", "success_vector", "milestones", "potential_patterns",
              "past_patterns", "present_patterns", "interventions", "account_changes"}  # fmt: skip
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema cx")
        connection.execute("create table cx.accounts_today as select 'acc_0042' as account_id")
        for table in tables:
            connection.execute(f"create table cx.{table} as {COLUMNS[table]}")
    with pytest.raises(AccountUnknownError, match="acc_0042"):
        write_account_sheet(path, tmp_path / "sheet.html", "acc_42", RUN)
    assert not (tmp_path / "sheet.html").exists()


def _empty(columns):
    return "select " + ", ".join(f"null::{kind} as {name}" for name, kind in columns.items()) + " where false"


COLUMNS = {
    name: _empty(columns)
    for name, columns in {
        "customer_class_reasons": {"account_id": "text", "calendar_month": "date", "reason_kind": "text", "signal": "text", "value": "double", "threshold": "double", "direction": "text", "is_satisfied": "boolean", "missing_reason": "text", "observed_on": "date", "age_days": "bigint"},
        "account_months": {"account_id": "text", "calendar_month": "date", "is_provisional": "boolean", "closing_mrr_minor": "bigint", "success_vector": "double", "customer_class": "text", "csat": "double", "sla_met_rate": "double", "tickets": "bigint"},
        "mrr_movements": {"account_id": "text", "calendar_month": "date", "movement": "text", "reason": "text", "change_minor": "bigint"},
        "success_vector": {"account_id": "text", "calendar_month": "date", "tools": "double", "investment": "double", "desire": "double", "subjective": "double", "proven": "double", "adherence_customer_90d": "double", "adherence_supplier_90d": "double", "status": "text", "last_rated_on": "date"},
        "milestones": {"account_id": "text", "milestone_name": "text", "owner_party": "text", "due_on": "date", "completed_on": "date", "days_late": "bigint", "is_met": "boolean"},
        "potential_patterns": {"account_id": "text", "held_on": "date", "situation": "text", "sentiment": "double", "propensity_to_continue": "double", "future_work": "text", "themes": "text", "next_action": "text"},
        "past_patterns": {"account_id": "text", "work_name": "text", "work_kind": "text", "completed_on": "date", "csat": "double", "ces": "double", "nps": "double", "peak_end_score": "double", "missing_reason": "text"},
        "present_patterns": {"account_id": "text", "calendar_quarter": "date", "qbrs_planned": "bigint", "qbrs_held": "bigint", "qbrs_overdue": "bigint", "nps": "double", "nps_responses": "bigint", "issues_open": "bigint", "service_rating": "double", "sla_met_rate": "double"},
        "interventions": {"account_id": "text", "play": "text", "kind": "text", "opened_on": "date", "due_on": "date", "owner": "text", "status": "text"},
        "account_changes": {"account_id": "text", "compared_with": "text", "change_kind": "text", "sentence": "text"},
    }.items()
}  # fmt: skip
