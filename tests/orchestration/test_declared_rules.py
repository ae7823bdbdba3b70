"""Data tests beside the models are what the gate judges: each once, under the name that overrides use."""

import pytest

from orchestration.dbt.declared_rules import with_declared_rules
from orchestration.dbt.manifest import manifest
from quality.gate.screening import is_screened
from quality.gate.suite import Suite, Suites
from quality.gate.suite_files import load_suites

SUITES = with_declared_rules(load_suites(), manifest())
GENERIC = [
    node for node in manifest()["nodes"].values() if node["resource_type"] == "test" and node.get("test_metadata")
]


def test_every_generic_test_of_the_project_is_a_rule_of_its_table():
    ruled = {suite.table for suite in (*SUITES.published, *SUITES.models) if suite.expectations}
    assert {manifest()["nodes"][node["attached_node"]]["name"] for node in GENERIC} <= ruled
    assert len(GENERIC) > 350


def test_every_published_table_has_rules():
    assert [suite.table for suite in SUITES.published if not suite.expectations] == []


def test_no_rule_stands_twice():
    for suite in (*SUITES.published, *SUITES.models):
        said = [
            (line.expectation, line.columns, tuple(sorted(map(str, line.args.items())))) for line in suite.expectations
        ]
        assert len(said) == len(set(said)), suite.table


def test_a_rule_keeps_its_kind_its_bounds_and_its_severity():
    months = {line.name: line for line in SUITES.suites["retention_months"].expectations}
    bound = months["column_values_to_be_between/nrr_12"]
    assert (bound.args, bound.severity) == ({"min_value": 0, "max_value": 10}, "warning")
    accounts = {line.name: line for line in SUITES.suites["accounts"].expectations}
    assert accounts["column_values_to_not_be_null/account_id"].sentence == "`account_id` is never missing."


def test_most_rules_are_answered_by_the_one_scan_of_their_table():
    lines = [line for suite in (*SUITES.published, *SUITES.models) for line in suite.expectations]
    assert sum(map(is_screened, lines)) > 0.95 * len(lines)


def test_a_generic_test_without_a_counterpart_ends_the_night():
    test = {"resource_type": "test", "name": "x", "attached_node": "model.a", "config": {}, "test_metadata": {"name": "sounds_nice", "kwargs": {}}}  # fmt: skip
    model = {"resource_type": "model", "name": "a", "fqn": ["p", "staging", "a"], "schema": "staging"}
    with pytest.raises(ValueError, match="no counterpart for the generic test sounds_nice"):
        with_declared_rules(Suites({"a": Suite("a", (), "x", ())}), {"nodes": {"test.x": test, "model.a": model}})
