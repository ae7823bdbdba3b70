"""The page that people read about the drop folder says what the contracts say."""

import re
from pathlib import Path

import pytest

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
