"""Each sentence about several tables holds on a real build, and a build that breaks it is told from one that does not."""

import contextlib
import shutil
from datetime import date, datetime

import duckdb
import pytest

from quality.gate.context import Context
from quality.gate.reconciliation import reconcile
from quality.gate.suite_files import load_suites

SUITES = load_suites()
ANY_TICKET = "(select ticket_id from cx.tickets order by all limit 1)"
ANY_FOREIGN = "(select billing_currency from cx.mrr_lines where exclusion_reason is null and billing_currency <> 'USD' order by all limit 1)"
COUNTED = "exclusion_reason is null and net_mrr_minor > 0"
BREAKS = [
    (
        "movements_explain_every_closing",
        "update cx.account_months set expansion_minor = expansion_minor + 1 where rowid = 7",
    ),
    (
        "movements_explain_the_total",
        (
            "update cx.account_months set opening_mrr_minor = opening_mrr_minor + 1, new_minor = new_minor - 1 "
            "where calendar_month = (select max(calendar_month) from cx.account_months)"
        ),
    ),
    (
        "revenue_has_a_history",
        "delete from cx.account_months where calendar_month < (select max(calendar_month) from cx.account_months)",
    ),
    (
        "months_belong_to_accounts",
        "delete from cx.accounts where account_id = (select min(account_id) from cx.account_months)",
    ),
    (
        "lines_add_up_to_closing",
        f"delete from cx.mrr_lines where rowid = (select min(rowid) from cx.mrr_lines where {COUNTED})",
    ),
    (
        "total_retention_counts_the_months",
        "update cx.retention_months set cohort_accounts = cohort_accounts + 1 where segment_dimension = 'all'",
    ),
    (
        "revenue_belongs_to_accounts",
        "update cx.mrr_lines set exclusion_reason = 'unmatched_account' where exclusion_reason is null and rowid % 10 = 0",
    ),
    (
        "little_revenue_belongs_to_nobody",
        f"update cx.mrr_lines set exclusion_reason = 'unmatched_account' where {COUNTED} and calendar_month = (select max(calendar_month) from cx.mrr_lines)",
    ),
    (
        "most_organizations_are_matched",
        "update cx.account_identities set account_id = null where record_kind = 'organization' and rowid % 3 > 0",
    ),
    (
        "few_companies_are_unmatched",
        "update cx.account_identities set account_id = null where record_kind = 'customer' and rowid % 4 = 0",
    ),
    (
        "few_people_are_unmatched",
        "update cx.account_identities set account_id = null where record_kind = 'user' and rowid % 4 = 0",
    ),
    ("every_ticket_is_published", f"delete from cx.tickets where ticket_id = {ANY_TICKET}"),
    ("every_answer_is_published", "delete from cx.survey_responses where rowid = 3"),
    (
        "every_answer_is_accounted_for",
        "delete from cx.survey_questions where outcome = 'published' and source_name = 'zendesk'",
    ),
    (
        "outcomes_of_answers_are_published_and_rejected",
        "update cx.survey_questions set outcome = 'score_missing' where outcome = 'published' and source_name = 'typeform'",
    ),
    (
        "every_scored_question_is_mapped",
        "update cx.survey_questions set outcome = 'question_unmapped' where outcome = 'published'",
    ),
    ("answers_can_be_read", "update cx.survey_questions set outcome = 'scale_missing' where outcome = 'published'"),
    (
        "every_billing_line_is_published",
        "delete from cx.mrr_lines where line_id = (select min(line_id) from cx.mrr_lines)",
    ),
    ("every_milestone_is_published", "update cx.milestones set milestone_id = 'other' where rowid = 3"),
    ("every_interview_is_published", "delete from cx.potential_patterns where rowid = 3"),
    ("every_source_record_is_published", "delete from cx.account_identities where rowid = 3"),
    ("every_account_is_published", "insert into cx.accounts from cx.accounts where rowid = 3"),
    (
        "classes_belong_to_accounts",
        "delete from cx.customer_classes where account_id in (select account_id from cx.accounts where is_paying)",
    ),
    ("foreign_lines_have_a_rate", f"delete from intermediate.int_billing__rates_spined where currency = {ANY_FOREIGN}"),
    (
        "foreign_lines_go_by_their_rate",
        f"update cx.mrr_lines set net_mrr_minor = billing_net_mrr_minor + 1 where {COUNTED}",
    ),
    ("movements_explain_every_closing", "update cx.account_months set fx_minor = null where rowid = 7"),
    # two months and more, all of it new in each
    ("revenue_has_a_history", "delete from cx.account_months where opening_mrr_minor > 0"),
    ("months_belong_to_accounts", "insert into cx.accounts by name select 'nobody' as account_id, 10 as mrr_minor"),
    (
        "lines_add_up_to_closing",
        f"update cx.mrr_lines set exclusion_reason = 'trial' where rowid = (select min(rowid) from cx.mrr_lines where {COUNTED})",
    ),
    (
        "every_ticket_is_published",
        "insert into cx.tickets by name select 'zendesk' as source_name, 'other' as ticket_id",
    ),
    (
        "every_answer_is_published",
        "insert into cx.survey_responses by name select 'typeform' as source_name, 'other' as response_id",
    ),
    (
        "every_ticket_is_read",
        (
            "insert into intermediate.int_support__records_unread by name select 'drop_folder' as source_name, 't' as ticket_id, "
            "'ticket' as record_kind, 't' as record_id, 'status_unmapped' as unread_reason"
        ),
    ),
    (
        "most_tickets_are_read",
        (
            "insert into intermediate.int_support__records_unread by name select source_name, ticket_id, 'ticket' as record_kind, "
            "ticket_id as record_id, 'status_unmapped' as unread_reason from cx.tickets"
        ),
    ),
    (
        "every_event_has_its_ticket",
        (
            "insert into intermediate.int_support__ticket_events_unioned by name select 'drop_folder' as source_name, "
            "'nobody' as ticket_id, true as is_by_customer"
        ),
    ),
    (
        "every_measure_of_support_has_its_input",
        (
            "insert into intermediate.int_support__inputs_missing by name select 'drop_folder' as source_name, 'sla' as measure, "
            "'no targets' as reason"
        ),
    ),
]


@pytest.fixture(scope="module")
def build(demo_night, tmp_path_factory):
    built = demo_night.home / "build/last/build.duckdb"
    copied = tmp_path_factory.mktemp("reconciled") / "build.duckdb"
    shutil.copy(built, copied)
    with contextlib.closing(duckdb.connect(str(copied))) as connection:
        yield connection


def judged(connection):
    tables = tuple(suite.table for suite in SUITES.published)
    context = Context("r1", date(2026, 11, 22), datetime(2026, 11, 23), "p1", tables, frozenset())  # noqa: DTZ001
    return {check.name: check for check in reconcile(connection, SUITES, context, ())}


def test_every_sentence_can_be_broken():
    assert {name for name, _ in BREAKS} == {sentence.name for sentence in SUITES.reconciliations}


def test_every_sentence_holds_on_a_good_build(build):
    assert [check.name for check in judged(build).values() if not check.is_passed] == []


@pytest.mark.parametrize(("name", "change"), BREAKS)
def test_a_build_that_breaks_it_is_refused(build, name, change):
    build.execute("begin")
    try:
        assert build.execute(change).fetchall()[0][0] > 0
        check = judged(build)[name]
    finally:
        build.execute("rollback")
    assert not check.is_passed
    assert not check.could_not_run
    assert check.failed_rows > 0
