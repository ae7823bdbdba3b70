"""A small built warehouse, a suite for each of its tables, and a run: what the gate and the door are tried on."""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from quality.gate.context import Context
from quality.gate.judging import judge
from quality.gate.suite_files import load_suites
from quality.publication.publishing import PublishedTable, Release, publish
from quality.publication.targets.duckdb_file import DuckDBFile
from tests import servers

AS_OF = date(2026, 10, 31)
NOW = datetime(2026, 11, 1, 2, 0)  # noqa: DTZ001 - published instants are naive UTC

ACCOUNTS = """
table: accounts
key: [account_id]
owner: customer-success
fed_by: [helpdesk.organizations]
expectations:
  - {expectation: expect_column_values_to_not_be_null, column: account_id, severity: critical, sentence: "Every account has an id."}
  - {expectation: expect_column_values_to_be_unique, column: account_id, severity: critical, sentence: "An account is there once."}
  - {expectation: expect_column_values_to_not_be_null, column: account_name, severity: warning, sentence: "Every account has a name."}
  - {expectation: expect_column_values_to_be_between, column: mrr_minor, args: {min_value: 0}, severity: critical, sentence: "No revenue is negative."}
"""
MONTHS = """
table: account_months
key: [account_id, calendar_month]
owner: revenue
fed_by: [helpdesk.organizations]
expectations:
  - {expectation: expect_compound_columns_to_be_unique, columns: [account_id, calendar_month], severity: critical, sentence: "One row per month."}
"""
RAW = """
table: raw__helpdesk__organizations
key: [organization_id]
owner: support
landed_as: feed
expectations:
  - {expectation: expect_column_values_to_not_be_null, column: organization_id, severity: critical, sentence: "Every row has its key."}
"""
RECONCILIATIONS = """
owner: data
reconciliations:
  - name: months_belong_to_accounts
    table: account_months
    needs: [accounts]
    severity: critical
    sentence: "Every month belongs to an account."
    sql: select account_id from cx.account_months where account_id not in (select account_id from cx.accounts)
"""
TABLES = {
    "accounts": """
        select 'a' || i as account_id, 'Company ' || i as account_name, 'person' || i || '@example.com' as csm_owner,
            (100 * i)::bigint as mrr_minor, date '2026-10-31' as as_of_date, 'r1' as run_id, 'p1' as policy_version
        from range(1, 41) t(i)""",
    "account_months": """
        select 'a' || i as account_id, (date '2026-08-01' + to_months(m::int))::date as calendar_month,
            (100 * i)::bigint as closing_mrr_minor, (i / 7.0)::decimal(12, 4) as sla_met_rate,
            timestamp '2026-10-01 10:00:00' as seen_at,
            date '2026-10-31' as as_of_date, 'r1' as run_id, 'p1' as policy_version
        from range(1, 41) t(i), range(3) u(m)""",
}
PUBLISHED = (
    PublishedTable(
        "accounts", "One row per account. It's a 'quoted' text.", {"account_id": "Key.", "gone": "No such column."}
    ),
    PublishedTable("account_months", "One row per account and month.", {"calendar_month": "First day of the month."}),
)


@dataclass
class House:
    """One night's build beside a warehouse; `change` spoils the build by SQL before it is judged."""

    folder: Path
    run_id: str = "r1"

    @property
    def build(self) -> Path:
        return self.folder / "build" / self.run_id / "build.duckdb"

    @property
    def page(self) -> Path:
        return self.build.parent / "quality.html"

    @property
    def suites_folder(self) -> Path:
        return self.folder / "suites"

    @property
    def root(self) -> Path:
        return self.folder / "warehouse"

    def built(self, run_id: str = "r1", *changes: str) -> House:
        house = replace(self, run_id=run_id)
        house.build.parent.mkdir(parents=True, exist_ok=True)
        house.build.unlink(missing_ok=True)
        with contextlib.closing(duckdb.connect(str(house.build))) as connection:
            connection.execute("create schema cx")
            for name, query in TABLES.items():
                connection.execute(f"create table cx.{name} as {query}")
                connection.execute(f"update cx.{name} set run_id = '{run_id}'")
            for change in changes:
                connection.execute(change)
        return house

    def suite(self, text: str) -> None:
        self.suites_folder.mkdir(exist_ok=True)
        name = text.split("table: ", 1)[1].split("\n", 1)[0].strip()
        (self.suites_folder / f"{name}.yaml").write_text(text)

    @property
    def suites(self):
        return load_suites(self.suites_folder)

    def context(self, **facts) -> Context:
        stated = {"tables": ("accounts", "account_months"), "sources_on": frozenset({"helpdesk"}), **facts}
        return Context(run_id=self.run_id, as_of=AS_OF, now=NOW, policy_version="p1", **stated)

    def judged(self, **facts):
        return judge(self.build, self.suites, self.context(**facts))

    def release(self, **facts) -> Release:
        stated = {"tables": PUBLISHED, "now": NOW, **facts}
        return Release(run_id=self.run_id, as_of=AS_OF, policy_version="p1", code_version="test", **stated)

    def target(self, **options) -> DuckDBFile:
        return DuckDBFile(self.root, **options)

    def published(self, verdict=None, target=None, **facts):
        again = facts.pop("again", False)
        return publish(
            self.build,
            verdict or self.judged(),
            target or self.target(),
            self.release(**facts),
            suites=self.suites,
            page=self.page,
            again=again,
        )


@pytest.fixture(scope="session")
def gx():
    """Great Expectations, whose import warns about its own dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations  # noqa: PLC0415 - seconds, for the tests that need it alone
        import great_expectations.expectations  # noqa: PLC0415
    return great_expectations


@pytest.fixture(scope="session")
def server():
    found = servers.start()
    yield found
    found.cleanup()


def furnished(found: House) -> House:
    """The house with its suites and a built night."""
    for text in (ACCOUNTS, MONTHS):
        found.suite(text)
    (found.suites_folder / "_reconciliations.yaml").write_text(RECONCILIATIONS)
    return found.built()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return furnished(House(tmp_path))
