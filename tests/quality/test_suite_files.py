"""A suite is data; what is not understood names its file and line, and what was probably meant."""

from __future__ import annotations

from datetime import date

import pytest

from quality.gate.expectation_catalogue import FORMS
from quality.gate.overrides import OverrideError, load_overrides
from quality.gate.suite import SuiteError
from quality.gate.suite_files import load_suite, load_suites
from quality.gate.verdict import SEVERITIES

GOOD = """table: accounts
key: [account_id]
owner: support
expectations:
  - {expectation: expect_column_values_to_be_between, column: mrr_minor, args: {min_value: 0}, severity: critical, sentence: "Not negative."}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("to_be_between", "to_be_betwen", r"accounts\.yaml:5: unknown expectation .* did you mean 'expect_column_values_to_be_between'"),
        ("min_value", "min_val", r"accounts\.yaml:5: unknown argument of .*did you mean 'min_value'"),
        ("column:", "colum:", r"accounts\.yaml:5: unknown key 'colum'; did you mean 'column'"),
        ("critical", "crtical", r"accounts\.yaml:5: unknown severity 'crtical'; did you mean 'critical'"),
        ("severity: critical, ", "", r"accounts\.yaml:5: 'severity' must be a text"),
        (', sentence: "Not negative."', "", r"accounts\.yaml:5: 'sentence' must be a text"),
        ("column: mrr_minor", "columns: [a, b]", r"accounts\.yaml:5: needs one column\(s\), 2 given"),
        ("owner:", "ower:", r"accounts\.yaml:3: unknown key 'ower'; did you mean 'owner'"),
        ("table: accounts", "table: Accounts; drop", r"accounts\.yaml:1: table name .* must match"),
        ("table: accounts", "table: others", r"accounts\.yaml:1: table 'others' belongs in others\.yaml"),
        ("owner: support", "owner: support\nowner: x", r"accounts\.yaml:4: 'owner' is given twice"),
        ("owner: support", "owner: [support", r"accounts\.yaml:\d+: "),
        ("owner: support", "owner: !!python/object/apply:os.system [x]", r"accounts\.yaml:1: could not determine a constructor"),
        ("key: [account_id]", "key: account_id", r"accounts\.yaml:2: 'key' must be a list of texts"),
        ("critical, sent", "critical, name: x, sent", None),
        ("expect_column_values_to_be_between", "expect_column_values_to_be_in_set", r"unknown argument|needs the argument 'value_set'"),
    ],
)  # fmt: skip
def test_every_mistake_names_its_line(tmp_path, old, new, message):
    path = tmp_path / "accounts.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    if message is None:
        assert load_suite(path).expectations[0].name == "x"
        return
    with pytest.raises(SuiteError, match=message):
        load_suite(path)


def test_the_same_line_twice_asks_for_a_name(tmp_path):
    path = tmp_path / "accounts.yaml"
    path.write_text(GOOD + GOOD.splitlines()[-1])
    with pytest.raises(SuiteError, match=r"accounts\.yaml:5: .* is there twice; give each line its own `name`"):
        load_suite(path)


def test_an_empty_file_and_a_list_are_no_suites(tmp_path):
    path = tmp_path / "accounts.yaml"
    for text in ("", "- a"):
        path.write_text(text)
        with pytest.raises(SuiteError, match=r"accounts\.yaml:1"):
            load_suite(path)


SUITES = load_suites()


@pytest.mark.parametrize("suite", SUITES.suites.values(), ids=lambda suite: suite.table)
def test_every_suite_of_the_project_is_whole(suite):
    assert suite.key
    for line in suite.expectations:
        assert line.sentence.endswith(".")
        assert line.severity in SEVERITIES
    if suite.is_raw:
        assert suite.expectations
        assert suite.landed_as
        nulls = {
            line.columns[0] for line in suite.expectations if line.expectation == "expect_column_values_to_not_be_null"
        }
        assert {*suite.key, "_version"} <= nulls
    else:
        streams = {raw.stream for raw in SUITES.raw}
        assert set(suite.fed_by) <= streams


def test_every_reconciliation_is_about_tables_with_a_suite():
    names = [sentence.name for sentence in SUITES.reconciliations]
    assert len(set(names)) == len(names) >= 7
    for sentence in SUITES.reconciliations:
        assert {sentence.table, *sentence.needs} <= {suite.table for suite in SUITES.published}


def test_the_catalogue_says_what_the_engine_takes(gx):
    for name, form in FORMS.items():
        cls = getattr(gx.expectations, "".join(word.capitalize() for word in name.split("_")))
        fields = cls.__fields__
        assert form.arguments <= set(fields), name
        needed = {field for field, facts in fields.items() if facts.required} - {
            "column",
            "column_A",
            "column_B",
            "column_list",
        }
        assert needed <= form.required, name


def test_overrides_are_whole_or_nothing(tmp_path):
    path = tmp_path / "overrides.yaml"
    assert load_overrides(path) == ()
    path.write_text("- {check: a/b, person: Ada, reason: known, expires_on: 2026-11-30}")
    (override,) = load_overrides(path)
    assert override.expires_on == date(2026, 11, 30)
    for text, message in (
        ("- {check: a/b, person: Ada, expires_on: 2026-11-30}", "entry 1 must have exactly"),
        ("- {check: a/b, person: Ada, reason: '', expires_on: 2026-11-30}", "reason must be a text"),
        ("- {check: a/b, person: Ada, reason: ' ', expires_on: 2026-11-30}", "reason must be a text"),
        ("- {check: a/b, person: Ada, reason: x, expires_on: soon}", "expires_on must be a date"),
        ("- {check: a/b, person: Ada, reason: x, expires_on: 2026-11-30 12:00:00}", "expires_on must be a date"),
        ("check: a/b", "must be a list"),
        ("- [", "is not YAML"),
    ):
        path.write_text(text)
        with pytest.raises(OverrideError, match=message):
            load_overrides(path)
