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
            text = f"`{column}` is never missing."
        case "unique":
            text = f"`{column}` is unique."
        case "unique_combination":
            text = f"{_and(_quoted(told['columns']))} together are unique."
        case "filled":
            text = f"{_and(_quoted(told['columns']))} {'are' if len(told['columns']) > 1 else 'is'} never missing."
        case "accepted_values":
            text = f"`{column}` is one of {_and(told['values'], 'or')}."
        case "in_range":
            text = f"`{column}` is {_range(told.get('min_value'), told.get('max_value'))}."
        case "expression_holds":
            text = f"In every row, `{' '.join(str(told['expression']).split())}` holds."
        case "equal_row_count":
            text = f"The table has as many rows as `{str(told['other']).split(chr(39))[1]}`."
    return str(node.get("description") or "") or text


def _and(words: list[Any], last: str = "and") -> str:
    *first, final = [str(word) for word in words]
    return f"{', '.join(first)} {last} {final}" if first else final


def _quoted(columns: list[Any]) -> list[str]:
    return [f"`{column}`" for column in columns]


def _range(low: Any, high: Any) -> str:
    if high is None:
        return "never negative" if low == 0 else f"at least {low}"
    return f"at most {high}" if low is None else f"between {low} and {high}"
