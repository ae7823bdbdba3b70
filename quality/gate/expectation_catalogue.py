"""The expectations a suite may use, with their arguments: an allow-list, so that a misspelling is found when the file is read.

Great Expectations is not imported for it (its import takes seconds); a test holds this list against its classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Columns = Literal["none", "one", "pair", "many"]

RANGE = frozenset({"min_value", "max_value", "strict_min", "strict_max"})
MOSTLY = frozenset({"mostly"})


@dataclass(frozen=True)
class Form:
    """How an expectation is written: how many columns, which arguments it must and may have.

    `failing` is a SQL condition that holds for the rows that break it (`{c}` the column, `{a}`, `{b}` a pair, `:name` an
    argument as a literal): with it the gate names failing keys. None: the expectation is about the column as a whole.
    """

    columns: Columns
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = field(default_factory=frozenset)
    failing: str | None = None

    @property
    def arguments(self) -> frozenset[str]:
        return self.required | self.optional


def _needs(*names: str) -> frozenset[str]:
    return frozenset(names)


def _aggregate() -> Form:
    return Form("one", optional=RANGE)


FORMS: dict[str, Form] = {
    "expect_column_values_to_not_be_null": Form("one", optional=MOSTLY, failing="{c} is null"),
    "expect_column_values_to_be_null": Form("one", optional=MOSTLY, failing="{c} is not null"),
    "expect_column_values_to_be_unique": Form(
        "one", optional=MOSTLY, failing="{c} is not null and count(*) over (partition by {c}) > 1"
    ),
    "expect_compound_columns_to_be_unique": Form(
        "many", optional=MOSTLY, failing="({known}) and count(*) over (partition by {cs}) > 1"
    ),
    "expect_column_values_to_be_between": Form("one", optional=RANGE | MOSTLY, failing="not ({between})"),
    "expect_column_values_to_be_in_set": Form("one", _needs("value_set"), MOSTLY, "{c} not in :value_set"),
    "expect_column_values_to_not_be_in_set": Form("one", _needs("value_set"), MOSTLY, "{c} in :value_set"),
    "expect_column_values_to_match_regex": Form("one", _needs("regex"), MOSTLY, "not regexp_matches({c}, :regex)"),
    "expect_column_values_to_not_match_regex": Form("one", _needs("regex"), MOSTLY, "regexp_matches({c}, :regex)"),
    "expect_column_values_to_match_regex_list": Form("one", _needs("regex_list"), MOSTLY | _needs("match_on")),
    "expect_column_values_to_not_match_regex_list": Form("one", _needs("regex_list"), MOSTLY),
    "expect_column_values_to_match_like_pattern": Form(
        "one", _needs("like_pattern"), MOSTLY, "{c} not like :like_pattern"
    ),
    "expect_column_values_to_not_match_like_pattern": Form(
        "one", _needs("like_pattern"), MOSTLY, "{c} like :like_pattern"
    ),
    "expect_column_value_lengths_to_be_between": Form("one", optional=RANGE | MOSTLY, failing="not ({length_between})"),
    "expect_column_value_lengths_to_equal": Form("one", _needs("value"), MOSTLY, "length({c}) <> :value"),
    "expect_column_pair_values_a_to_be_greater_than_b": Form(
        "pair",
        optional=MOSTLY | _needs("or_equal", "ignore_row_if"),
        failing="not ({a} > {b} or ({a} = {b} and :or_equal))",
    ),
    "expect_column_pair_values_to_be_equal": Form(
        "pair", optional=MOSTLY | _needs("ignore_row_if"), failing="{a} is distinct from {b}"
    ),
    "expect_select_column_values_to_be_unique_within_record": Form("many", optional=MOSTLY | _needs("ignore_row_if")),
    "expect_multicolumn_sum_to_equal": Form("many", _needs("sum_total"), MOSTLY | _needs("ignore_row_if")),
    "expect_column_distinct_values_to_be_in_set": Form("one", _needs("value_set")),
    "expect_column_distinct_values_to_contain_set": Form("one", _needs("value_set")),
    "expect_column_distinct_values_to_equal_set": Form("one", _needs("value_set")),
    "expect_column_most_common_value_to_be_in_set": Form("one", _needs("value_set"), _needs("ties_okay")),
    "expect_column_min_to_be_between": _aggregate(),
    "expect_column_max_to_be_between": _aggregate(),
    "expect_column_mean_to_be_between": _aggregate(),
    "expect_column_median_to_be_between": _aggregate(),
    "expect_column_stdev_to_be_between": _aggregate(),
    "expect_column_sum_to_be_between": _aggregate(),
    "expect_column_unique_value_count_to_be_between": _aggregate(),
    "expect_column_proportion_of_unique_values_to_be_between": _aggregate(),
    "expect_column_proportion_of_non_null_values_to_be_between": _aggregate(),
    "expect_column_quantile_values_to_be_between": Form("one", _needs("quantile_ranges")),
    "expect_column_value_z_scores_to_be_less_than": Form("one", _needs("threshold", "double_sided"), MOSTLY),
    "expect_column_values_to_be_of_type": Form("one", _needs("type_"), MOSTLY),
    "expect_column_values_to_be_in_type_list": Form("one", _needs("type_list"), MOSTLY),
    "expect_column_to_exist": Form("one", optional=_needs("column_index")),
    "expect_table_row_count_to_be_between": Form("none", optional=RANGE),
    "expect_table_row_count_to_equal": Form("none", _needs("value")),
    "expect_table_column_count_to_equal": Form("none", _needs("value")),
    "expect_table_columns_to_match_set": Form("none", _needs("column_set"), _needs("exact_match")),
    "unexpected_rows_expectation": Form("none", _needs("unexpected_rows_query")),
}

# Rules that Great Expectations has no class for: it judges them as a query that returns the rows which break them.
OWN_FORMS: dict[str, Form] = {
    "expression_holds": Form("none", _needs("expression"), failing="not coalesce(({expression}), false)"),
    "unique_combination": Form("many", failing="count(*) over (partition by {cs}) > 1"),
    "equal_row_count": Form("none", _needs("other")),
}
# Kinds that one scan of a table answers together, as yes or no. A test compares each with Great Expectations on pandas.
ROW_RULES = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_not_match_regex",
        "expect_column_value_lengths_to_be_between",
        "expression_holds",
    }
)
UNIQUE = frozenset(
    {
        "expect_column_values_to_be_unique",
        "expect_compound_columns_to_be_unique",
        "unique_combination",
    }
)
