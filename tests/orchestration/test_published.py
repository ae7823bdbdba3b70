"""What Dagster shows of the gate: one check per published table, with what failed, how many rows, and a few keys."""

from datetime import date, datetime

import dagster as dg

from orchestration.assets.published import _check_results
from quality.gate.verdict import Check, Verdict


def check(name, severity, table="accounts", *, keys=(), **facts):
    stated = {"is_passed": False, "failed_rows": len(keys) or None, **facts}
    return Check(
        "s", table, name, "e", f"Sentence of {name}.", severity, "data", sample_keys=tuple(keys), **stated
    )  # fmt: skip


def results(*checks):
    verdict = Verdict("r1", date(2026, 11, 22), datetime(2026, 11, 23), "p1", checks, ("accounts", "tickets"))  # noqa: DTZ001
    return {found.asset_key.path[-1]: found for found in _check_results(verdict, verdict.tables)}


def test_a_breach_is_red_with_the_count_and_at_most_twenty_of_its_keys():
    keys = [f"a{number}" for number in range(20)]
    accounts = results(
        check("one", "critical", keys=keys),
        check("two", "critical", keys=[*keys[1:], "b1"]),
        check("three", "warning", keys=["w1"]),
    )["accounts"]
    assert not accounts.passed
    assert accounts.severity == dg.AssetCheckSeverity.ERROR
    assert accounts.metadata["failed_rows"].value == 41
    assert accounts.metadata["failing_keys"].value.split(", ") == keys


def test_a_breach_of_a_landed_stream_is_red_once_and_a_breach_of_a_table_on_itself_alone():
    found = results(check("raw", "critical", "raw__desk__tickets"), check("own", "warning", "tickets", keys=["t1"]))
    assert [found[name].passed for name in ("accounts", "tickets", "quality_results")] == [True, False, False]
    assert found["quality_results"].description == "desk.tickets: this does not hold: Sentence of raw."
    assert found["quality_results"].severity == dg.AssetCheckSeverity.ERROR
    assert found["quality_results"].metadata["checks"].value == 1
    assert found["tickets"].severity == dg.AssetCheckSeverity.WARN


def test_a_finding_names_keys_that_name_nobody_and_no_others():
    facts = {"failed_rows": 551, "evaluated_rows": 1872, "finding": "nrr_12 is above 10"}
    months = check("nrr", "critical", keys=["2026-03-01|all|all"], has_open_keys=True, **facts)
    assert results(months)["accounts"].description == (
        "551 of 1,872 rows of accounts (29 %): nrr_12 is above 10, for example 2026-03-01|all|all (key)"
    )
    accounts = results(check("nrr", "critical", keys=["a1"], **facts))["accounts"]
    assert accounts.description == "551 of 1,872 rows of accounts (29 %): nrr_12 is above 10"
    assert accounts.metadata["failing_keys"].value == "a1"


def test_what_a_person_answers_for_is_not_red():
    found = results(check("own", "critical", override="Ada"))["accounts"]
    assert (found.passed, found.description) == (True, "Every check passed.")
