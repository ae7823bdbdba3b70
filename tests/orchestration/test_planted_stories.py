"""Each planted story of the demo company stands in the published tables, and nobody else carries the rare ones."""

from datetime import date

import pytest

from demo import world
from demo.manifest import story_manifest
from tests.orchestration.conftest import AS_OF


@pytest.fixture(scope="module")
def stories(demo_night):
    company = world.pinned(demo_night.home / "raw").company(date.fromisoformat(AS_OF))
    found = {one["kind"]: one for one in story_manifest(company)["stories"]}
    assert all(one["is_visible"] for one in found.values() if one["kind"] != "payment_failed")
    return found


# story -> the accounts that carry its trace in the published tables; rare: it must be the planted account alone
RARE = {
    "champion_left": "select account_id from cx.interventions where rule_id = 'champion_left'",
    "merged_away": "select account_id from cx.accounts where merged_into is not null",
    "merge_survivor": "select merged_into from cx.accounts where merged_into is not null",
    "organization_deleted": "select account_id from cx.source_conflicts where conflict_kind = 'status'",
    "intramonth": "select account_id from cx.churn_events where is_intramonth",
    "late_answer": "select account_id from cx.survey_responses where responded_at - sent_at >= interval 75 days",
    "dangling": "select account_id from cx.interventions where dangling_decision = 'owed'",
}
FOUND = {
    "reactivated": """
        select account_id from cx.account_months group by account_id
        having min(calendar_month) filter (where churn_minor > 0) = $churn_month::date
            and min(calendar_month) filter (where reactivation_minor > 0) = $reactivation_month::date
            and count(*) filter (where new_minor > 0) = 1
    """,
    "dangling": "select account_id from cx.renewals where committed_churn_minor > 0",
    "detractor": """
        select account_id from cx.survey_responses where metric = 'nps' and survey_kind = 'relationship'
        qualify row_number() over (partition by account_id order by responded_at desc) = 1 and score = $score
    """,
    "payment_failed": "select account_id from cx.interventions where rule_id = 'payment_failed'",
    "name_conflict": "select account_id from cx.source_conflicts where conflict_kind = 'name'",
    "paused": "select account_id from cx.mrr_movements where reason = 'pause'",
    "upgraded": "select account_id from cx.mrr_movements where movement = 'expansion' and reason = 'plan'",
    "trial": "select account_id from cx.mrr_lines where exclusion_reason = 'trial'",
    "foreign_currency": "select account_id from cx.mrr_movements where movement = 'fx'",
    "annual": "select account_id from cx.mrr_lines where \"interval\" = 'year'",
    "agreement_only": "select account_id from cx.mrr_movements where movement = 'expansion' and reason = 'quantity'",
    "many_lines": "select account_id from cx.mrr_lines group by account_id, calendar_month having count(*) >= $lines_per_invoice",
}


def carriers(night, query, story):
    values = {name: value for name, value in story["expect"].items() if f"${name}" in query}
    for name, value in values.items():
        query = query.replace(f"${name}", f"'{value}'" if isinstance(value, str) else str(value))
    return {account for (account,) in night.query(query)}


@pytest.mark.parametrize("kind", RARE)
def test_a_rare_story_is_the_planted_account_s_alone(demo_night, stories, kind):
    assert carriers(demo_night, RARE[kind], stories[kind]) == {stories[kind]["account_id"]}


@pytest.mark.parametrize("kind", FOUND)
def test_a_story_that_others_may_share_is_found(demo_night, stories, kind):
    assert stories[kind]["account_id"] in carriers(demo_night, FOUND[kind], stories[kind])


def test_both_divergences_last_as_long_as_the_story_and_reach_the_target_s_far_side(demo_night, stories):
    for kind in ("nrr_met_vector_falls", "vector_rises_nrr_missed"):
        story, expect = stories[kind], stories[kind]["expect"]
        rows = demo_night.query(f"""
            select state, nrr_12, delta from cx.nrr_vs_success_vector
            where account_id = '{story["account_id"]}' and calendar_month >= date '{story["from_month"]}'
        """)
        assert rows
        assert {row[0] for row in rows} == {expect["state"]}
        falls = "delta_at_most" in expect
        for _, nrr, delta in rows:
            assert (nrr >= expect["nrr_12_at_least"]) if falls else (nrr <= expect["nrr_12_at_most"])
            assert (delta <= expect["delta_at_most"] + 1e-9) if falls else (delta >= expect["delta_at_least"] - 1e-9)


def test_the_dangling_account_dangles_in_every_month_of_its_story_and_owes_one_decision(demo_night, stories):
    story = stories["dangling"]
    months = demo_night.query(f"""
        select calendar_month, customer_class from cx.customer_classes
        where account_id = '{story["account_id"]}' and calendar_month >= date '{story["from_month"]}'
    """)
    assert {name for _, name in months} == {"Dangling"}
    reasons = {
        signal
        for (signal,) in demo_night.query(f"""
            select signal from cx.customer_class_reasons
            where account_id = '{story["account_id"]}' and is_satisfied and customer_class = 'Dangling'
                and calendar_month = (select max(calendar_month) from cx.customer_classes)
        """)
    }
    assert "relationship_detractors" in reasons
    assert reasons & {"scheduled_exit_rate", "mrr_change_90d"}
    open_ones = demo_night.query("select account_id, status from cx.interventions where dangling_decision = 'owed'")
    assert len(open_ones) == 1


def test_a_merge_is_no_churn_and_an_account_without_a_story_has_no_divergence(demo_night, stories):
    merged = stories["merged_away"]["account_id"]
    assert demo_night.query(f"select count(*) from cx.churn_events where account_id = '{merged}'") == [(0,)]
    planted = {one["account_id"] for one in stories.values()}
    latest = demo_night.query("""
        select account_id from cx.nrr_vs_success_vector
        where state in ('revenue_at_expense_of_success', 'success_without_revenue') and account_id is not null
            and calendar_month = (select max(calendar_month) from cx.nrr_vs_success_vector)
    """)
    assert {account for (account,) in latest} <= planted


def test_what_was_written_back_is_about_published_interventions_and_closes_them(demo_night, stories):
    problems = demo_night.query("select problem, count(*) from cx.intervention_decisions group by all")
    assert [problem for problem, _ in problems] == [None]
    closed = demo_night.query("""
        select interventions.status, interventions.closed_on = decisions.decided_on, decisions.status
        from cx.intervention_decisions as decisions
        inner join cx.interventions using (intervention_id)
    """)
    assert len(closed) == problems[0][1]
    assert all(status == word and is_that_day for status, is_that_day, word in closed)
    planted = {one["account_id"] for one in stories.values()}
    assert not planted & {
        account for (account,) in demo_night.query("select account_id from cx.intervention_decisions")
    }
