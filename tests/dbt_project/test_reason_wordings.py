"""What a rule says of an account stands beside its conditions, in words that fit into one sentence."""

import csv
import re
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


def rows(name):
    with (SEEDS / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


RULES = rows("class_rules")


@pytest.mark.parametrize("rule", sorted({row["rule_id"] for row in RULES}))
def test_every_rule_has_something_to_say(rule):
    assert [row["wording"] for row in RULES if row["rule_id"] == rule and row["wording"]]


@pytest.mark.parametrize("wording", sorted({row["wording"] for row in RULES if row["wording"]}))
def test_a_wording_is_a_part_of_a_sentence_with_known_places(wording):
    assert set(re.findall(r"\{(\w+)\}", wording)) <= {"value", "size"}
    assert wording.strip(". ") == wording
    assert wording[0].islower() or wording[0] == "{"


def test_what_only_makes_a_rule_apply_is_not_told_as_its_reason():
    silent = {(row["rule_id"], row["condition_group"]) for row in RULES if not row["wording"]}
    assert {("at_risk_desire", "some_consistency"), ("growth", "evidence")} <= silent


def test_every_signal_that_can_be_missing_has_a_step_that_brings_it_back():
    asked = {row["signal"] for row in RULES if row["customer_class"] != "Unknown" and row["signal"] != "valid_patterns"}
    steps = {row["signal"]: row for row in rows("evidence_remedies")}
    assert asked | {"past_evidence", "present_evidence", "potential_evidence"} <= steps.keys()
    assert all(step["effort"].isdigit() and step["remedy"].endswith(".") for step in steps.values())
