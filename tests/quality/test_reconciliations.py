"""The project's own sentences across tables: each holds on a small sound build and is broken by the change it is there for."""

from __future__ import annotations

import duckdb
import pytest

from quality.suite_files import load_suites

SENTENCES = {sentence.name: sentence for sentence in load_suites().reconciliations}
# Two accounts, a year and a month. a1 paid from the beginning and grew, a2 came in February 2025 and left in November 2025.
SOUND = """
    create schema cx; create schema intermediate;
    create table cx.account_months as
        select account_id, month as calendar_month, opening as opening_mrr_minor, greatest(0, closing - opening) * (opening = 0)::int as new_minor,
            0 as reactivation_minor, greatest(0, closing - opening) * (opening > 0)::int as expansion_minor,
            greatest(0, opening - closing) * (closing > 0)::int as contraction_minor,
            greatest(0, opening - closing) * (closing = 0)::int as churn_minor, 0 as fx_minor, closing as closing_mrr_minor
        from (
            select account_id, month, closing, coalesce(lag(closing) over (partition by account_id order by month), 0) as opening
            from (
                select 'a1' as account_id, month::date as month, case when month < date '2025-06-01' then 100 else 150 end as closing
                from generate_series(date '2025-01-01', date '2026-01-01', interval 1 month) as months (month)
                union all
                select 'a2', month::date, case when month between date '2025-02-01' and date '2025-10-01' then 40 else 0 end
                from generate_series(date '2025-01-01', date '2026-01-01', interval 1 month) as months (month)
            )
        );
    create table cx.accounts as select * from (values ('a1', 150), ('a2', 0)) as accounts (account_id, mrr_minor);
    create table cx.mrr_lines as
        select account_id, calendar_month, closing_mrr_minor as net_mrr_minor, null::varchar as exclusion_reason from cx.account_months;
    create table cx.retention_months as
        select date '2026-01-01' as calendar_month, 'all' as segment_dimension, 1 as cohort_accounts
        union all select date '2025-12-01', 'all', 0;
    create table cx.account_identities as
        select 'stripe' as source_name, 'customer' as record_kind, number::varchar as source_id, 'a1' as account_id
        from range(20) as records (number);
    create table intermediate.int_accounts__identity_records_unioned as from cx.account_identities;
    create table cx.tickets as select 'zendesk' as source_name, number::varchar as ticket_id from range(3) as tickets (number);
    create table intermediate.int_support__tickets_unioned as from cx.tickets;
    create table cx.survey_responses as select 'typeform' as source_name, number::varchar as response_id from range(3) as answers (number);
    create table intermediate.int_voice__responses_unioned as from cx.survey_responses;
"""
BREAKING = [
    ("movements_explain_every_closing", "update cx.account_months set closing_mrr_minor = 151 where account_id = 'a1' and calendar_month = '2025-06-01'"),
    ("movements_explain_every_closing", "update cx.account_months set fx_minor = null where account_id = 'a1' and calendar_month = '2025-06-01'"),
    ("movements_explain_the_total", "delete from cx.account_months where calendar_month = '2025-06-01'"),
    # one month of new accounts: the identity holds, and nothing is proved by it
    ("revenue_has_a_history", "delete from cx.account_months where calendar_month > '2025-01-01'"),
    # two months, all of it new in each
    ("revenue_has_a_history", "delete from cx.account_months where opening_mrr_minor > 0"),
    ("months_belong_to_accounts", "delete from cx.accounts where account_id = 'a2'"),
    ("months_belong_to_accounts", "insert into cx.accounts values ('a3', 10)"),
    ("lines_add_up_to_closing", "update cx.mrr_lines set net_mrr_minor = 149 where account_id = 'a1' and calendar_month = '2025-06-01'"),
    ("lines_add_up_to_closing", "update cx.mrr_lines set exclusion_reason = 'trial' where account_id = 'a1' and calendar_month = '2025-06-01'"),
    ("total_retention_counts_the_months", "update cx.retention_months set cohort_accounts = 2 where calendar_month = '2026-01-01'"),
    ("few_records_are_unmatched", "update cx.account_identities set account_id = null where source_id::int < 4"),
    ("most_records_are_matched", "update cx.account_identities set account_id = null where source_id::int < 11"),
    ("every_source_record_is_published", "delete from cx.account_identities where source_id = '7'"),
    ("every_ticket_is_published", "delete from cx.tickets where ticket_id = '1'"),
    ("every_ticket_is_published", "insert into cx.tickets values ('zendesk', '99')"),
    ("every_answer_is_published", "delete from cx.survey_responses where response_id = '1'"),
    ("every_answer_is_published", "insert into cx.survey_responses values ('typeform', '99')"),
]  # fmt: skip


@pytest.fixture
def build():
    connection = duckdb.connect()
    connection.execute(SOUND)
    return connection


def broken(build: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for name, sentence in SENTENCES.items() if build.execute(sentence.sql).fetchall()}


def test_every_sentence_holds_on_a_sound_build(build):
    assert broken(build) == set()


@pytest.mark.parametrize(("name", "change"), BREAKING)
def test_a_sentence_is_broken_by_what_it_is_there_for(build, name, change):
    build.execute(change)
    assert name in broken(build)


def test_every_sentence_has_a_case_that_breaks_it():
    assert {name for name, _ in BREAKING} == set(SENTENCES)


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
    for table in ("cx.account_identities", "intermediate.int_accounts__identity_records_unioned"):
        build.execute(
            f"insert into {table} select 'zendesk', 'organization', number::varchar, null from range(2) as r (number)"
        )
    assert broken(build) == {"few_records_are_unmatched", "most_records_are_matched"}
