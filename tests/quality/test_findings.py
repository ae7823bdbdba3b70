"""What the gate says of a breach: counts, share, what is wrong, and keys that name nobody."""

import duckdb
import pytest

from quality.gate.failing_keys import OPEN, failing_keys
from quality.gate.findings import words
from quality.gate.suite import Expectation, Suite
from quality.gate.verdict import Check

KEY = ("segment_dimension", "segment_value", "calendar_month")


@pytest.fixture
def months():
    connection = duckdb.connect()
    connection.execute("""
        create table months as select 'segment' as segment_dimension, name as segment_value, date '2026-03-01' as calendar_month, nrr_12
        from (values ('Mid-Market', 11.0), ('smb', 0.9), ('Groß & Klein', -1.0), ('jo@secret.test', 12.0)) t(name, nrr_12)
    """)
    yield connection
    connection.close()


def between(low, high, **more):
    args = {"min_value": low, "max_value": high, **more}
    bounds = {name: bound for name, bound in args.items() if bound is not None}
    return Expectation(
        "expect_column_values_to_be_between", "S.", "critical", "data", "nrr", ("nrr_12",), bounds
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (between(None, 10), "nrr_12 is above 10"),
        (between(-5, 10), "nrr_12 is above 10"),
        (between(0, None), "nrr_12 is below 0"),
        (between(0, 10), "nrr_12 is below 0 or above 10"),
        (between(None, 12, strict_max=True), "nrr_12 is not below 12"),
    ],
)
def test_a_bound_is_named_with_the_side_that_was_passed(months, line, said):
    assert words(months, "months", line) == said


def test_a_finding_says_counts_share_what_is_wrong_and_segments_as_they_are_called(months):
    line = between(0, 10)
    keys = failing_keys(months, "months", Suite("months", KEY, "data", (line,)), line)
    assert keys[0] == "segment|Groß & Klein|2026-03-01"
    assert keys[1] == "segment|Mid-Market|2026-03-01"
    assert not any("secret" in key for key in keys)
    check = Check(
        "retention_months", "retention_months", "nrr", line.expectation, "S.", "critical", "data", is_passed=False,
        failed_rows=551, evaluated_rows=1872, sample_keys=("all|2026-03-01",), finding="nrr_12 is above 10", has_open_keys=True,
    )  # fmt: skip
    assert check.found == (
        "551 of 1,872 rows of retention_months (29 %): nrr_12 is above 10, for example all|2026-03-01 (key)"
    )


def test_keys_of_accounts_and_persons_are_no_open_keys():
    assert not OPEN & {
        "account_id",
        "source_id",
        "csm_owner",
        "rater",
        "response_id",
        "account_ref",
        "respondent_email",
    }
