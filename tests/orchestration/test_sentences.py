"""What the gate's page says of the project's own data tests."""

import pytest

from orchestration.dbt.manifest import manifest
from orchestration.dbt.test_descriptions import sentence

TESTS = [node for node in manifest()["nodes"].values() if node["resource_type"] == "test"]


def node(name, **arguments):
    return {"name": "a_name", "description": "", "test_metadata": {"name": name, "kwargs": arguments}}


@pytest.mark.parametrize(
    ("test", "text"),
    [
        (node("not_null", column_name="a"), "`a` is never missing."),
        (node("unique", column_name="a"), "`a` is unique."),
        (node("unique_combination", columns=["a", "b", "c"]), "`a`, `b` and `c` together are unique."),
        (node("filled", columns=["a", "b"]), "`a` and `b` are never missing."),
        (node("accepted_values", column_name="a", values=["x", "y"]), "`a` is one of x or y."),
        (node("in_range", column_name="a", min_value=0), "`a` is never negative."),
        (node("in_range", column_name="a", min_value=0, max_value=1), "`a` is between 0 and 1."),
        (node("expression_holds", expression="a >\n b"), "In every row, `a > b` holds."),
        (node("equal_row_count", other="ref('others')"), "The table has as many rows as `others`."),
        ({"name": "assert_every_ticket_counts", "description": ""}, "Every ticket counts."),
        ({"name": "assert_x", "description": "Said by a person."}, "Said by a person."),
    ],
)
def test_a_kind_and_its_arguments_are_put_into_words(test, text):
    assert sentence(test) == text


def test_every_data_test_of_the_project_speaks():
    said = [sentence(test) for test in TESTS]
    assert len(said) > 300
    assert [text for text in said if not text.endswith(".") or "_id__" in text or "  " in text] == []
