"""The share of unmatched records: told before it stops a publication, and counted for each source by itself."""

from __future__ import annotations

import duckdb
import pytest

from quality.gate.suite_files import load_suites

SENTENCES = {
    one.name: one
    for one in load_suites().reconciliations
    if one.name in {"few_records_are_unmatched", "most_records_are_matched"}
}


@pytest.fixture
def build():
    connection = duckdb.connect()
    connection.execute("create schema cx")
    connection.execute("""
        create table cx.account_identities as
        select 'stripe' as source_name, 'customer' as record_kind, number::varchar as source_id, 'a1' as account_id
        from range(20) as records (number)
    """)
    return connection


def broken(build: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for name, sentence in SENTENCES.items() if build.execute(sentence.sql).fetchall()}


def test_the_unmatched_share_is_told_before_it_stops_and_is_counted_per_source(build):
    # 15 % exactly is nothing, 20 % a warning, half no stop; what one source matches makes up for nothing of another
    assert (SENTENCES["few_records_are_unmatched"].severity, SENTENCES["most_records_are_matched"].severity) == (
        "warning",
        "critical",
    )
    build.execute("update cx.account_identities set account_id = null where source_id::int < 3")
    assert broken(build) == set()
    build.execute("update cx.account_identities set account_id = null where source_id::int < 10")
    assert broken(build) == {"few_records_are_unmatched"}
    build.execute(
        "insert into cx.account_identities select 'zendesk', 'organization', number::varchar, null from range(2) as r (number)"
    )
    assert broken(build) == {"few_records_are_unmatched", "most_records_are_matched"}
