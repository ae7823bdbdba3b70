"""What belongs to no account: revenue and organizations stop a publication beyond the policy's share, people are told of."""

from __future__ import annotations

import duckdb
import pytest

from quality.gate.suite_files import load_suites

NAMES = (
    "revenue_belongs_to_accounts",
    "little_revenue_belongs_to_nobody",
    "most_organizations_are_matched",
    "few_companies_are_unmatched",
    "few_people_are_unmatched",
)
SENTENCES = {one.name: one for one in load_suites().reconciliations if one.name in NAMES}


@pytest.fixture
def build():
    """A real helpdesk: 192 organizations, all mapped, and 2,000 people of whom 240 have one. Billing: 20 customers of 100 each."""
    connection = duckdb.connect()
    connection.execute("create schema cx; create schema intermediate")
    connection.execute("""
        create table intermediate.int_run__facts as select 0.05 as unmatched_revenue_share, 0.5 as unmatched_organization_share;
        create table cx.account_identities (source_name varchar, record_kind varchar, source_id varchar, account_id varchar);
        insert into cx.account_identities select 'zendesk', 'organization', number::varchar, 'a' from range(192) as r (number);
        insert into cx.account_identities select 'zendesk', 'user', number::varchar, case when number < 240 then 'a' end from range(2000) as r (number);
        insert into cx.account_identities select 'stripe', 'customer', number::varchar, 'a' from range(20) as r (number);
        create table cx.mrr_lines as
        select number::varchar as line_id, month::date as calendar_month, 100::bigint as net_mrr_minor, null::varchar as exclusion_reason
        from range(20) as r (number), range(date '2025-06-01', date '2026-12-01', interval 1 month) as m (month);
    """)
    return connection


def broken(build: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    """The rows that break a sentence, of the sentences that are broken."""
    found = {name: build.execute(sentence.sql).fetchall() for name, sentence in SENTENCES.items()}
    return {name: rows for name, rows in found.items() if rows}


def test_severities():
    assert {name: sentence.severity for name, sentence in SENTENCES.items()} == {
        "revenue_belongs_to_accounts": "critical",
        "little_revenue_belongs_to_nobody": "warning",
        "most_organizations_are_matched": "critical",
        "few_companies_are_unmatched": "warning",
        "few_people_are_unmatched": "warning",
    }


def test_people_without_an_organization_are_told_with_numbers_and_stop_nothing(build):
    assert broken(build) == {"few_people_are_unmatched": [("zendesk", "user", 1760, 2000)]}


def test_organizations_stop_beyond_the_share_and_are_told_before(build):
    build.execute(
        "update cx.account_identities set account_id = null where record_kind = 'organization' and source_id::int < 96"
    )
    assert broken(build)["few_companies_are_unmatched"] == [("zendesk", "organization", 96, 192)]
    assert "most_organizations_are_matched" not in broken(build)
    build.execute(
        "update cx.account_identities set account_id = null where record_kind = 'organization' and source_id::int < 97"
    )
    assert broken(build)["most_organizations_are_matched"] == [("zendesk", "organization", 97, 192)]
    build.execute("update intermediate.int_run__facts set unmatched_organization_share = 0.6")
    assert "most_organizations_are_matched" not in broken(build)


def test_one_source_makes_up_for_nothing_of_another(build):
    build.execute("insert into cx.account_identities values ('halo', 'organization', '1', null)")
    assert broken(build)["most_organizations_are_matched"] == [("halo", "organization", 1, 1)]


def test_customers_without_revenue_stop_nothing_and_revenue_does_beyond_the_share(build):
    build.execute("update cx.account_identities set account_id = null where record_kind = 'customer'")
    assert set(broken(build)) == {"few_people_are_unmatched", "few_companies_are_unmatched"}
    build.execute("update cx.mrr_lines set exclusion_reason = 'unmatched_account' where line_id = '7'")
    assert set(broken(build)) == {
        "few_people_are_unmatched",
        "few_companies_are_unmatched",
        "little_revenue_belongs_to_nobody",
    }
    build.execute(
        "update cx.mrr_lines set exclusion_reason = 'unmatched_account' where line_id = '8' and calendar_month = '2026-03-01'"
    )
    assert [rows[1:] for rows in broken(build)["revenue_belongs_to_accounts"]] == [(200, 2000)]


def test_revenue_of_long_ago_and_lines_that_count_for_other_reasons_stop_nothing(build):
    build.execute("update cx.mrr_lines set exclusion_reason = 'unmatched_account' where calendar_month = '2025-10-01'")
    build.execute("update cx.mrr_lines set exclusion_reason = 'trial' where line_id::int < 15")
    assert set(broken(build)) == {"few_people_are_unmatched"}
