"""Interventions from night to night: opened once, kept with their days, closed by a word, open again without it, judged later."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from tests.dbt_project.nights import OWED, Project

Row = dict[str, object]
Rows = dict[tuple[str, str], list[Row]]
FIRST, SECOND, THIRD, LATER = date(2026, 11, 20), date(2026, 11, 25), date(2026, 12, 20), date(2027, 4, 2)


def line(account: str, number: int, ends: date | None = None) -> Row:
    return {
        "line_id": f"{account}-{number}", "account_ref": account, "product": "Retainer", "kind": "recurring", "quantity": Decimal(1),
        "unit_amount": Decimal(50), "currency": "USD", "interval": "month", "interval_count": 1, "starts_on": date(2026, 1, 1),
        "ends_on": ends,
    }  # fmt: skip


def milestone(account: str, due: date, completed: date | None = None) -> Row:
    return {
        "milestone_id": f"{account}-{due}", "account_ref": account, "name": "Step", "owner_party": "supplier", "due_on": due,
        "completed_on": completed,
    }  # fmt: skip


def company(*words: Row) -> Rows:
    """`poor` detracts, was interviewed sourly and gave up half of its scope in October; `slow` is owed two milestones of November."""
    return {
        ("drop_folder", "accounts"): [
            {"account_id": name, "name": name, "csm_owner": f"csm of {name}", "start_date": date(2026, 1, 1)}
            for name in ("poor", "slow")
        ],
        ("drop_folder", "agreements"): [
            line("poor", 1), line("poor", 2, date(2026, 10, 15)), line("slow", 1), line("slow", 2, date(2027, 1, 10)),
        ],
        ("drop_folder", "milestones"): [
            milestone("slow", date(2026, 11, 4)), milestone("slow", date(2026, 11, 9)), milestone("slow", date(2026, 10, 9), date(2026, 10, 9)),
        ],
        ("drop_folder", "interviews"): [
            {"interview_id": "i1", "account_ref": "poor", "held_on": date(2026, 10, 20), "sentiment": -2.0, "propensity_to_continue": 1.0}
        ],
        ("drop_folder", "survey_responses"): [
            {
                "response_id": "r1", "metric": "nps", "survey_kind": "relationship", "score": 2.0, "account_ref": "poor",
                "respondent_email": "person@poor.test", "responded_at": datetime(2026, 10, 21, 9),  # noqa: DTZ001 - naive UTC
            }
        ],
        ("drop_folder", "interventions"): list(words),
    }  # fmt: skip


def word(intervention: str, status: str, decision: str | None = None) -> Row:
    return {"intervention_id": intervention, "status": status, "decision": decision, "decided_on": date(2026, 11, 24)}


Found = dict[str, dict[str, object]]


def published(night: duckdb.DuckDBPyConnection) -> Found:
    """Rule -> the one intervention of it."""
    found = night.execute("select * from build.cx.interventions").fetchall()
    names = [column[0] for column in night.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found]
    assert len({row["dedupe_key"] for row in rows}) == len(rows) == len({row["rule_id"] for row in rows})
    return {str(row["rule_id"]): row for row in rows}


@pytest.fixture(scope="module")
def first(project: Project) -> duckdb.DuckDBPyConnection:
    return project.build(company(), FIRST, OWED)


@pytest.fixture(scope="module")
def decided(project: Project, first: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    told = published(first)
    words = (
        word(str(told["dangling_decision"]["intervention_id"]), "open", "rescue"),
        word(str(told["supplier_milestone_missed"]["intervention_id"]), "done"),
        word("never published", "done"),
    )
    return project.build(company(*words), SECOND, OWED, previous=first)


def test_each_cause_opens_one_with_owner_days_play_and_evidence(first: duckdb.DuckDBPyConnection) -> None:
    found = published(first)
    assert {"dangling_decision", "detractor_answered", "supplier_milestone_missed"} <= found.keys()
    missed = found["supplier_milestone_missed"]
    assert (missed["owner"], missed["kind"], missed["status"]) == ("csm of slow", "data", "overdue")
    assert (missed["opened_on"], missed["due_on"]) == (date(2026, 11, 5), date(2026, 11, 8))
    assert (missed["evidence_table"], missed["evidence_count"]) == ("milestones", 2)  # of one month: one intervention
    assert str(missed["evidence_ids"]).split(", ") == ["slow-2026-11-04", "slow-2026-11-09"]
    assert missed["play"]
    owed = found["dangling_decision"]
    assert (owed["account_id"], owed["dangling_decision"]) == ("poor", "owed")
    assert [row["dangling_decision"] for rule, row in found.items() if rule != "dangling_decision"] == [None] * (
        len(found) - 1
    )


def test_the_same_night_again_and_a_night_without_news_open_nothing_and_move_no_day(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    keys = ("intervention_id", "dedupe_key", "opened_on", "due_on", "evidence_ids")
    before = {rule: [row[key] for key in keys] for rule, row in published(first).items()}
    for night in (FIRST, SECOND):
        again = published(project.build(company(), night, OWED, previous=first))
        assert {rule: [row[key] for key in keys] for rule, row in again.items()} == before


def test_a_word_closes_and_a_decision_is_kept(decided: duckdb.DuckDBPyConnection) -> None:
    found = published(decided)
    owed, missed = found["dangling_decision"], found["supplier_milestone_missed"]
    assert (owed["status"], owed["dangling_decision"], owed["closed_on"]) == ("done", "rescue", date(2026, 11, 24))
    assert (missed["status"], missed["closed_on"]) == ("done", date(2026, 11, 24))
    assert found["detractor_answered"]["status"] == "overdue"
    problems = decided.execute(
        "select intervention_id, problem from build.cx.intervention_decisions where problem is not null"
    )
    assert problems.fetchall() == [("never published", "unknown_intervention")]


def test_a_word_taken_back_leaves_it_open_and_evidence_corrected_away_lets_it_lapse(
    project: Project, decided: duckdb.DuckDBPyConnection
) -> None:
    rows = company()
    rows["drop_folder", "milestones"] = [milestone("slow", date(2026, 10, 9), date(2026, 10, 9))]
    found = published(project.build(rows, THIRD, OWED, previous=decided))
    owed = found["dangling_decision"]
    assert (owed["status"], owed["dangling_decision"]) == ("overdue", "owed")
    assert found["supplier_milestone_missed"]["status"] == "lapsed"
    assert found["supplier_milestone_missed"]["opened_on"] == date(2026, 11, 5)


def test_what_is_done_settles_it_and_what_was_not_done_after_all_opens_it_again(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    rows = company()
    for owed in rows["drop_folder", "milestones"]:
        owed["completed_on"] = owed["completed_on"] or date(2026, 11, 21)
    done = project.build(rows, SECOND, OWED, previous=first)
    missed = published(done)["supplier_milestone_missed"]
    assert (missed["status"], missed["settled_on"], missed["opened_on"]) == (
        "settled",
        date(2026, 11, 21),
        date(2026, 11, 5),
    )
    again = published(project.build(company(), THIRD, OWED, previous=done))["supplier_milestone_missed"]
    assert (again["status"], again["settled_on"], again["opened_on"]) == ("overdue", None, date(2026, 11, 5))


def test_ninety_days_later_the_outcome_is_known_and_not_before(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    pending = published(first)["supplier_milestone_missed"]
    assert (pending["outcome_90d"], pending["mrr_after_minor"]) == ("pending", None)
    found = published(project.build(company(), LATER, OWED, previous=first))
    missed = found["supplier_milestone_missed"]
    assert (missed["mrr_before_minor"], missed["mrr_after_minor"]) == (
        10_000,
        5_000,
    )  # October, and February: one line ended
    assert missed["outcome_90d"] in {"same", "unknown"}
    detractor = found["detractor_answered"]
    assert (detractor["class_before"], detractor["class_after"]) == ("Unknown", "At-Risk")
    assert detractor["outcome_90d"] == "unknown"
