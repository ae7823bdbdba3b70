"""What is wrong with the rows that break an expectation, in words. The only values shown are the bounds of the suite itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.connections import identifier

if TYPE_CHECKING:
    import duckdb

    from quality.gate.suite import Expectation

# What is wrong with a row that breaks an expectation; `{c}` is the column, `{cs}` all columns, `{a}` and `{b}` a pair.
WORDS = {
    "expect_column_values_to_not_be_null": "{c} is missing",
    "expect_column_values_to_be_null": "{c} is not empty",
    "expect_column_values_to_be_unique": "{c} occurs more than once",
    "expect_compound_columns_to_be_unique": "the combination of {cs} occurs more than once",
    "unique_combination": "the combination of {cs} occurs more than once",
    "expect_column_values_to_be_in_set": "{c} is not one of the known values",
    "expect_column_values_to_not_be_in_set": "{c} has a value that is not allowed",
    "expect_column_values_to_match_regex": "{c} does not have the required form",
    "expect_column_values_to_not_match_regex": "{c} has a form that is not allowed",
    "expect_column_pair_values_a_to_be_greater_than_b": "{a} is below {b}",
    "expect_column_pair_values_to_be_equal": "{a} and {b} differ",
}
BETWEEN = "expect_column_values_to_be_between"


def words(connection: duckdb.DuckDBPyConnection, relation: str, line: Expectation) -> str:
    """What is wrong with the rows that break a line; empty where only its sentence can say it."""
    if line.expectation == BETWEEN:
        return _outside(connection, relation, line)
    form = WORDS.get(line.expectation, "")
    return form.format(
        c=line.columns[0] if line.columns else "",
        cs=" and ".join(line.columns),
        a=line.columns[0] if line.columns else "",
        b=line.columns[-1] if line.columns else "",
    )


def _outside(connection: duckdb.DuckDBPyConnection, relation: str, line: Expectation) -> str:
    """On which side of its bounds a column lies. The bounds are the suite's own, no value of a row."""
    (name,), low, high = line.columns, line.args.get("min_value"), line.args.get("max_value")
    column = identifier(name)
    is_below = f"{column} {'<=' if line.args.get('strict_min') else '<'} ?" if low is not None else "false"
    is_above = f"{column} {'>=' if line.args.get('strict_max') else '>'} ?" if high is not None else "false"
    query = f"select bool_or({is_below}), bool_or({is_above}) from {relation}"
    below, above = connection.execute(query, [bound for bound in (low, high) if bound is not None]).fetchall()[0]
    sides = [
        *([f"{'not above' if line.args.get('strict_min') else 'below'} {low}"] if below else []),
        *([f"{'not below' if line.args.get('strict_max') else 'above'} {high}"] if above else []),
    ]
    return f"{name} is {' or '.join(sides)}" if sides else ""
