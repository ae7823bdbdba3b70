"""What the restatement log says of a closed month that a later night tells otherwise: late data, merge, rate, policy, model, segment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
import yaml

from tests.dbt_project.nights import PUBLISHED, ROOT, Project

Row = dict[str, object]
Rows = dict[tuple[str, str], list[Row]]
FIRST_NIGHT, SECOND_NIGHT, THIRD_NIGHT = date(2026, 11, 20), date(2026, 11, 22), date(2026, 12, 3)
OCTOBER = date(2026, 10, 1)
SUITES = ROOT / "quality" / "suites"


def agreement(account: str, unit: int, **said: object) -> Row:
    plain: Row = {
        "line_id": f"line-{account}", "account_ref": account, "product": "Retainer", "kind": "recurring", "quantity": Decimal(1),
        "unit_amount": Decimal(unit), "currency": "USD", "interval": "month", "interval_count": 1, "starts_on": date(2025, 6, 1),
    }  # fmt: skip
    return plain | said


def answer(number: int, account: str, score: int) -> Row:
    return {
        "response_id": f"r{number}", "metric": "nps", "survey_kind": "relationship", "score": float(score), "account_ref": account,
        "respondent_email": f"person{number}@customer{account}.test", "responded_at": datetime(2026, 10, 5, 9),  # noqa: DTZ001 - naive UTC
    }  # fmt: skip


def company() -> Rows:
    """Four accounts: one in euro and dollar at once, one that will be merged into another."""
    first_of = [date(2025 + month // 12, month % 12 + 1, 28) for month in range(5, 24)]
    return {
        ("drop_folder", "accounts"): [
            {"account_id": name, "name": name, "segment": segment, "start_date": date(2025, 6, 1)}
            for name, segment in (("calm", "small"), ("late", "small"), ("euro", "large"), ("old", "small"), ("heir", "large"))
        ],
        ("drop_folder", "agreements"): [
            agreement("calm", 100), agreement("late", 200), agreement("old", 40), agreement("heir", 60),
            agreement("euro", 100, currency="EUR"), agreement("euro", 30, line_id="line-euro-usd"),
        ],
        ("drop_folder", "fx_rates"): [
            {"rate_date": day, "currency": "EUR", "rate_to_reporting": Decimal("1.10")} for day in first_of
        ],
        ("drop_folder", "survey_responses"): [answer(1, "calm", 10), answer(2, "late", 9), answer(3, "heir", 3), answer(4, "old", 10)],
    }  # fmt: skip


def night(
    project: Project, rows: Rows, as_of: date, previous: duckdb.DuckDBPyConnection | None = None
) -> duckdb.DuckDBPyConnection:
    return project.build(rows, as_of, targets=PUBLISHED, previous=previous)


def restated(
    build: duckdb.DuckDBPyConnection, where: str = "true"
) -> dict[tuple[str, date, str, str], tuple[object, ...]]:
    """(metric, month, cut, account) -> (old, new, change, cause)"""
    found = build.execute(f"""
        select metric, calendar_month, segment_value, coalesce(account_id, ''), old_value, new_value, change, cause
        from build.cx.metric_restatements where {where}
    """).fetchall()
    return {(metric, month, cut, account): tuple(rest) for metric, month, cut, account, *rest in found}


@pytest.fixture(scope="module")
def first(project: Project) -> duckdb.DuckDBPyConnection:
    return night(project, company(), FIRST_NIGHT)


def test_a_night_that_knows_nothing_new_restates_nothing(project: Project, first: duckdb.DuckDBPyConnection) -> None:
    assert restated(first) == {}
    again = night(project, company(), SECOND_NIGHT, first)
    assert restated(again) == {}
    # a month that was provisional is told for the first time when it closes
    assert restated(night(project, company(), THIRD_NIGHT, again)) == {}


def test_late_data_restates_the_account_the_cuts_and_what_is_made_of_them(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    rows = company()
    rows["drop_folder", "agreements"][1]["starts_on"] = date(2026, 10, 1)  # "late" began a year later than was said
    rows["drop_folder", "survey_responses"].append(answer(5, "calm", 0))
    found = restated(night(project, rows, SECOND_NIGHT, first))
    assert {cause for *_, cause in found.values()} == {"late_data"}
    september = date(2026, 9, 1)
    assert found["account_closing_mrr_minor", september, "all", "late"] == (20000, 0, -20000, "late_data")
    assert found["closing_mrr_minor", september, "all", ""] == (54000, 34000, -20000, "late_data")
    assert found["closing_mrr_minor", september, "small", ""] == (34000, 14000, -20000, "late_data")
    assert found["opening_mrr_minor", OCTOBER, "all", ""] == (54000, 34000, -20000, "late_data")
    assert found["new_minor", OCTOBER, "all", ""] == (0, 20000, 20000, "late_data")
    # October itself is as it was, but no longer the same cohort: 200 of 540 came after October 2025
    assert ("closing_mrr_minor", OCTOBER, "all", "") not in found
    assert ("nrr_12", OCTOBER, "large", "") not in found
    assert found["nps_respondent_relationship_90d", OCTOBER, "all", ""] == (50.0, 20.0, -30.0, "late_data")
    assert not any(month >= date(2026, 11, 1) for _, month, *_ in found), "November was provisional"


def test_a_merge_restates_both_accounts_and_no_sum(project: Project, first: duckdb.DuckDBPyConnection) -> None:
    rows = company()
    rows["drop_folder", "accounts"][3] |= {"merged_into": "heir", "merged_on": SECOND_NIGHT}
    found = restated(night(project, rows, SECOND_NIGHT, first))
    assert {cause for *_, cause in found.values()} == {"merge"}
    assert found["account_closing_mrr_minor", OCTOBER, "all", "old"] == (4000, 0, -4000, "merge")
    assert found["account_closing_mrr_minor", OCTOBER, "all", "heir"] == (6000, 10000, 4000, "merge")
    assert not any(cut == "all" and not account and metric.endswith("_minor") for metric, _, cut, account in found)
    assert (
        found["closing_mrr_minor", OCTOBER, "small", ""][3]
        == found["closing_mrr_minor", OCTOBER, "large", ""][3]
        == "merge"
    )
    # two accounts with one vote each are one account with their mean: (1 + 1 + -1 + 1) / 4 and (1 + 1 + 0) / 3
    old, new, _, cause = found["nps_account_relationship_90d", OCTOBER, "all", ""]
    assert (old, new, cause) == (50.0, pytest.approx(200 / 3), "merge")
    assert ("nps_respondent_relationship_90d", OCTOBER, "all", "") not in found


def test_a_corrected_rate_is_told_from_corrected_bills(project: Project, first: duckdb.DuckDBPyConnection) -> None:
    rows = company()
    october = next(rate for rate in rows["drop_folder", "fx_rates"] if rate["rate_date"] == date(2026, 10, 28))
    october["rate_to_reporting"] = Decimal("1.20")
    rows["drop_folder", "agreements"][0]["unit_amount"] = Decimal(101)
    found = restated(night(project, rows, SECOND_NIGHT, first))
    assert found["account_closing_mrr_minor", OCTOBER, "all", "euro"] == (14000, 15000, 1000, "rate")
    assert found["account_closing_mrr_minor", OCTOBER, "all", "calm"] == (10000, 10100, 100, "late_data")
    # the sum of both is named after what weighs more, each cut after its own
    assert found["closing_mrr_minor", OCTOBER, "all", ""] == (54000, 55100, 1100, "rate")
    assert found["closing_mrr_minor", date(2026, 9, 1), "all", ""] == (54000, 54100, 100, "late_data")
    assert found["closing_mrr_minor", OCTOBER, "EUR", ""][3] == "rate"
    assert found["closing_mrr_minor", OCTOBER, "small", ""][3] == "late_data"
    assert found["fx_minor", OCTOBER, "all", ""] == (0, 1000, 1000, "rate")


def test_another_policy_is_the_cause_whatever_else_changed(project: Project, first: duckdb.DuckDBPyConnection) -> None:
    rows = company()
    rows["drop_folder", "agreements"][0]["discount_percent"] = Decimal(25)
    before = first.execute("select distinct policy_version from build.cx.account_months").fetchall()
    for table in ("account_months", "retention_months", "nps_trend"):
        first.execute(f"create table build.previous.kept_{table} as from build.cx.{table}")
        first.execute(f"update build.cx.{table} set policy_version = 'under another policy'")
    try:
        found = restated(night(project, rows, SECOND_NIGHT, first))
    finally:
        for table in ("account_months", "retention_months", "nps_trend"):
            first.execute(f"create or replace table build.cx.{table} as from build.previous.kept_{table}")
    assert len(before) == 1
    assert found["account_closing_mrr_minor", OCTOBER, "all", "calm"] == (10000, 7500, -2500, "policy")
    assert {cause for *_, cause in found.values()} == {"policy"}


def test_a_difference_under_other_models_is_called_ours(project: Project, first: duckdb.DuckDBPyConnection) -> None:
    rows = company()
    rows["drop_folder", "agreements"][0]["discount_percent"] = Decimal(25)
    rows["drop_folder", "survey_responses"].append(answer(5, "calm", 0))
    late = restated(night(project, rows, SECOND_NIGHT, first))
    build = project.build(rows, SECOND_NIGHT, targets=PUBLISHED, previous=first, previous_models="other")
    found = restated(build)
    assert {key: rest[:3] for key, rest in found.items()} == {key: rest[:3] for key, rest in late.items()}
    assert {metric.split("_")[0] for metric, *_ in found} >= {"account", "closing", "nps"}
    assert {cause for *_, cause in late.values()} == {"late_data"}
    assert {cause for *_, cause in found.values()} == {"model"}
    # nothing restated: other models alone are no finding
    assert (
        restated(project.build(company(), SECOND_NIGHT, targets=PUBLISHED, previous=first, previous_models="other"))
        == {}
    )


def test_findings_are_kept_and_a_cut_that_is_new_counts_from_nothing(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    rows = company()
    rows["drop_folder", "agreements"].append(
        agreement("calm", 5, line_id="more", product="Training", starts_on=date(2026, 10, 1))
    )
    second = night(project, rows, SECOND_NIGHT, first)
    found = restated(second)
    assert found["closing_mrr_minor", OCTOBER, "Training", ""] == (None, 500, None, "late_data")
    assert found["account_closing_mrr_minor", OCTOBER, "all", "calm"] == (10000, 10500, 500, "late_data")
    # the same night once more, on the same publication, says the same; a later night keeps it and adds nothing
    assert restated(night(project, rows, SECOND_NIGHT, first)) == found
    assert restated(night(project, rows, THIRD_NIGHT, second)) == found


def test_a_figure_restated_on_two_nights_is_two_rows_under_the_key_that_the_gate_demands(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    rows = company()
    rows["drop_folder", "agreements"][0]["unit_amount"] = Decimal(110)
    second = night(project, rows, SECOND_NIGHT, first)
    second.execute("update build.cx.metric_restatements set run_id = 'the second run'")
    rows["drop_folder", "agreements"][0]["unit_amount"] = Decimal(120)
    third = night(project, rows, THIRD_NIGHT, second)
    told = third.execute("""
        select old_value, new_value from build.cx.metric_restatements
        where account_id = 'calm' and calendar_month = '2026-10-01' order by new_value
    """).fetchall()
    assert told == [(10000, 11000), (11000, 12000)]
    key = yaml.safe_load((SUITES / "metric_restatements.yaml").read_text())["key"]
    assert (
        third.execute(
            f"select 1 from build.cx.metric_restatements group by {', '.join(key)} having count(*) > 1"
        ).fetchall()
        == []
    )


def test_an_account_put_into_another_segment_moves_the_present_cuts_of_nps_alone(
    project: Project, first: duckdb.DuckDBPyConnection
) -> None:
    rows = company()
    rows["drop_folder", "accounts"][0]["segment"] = "large"
    found = restated(night(project, rows, SECOND_NIGHT, first))
    assert {metric.split("_")[0] for metric, *_ in found} == {"nps"}
    assert {(cut, rest[3]) for (_, _, cut, _), rest in found.items()} <= {("small", "segment"), ("large", "segment")}
    assert found["nps_respondent_relationship_90d", OCTOBER, "large", ""] == (-100.0, 0.0, 100.0, "segment")
