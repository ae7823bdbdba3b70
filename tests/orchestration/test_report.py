"""The report of a whole night: every figure is there, it needs no script and asks nobody, and it stays small."""

import re

import duckdb
import openpyxl


def test_the_report_shows_every_figure_of_the_demo_company(demo_night):
    page = (demo_night.current / "report.html").read_text()
    assert "DEMO DATA" in page
    assert "There is no data" not in page
    assert page.count("<svg") == 13
    assert len(page) < 500_000


def test_it_needs_no_script_and_makes_no_request(demo_night):
    page = (demo_night.current / "report.html").read_text()
    assert "<script" not in page
    addresses = set(re.findall(r"(?:src|href|url)[=(]['\"]?([^'\")> ]+)", page))
    assert {one for one in addresses if not one.startswith(("#", "data:", "quality.html"))} == set()


def test_its_headline_is_the_table_s(demo_night):
    page = (demo_night.current / "report.html").read_text()
    ((nrr,),) = demo_night.query(
        "select nrr_12 from cx.portfolio_months where not is_provisional order by calendar_month desc limit 1"
    )
    assert f"<b>{nrr * 100:.1f}\u00a0%</b>" in page


def test_every_at_risk_account_has_a_reason_and_the_first_ones_are_in_the_report(demo_night):
    page = (demo_night.current / "report.html").read_text()
    rows = demo_night.query(
        "select account_name, class_reason from cx.accounts_today where is_paying and customer_class in ('At-Risk', 'Dangling')"
    )
    assert rows
    assert [name for name, reason in rows if not reason] == []
    assert sum(name in page for name, _ in rows) >= min(len(rows), 12)


def test_the_workbook_holds_the_tables_for_people(demo_night):
    book = openpyxl.load_workbook(demo_night.current / "workbook.xlsx", read_only=True)
    assert {"Accounts", "Changes", "Months", "Renewals", "To do", "Definitions"} <= set(book.sheetnames)
    ((accounts,),) = demo_night.query("select count(*) from cx.accounts_today")
    assert sum(1 for _ in book["Accounts"].iter_rows()) == accounts + 1


def test_an_account_s_sheet_tells_its_story(demo_night):
    ((account_id, name),) = demo_night.query(
        "select account_id, account_name from cx.accounts_today where is_paying order by mrr_minor desc limit 1"
    )
    ended = demo_night.run("account", "--id", account_id)
    assert ended.returncode == 0, ended.stdout
    page = (demo_night.home / "exports" / f"account_{account_id}.html").read_text()
    assert name in page
    assert "<script" not in page
    assert demo_night.run("account", "--id", "nobody").returncode == 1


def test_figures_for_people_are_those_of_the_tables_they_repeat(demo_night):
    with duckdb.connect(str(demo_night.current / "warehouse.duckdb"), read_only=True) as connection:
        wrong = connection.execute("""
            select today.account_id from cx.accounts_today as today
            inner join cx.accounts as accounts on today.account_id = accounts.account_id
            where today.mrr_minor is distinct from accounts.mrr_minor or today.mrr * 100 is distinct from accounts.mrr_minor
                or today.customer_class is distinct from accounts.customer_class or today.renewal_on is distinct from accounts.renewal_on
        """).fetchall()
        assert wrong == []
        unlike = connection.execute("""
            select months.calendar_month from cx.portfolio_months as months
            inner join cx.retention_months as retention
                on months.calendar_month = retention.calendar_month and retention.segment_dimension = 'all'
            where months.nrr_12 is distinct from retention.nrr_12 or months.closing_mrr * 100 is distinct from retention.closing_mrr_minor
        """).fetchall()
        assert unlike == []
