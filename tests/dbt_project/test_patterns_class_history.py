"""What a night said of a class can be read back as it was said: three nights, with evidence that came late, a threshold
that was edited, and an account that was merged away."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.nights import PROJECT, SAID, Project

Row = dict[str, object]
Rows = dict[tuple[str, str], list[Row]]
FIRST, SECOND, THIRD = date(2026, 11, 20), date(2026, 11, 22), date(2026, 12, 3)
ACCOUNTS = ("calm", "late", "sour", "old", "heir")


def interview(account: str, held: date, propensity: float) -> Row:
    return {
        "interview_id": f"{account}-{held}", "account_ref": account, "held_on": held, "sentiment": 0.0,
        "propensity_to_continue": propensity,
    }  # fmt: skip


def company() -> Rows:
    """Five accounts that pay; three were interviewed, all answered in September and kept what they promised."""
    return {
        ("drop_folder", "accounts"): [
            {"account_id": name, "name": name, "start_date": date(2026, 6, 1)} for name in ACCOUNTS
        ],
        ("drop_folder", "agreements"): [
            {
                "line_id": name, "account_ref": name, "product": "Retainer", "kind": "recurring", "quantity": Decimal(1),
                "unit_amount": Decimal(100), "currency": "USD", "interval": "month", "interval_count": 1,
                "starts_on": date(2026, 6, 1),
            }
            for name in ACCOUNTS
        ],
        ("drop_folder", "milestones"): [
            {
                "milestone_id": f"{name}-{month}", "account_ref": name, "name": "Step", "owner_party": "supplier",
                "due_on": date(2026, month, 10), "completed_on": date(2026, month, 9),
            }
            for name in ACCOUNTS
            for month in (8, 9, 10, 11)
        ],
        ("drop_folder", "survey_responses"): [
            {
                "response_id": f"r-{name}", "metric": "nps", "survey_kind": "relationship", "score": 8.0, "account_ref": name,
                "respondent_email": f"person@{name}.test", "responded_at": datetime(2026, 9, 20, 9),  # noqa: DTZ001 - naive UTC
            }
            for name in ACCOUNTS
        ],
        ("drop_folder", "interviews"): [
            interview("calm", date(2026, 9, 10), 8), interview("sour", date(2026, 9, 10), 4), interview("old", date(2026, 9, 10), 5),
        ],
    }  # fmt: skip


def write_lenient_rules(path: Path) -> Path:
    """The rules with desire lacking from 3 on instead of 5."""
    with (PROJECT / "seeds" / "class_rules.csv").open() as file:
        rules = list(csv.DictReader(file))
    with path.open("w") as file:
        writer = csv.DictWriter(file, list(rules[0]))
        writer.writeheader()
        for rule in rules:
            is_lack = rule["signal"] == "propensity_to_continue" and rule["operator"] == "<="
            writer.writerow(rule | ({"threshold": "3"} if is_lack else {}))
    return path


Said = dict[tuple[str, date], tuple[str, str, str]]  # account, month -> class, rule, policies


def said(night: duckdb.DuckDBPyConnection) -> Said:
    """What the night itself published as classes."""
    found = night.execute(
        "select account_id, calendar_month, customer_class, rule_id, policy_version from build.cx.customer_classes"
    ).fetchall()
    return {(account, month): (name, rule, policy) for account, month, name, rule, policy in found}


def read_back(night: duckdb.DuckDBPyConnection, said_on: date) -> Said:
    """What the history that `night` published says that an earlier one had said."""
    found = night.execute(
        """
        select account_id, calendar_month, customer_class, rule_id, said_policy_version
        from build.cx.customer_class_history
        where said_on <= ?
        qualify row_number() over (partition by account_id, calendar_month order by said_on desc) = 1
        """,
        [said_on],
    ).fetchall()
    return {(account, month): (name, rule, policy) for account, month, name, rule, policy in found if name is not None}


@pytest.fixture(scope="module")
def nights(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[date, duckdb.DuckDBPyConnection]:
    rows = company()
    first = project.build(rows, FIRST, SAID)
    rows["drop_folder", "interviews"].append(
        interview("late", date(2026, 9, 12), 2)
    )  # its file was dropped two months later
    second = project.build(rows, SECOND, SAID, previous=first)
    rows["drop_folder", "accounts"][3] |= {"merged_into": "heir", "merged_on": THIRD}
    rules = write_lenient_rules(tmp_path_factory.mktemp("rules") / "class_rules.csv")
    third = project.build(rows, THIRD, SAID, previous=second, policy_version="another0ther", class_rules=rules)
    return {FIRST: first, SECOND: second, THIRD: third}


def test_every_past_night_is_read_back_as_it_was_said(nights: dict[date, duckdb.DuckDBPyConnection]) -> None:
    for told_on, night in nights.items():
        for earlier in (one for one in nights if one <= told_on):
            assert read_back(night, earlier) == said(nights[earlier]), (told_on, earlier)


def test_the_nights_had_something_new_to_say(nights: dict[date, duckdb.DuckDBPyConnection]) -> None:
    september = date(2026, 9, 1)
    first, second, third = (said(night) for night in nights.values())
    assert (first["late", september][0], second["late", september][0]) == ("Unknown", "At-Risk")
    assert (second["sour", september][0], third["sour", september][0]) == ("At-Risk", "Unknown")
    assert third["late", september][0] == "At-Risk"
    assert ("old", september) in second
    assert ("old", september) not in third
    assert {policy for *_, policy in third.values()} == {"another0ther"}
    assert {policy for *_, policy in first.values()} == {policy for *_, policy in second.values()}


def test_a_night_that_says_the_same_adds_nothing(
    project: Project, nights: dict[date, duckdb.DuckDBPyConnection]
) -> None:
    count = "select count(*) from build.cx.customer_class_history"
    again = project.build(company(), date(2026, 11, 21), SAID, previous=nights[FIRST])
    assert again.execute(count).fetchall() == nights[FIRST].execute(count).fetchall()


def test_an_earlier_night_built_again_ignores_what_later_ones_said(
    project: Project, nights: dict[date, duckdb.DuckDBPyConnection]
) -> None:
    again = project.build(company(), FIRST, SAID, previous=nights[THIRD])
    assert read_back(again, FIRST) == read_back(nights[THIRD], FIRST) == said(nights[FIRST])
