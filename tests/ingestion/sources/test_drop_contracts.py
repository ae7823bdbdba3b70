"""The page that people read about the drop folder says what the contracts say."""

import re
from pathlib import Path

import pytest
import yaml

from ingestion.drop_folder.contracts import CONTRACTS
from ingestion.drop_folder.row_checks import CHOICES, ONE_OF, RANGES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "drop_folder.md").read_text()
LINE = re.compile(
    r"^\| `(?P<name>\w+)` \| (?P<required>yes|) \| (?P<form>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE
)
SECTIONS = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_the_page_has_a_section_for_every_contract_and_no_other():
    assert list(SECTIONS) == [table.name for table in CONTRACTS]


@pytest.mark.parametrize("table", CONTRACTS, ids=lambda table: table.name)
def test_a_section_names_key_and_columns_as_the_contract_does(table):
    text = SECTIONS[table.name]
    assert f"Key: {', '.join(f'`{column}`' for column in table.key)}." in text
    told = [(line["name"], line["required"] == "yes") for line in LINE.finditer(text)]
    assert told == [(column.name, column.is_required) for column in table.columns if column.paths]


@pytest.mark.parametrize(("place", "values"), CHOICES.items(), ids=str)
def test_a_column_of_few_values_names_them_all(place, values):
    table, column = place
    line = next(line for line in LINE.finditer(SECTIONS[table]) if line["name"] == column)
    assert [value for value in values if not re.search(rf"\b{value}\b", line["meaning"])] == []


def test_a_rule_is_about_a_column_that_there_is():
    columns = {table.name: {column.name for column in table.columns} for table in CONTRACTS}
    assert [place for place in [*CHOICES, *RANGES] if place[1] not in columns[place[0]]] == []
    assert all(set(names) <= columns[table] for table, names in ONE_OF.items())


DBT = Path(__file__).resolve().parents[3] / "dbt_project"
# where a column of a contract goes on in the dbt project, and what is added there
FED = {
    ("projects", "kind"): [("stg_drop_folder__projects", "work_kind", ()), ("past_patterns", "work_kind", ("ticket_batch",))],
    ("milestones", "owner_party"): [
        ("stg_drop_folder__milestones", "owner_party", ()), ("milestones", "owner_party", ()),
    ],
    ("milestones", "asks_for"): [("milestones", "asks_for", ())],
    ("agreements", "kind"): [("mrr_lines", "kind", ())],
    ("survey_responses", "metric"): [("survey_responses", "metric", ())],
    ("survey_responses", "survey_kind"): [("survey_responses", "survey_kind", ())],
    ("survey_responses", "scale_direction"): [("survey_responses", "scale_direction", ())],
    ("interventions", "status"): [("intervention_decisions", "status", ()), ("interventions", "status", ())],
    ("interventions", "decision"): [
        ("intervention_decisions", "decision", ()), ("interventions", "dangling_decision", ("owed",)),
    ],
}  # fmt: skip


def accepted_values():
    """Values of every accepted_values test by model and column."""
    found = {}
    for path in (DBT / "models").rglob("*.yml"):
        for model in yaml.safe_load(path.read_text()).get("models") or []:
            for column in model.get("columns") or []:
                for test in column.get("data_tests") or []:
                    if isinstance(test, dict) and "accepted_values" in test:
                        found[model["name"], column["name"]] = set(test["accepted_values"]["arguments"]["values"])
    return found


def test_the_data_tests_accept_what_the_contracts_do():
    found = accepted_values()
    for place, fed in FED.items():
        for model, column, more in fed:
            assert found[model, column] == {*CHOICES[place], *more}, (model, column)


def test_the_lists_in_sql_are_those_of_the_contracts():
    text = (DBT / "macros" / "choices.sql").read_text()
    lists = {
        name: re.findall(r"'(\w+)'", values)
        for name, values in re.findall(r"macro (\w+)\(\).*?return\(\[(.*?)\]\)", text, re.DOTALL)
    }
    work, triggers = CHOICES["projects", "kind"], CHOICES["survey_responses", "trigger_kind"]
    assert lists["work_kinds"] == list(work)
    assert sorted(lists["work_triggers"] + lists["relationship_triggers"]) == sorted(triggers)
    assert set(work) <= set(lists["work_triggers"])
    assert CHOICES["survey_invitations", "trigger_kind"] == triggers
    column = next(
        column for model in yaml.safe_load((DBT / "models/marts/voice/_voice__marts.yml").read_text())["models"]
        if model["name"] == "survey_responses" for column in model["columns"] if column["name"] == "trigger_kind"
    )  # fmt: skip
    assert [kind for kind in triggers if kind not in column["description"]] == []
