"""What a data test of the dbt project says, in words: the gate's page and alerts show sentences, not names of tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sentence(node: Mapping[str, Any]) -> str:
    """The test's own description, else its kind and arguments in words, else its name without underscores."""
    test = node.get("test_metadata") or {}
    told: Mapping[str, Any] = test.get("kwargs") or {}
    column = str(told.get("column_name", ""))
    words = str(node["name"]).removeprefix("assert_").replace("_", " ")
    text = f"{words[:1].upper()}{words[1:]}."
    match test.get("name"):
        case "not_null":
            text = f"{column} is never missing."
        case "unique":
            text = f"No two rows have the same {column}."
        case "unique_combination":
            text = f"No two rows have the same {_and(told['columns'])}."
        case "filled":
            text = f"Never missing: {_and(told['columns'])}."
        case "accepted_values":
            text = f"{column} is one of {_and(told['values'], 'or')}."
        case "in_range":
            bounds = (("at least", told.get("min_value")), ("at most", told.get("max_value")))
            text = f"{column} is {_and([f'{side} {bound}' for side, bound in bounds if bound is not None])}."
        case "expression_holds":
            text = f"In every row: {' '.join(str(told['expression']).split())}."
        case "equal_row_count":
            text = f"As many rows as {str(told['other']).split(chr(39))[1]}."
    return str(node.get("description") or "") or text


def _and(words: list[Any], last: str = "and") -> str:
    *first, final = [str(word) for word in words]
    return f"{', '.join(first)} {last} {final}" if first else final
