"""Great Expectations over our dialect: each kind of expectation holds on good rows and breaks on a planted fault."""

from __future__ import annotations

import contextlib

import duckdb
import pytest
import sqlalchemy as sa

from quality.connections import identifier, open_read_only
from quality.gate.duckdb_dialect import SCHEME
from quality.gate.expectation_catalogue import FORMS
from quality.gate.expectation_engine import COMPOUND, Engine
from quality.gate.failing_keys import failing_keys, failing_rows
from quality.gate.suite import Expectation, Suite

# One expectation per row: columns, arguments, a statement that plants the fault, and the rows it breaks (None: no rows).
CASES = {
    "expect_column_values_to_not_be_null": (["word"], {}, "word = null where id = 3", 1),
    "expect_column_values_to_be_null": (["nothing"], {}, "nothing = 'x' where id = 3", 1),
    "expect_column_values_to_be_unique": (["id"], {}, "id = 4 where id = 3", 2),
    "expect_compound_columns_to_be_unique": (["id", "n"], {}, "id = 4, n = 4 where id = 3", 2),
    "expect_column_values_to_be_between": (["n"], {"min_value": 1, "max_value": 20}, "n = 99 where id = 3", 1),
    "expect_column_values_to_be_in_set": (["kind"], {"value_set": ["a", "b"]}, "kind = 'it''s' where id = 3", 1),
    "expect_column_values_to_not_be_in_set": (["kind"], {"value_set": ["it's"]}, "kind = 'it''s' where id = 3", 1),
    "expect_column_values_to_match_regex": (["word"], {"regex": "or"}, "word = 'none' where id = 3", 1),
    "expect_column_values_to_not_match_regex": (["word"], {"regex": "^x"}, "word = 'xx' where id = 3", 1),
    "expect_column_values_to_match_regex_list": (["word"], {"regex_list": ["or", "ra"]}, "word = 'none' where id = 3", 1),
    "expect_column_values_to_not_match_regex_list": (["word"], {"regex_list": ["^x", "^y"]}, "word = 'xx' where id = 3", 1),
    "expect_column_values_to_match_like_pattern": (["word"], {"like_pattern": "wor%"}, "word = 'none' where id = 3", 1),
    "expect_column_values_to_not_match_like_pattern": (["word"], {"like_pattern": "x%"}, "word = 'xx' where id = 3", 1),
    "expect_column_value_lengths_to_be_between": (["word"], {"min_value": 4, "max_value": 6}, "word = 'w' where id = 3", 1),
    "expect_column_value_lengths_to_equal": (["kind"], {"value": 1}, "kind = 'aa' where id = 3", 1),
    "expect_column_pair_values_a_to_be_greater_than_b": (["high", "low"], {"or_equal": True}, "high = low - 1 where id = 3", 1),
    "expect_column_pair_values_to_be_equal": (["n", "same"], {}, "same = 77 where id = 3", 1),
    "expect_select_column_values_to_be_unique_within_record": (["low", "high"], {}, "low = high where id = 3", 1),
    "expect_multicolumn_sum_to_equal": (["one", "two"], {"sum_total": 3}, "one = 9 where id = 3", 1),
    "expect_column_distinct_values_to_be_in_set": (["kind"], {"value_set": ["a", "b"]}, "kind = 'c' where id = 3", None),
    "expect_column_distinct_values_to_contain_set": (["kind"], {"value_set": ["a", "b"]}, "kind = 'a'", None),
    "expect_column_distinct_values_to_equal_set": (["kind"], {"value_set": ["a", "b"]}, "kind = 'c' where id = 3", None),
    "expect_column_most_common_value_to_be_in_set": (["kind"], {"value_set": ["a", "b"], "ties_okay": True}, "kind = 'c'", None),
    "expect_column_min_to_be_between": (["n"], {"min_value": 1}, "n = -1 where id = 3", None),
    "expect_column_max_to_be_between": (["n"], {"max_value": 20}, "n = 99 where id = 3", None),
    "expect_column_mean_to_be_between": (["n"], {"min_value": 10, "max_value": 11}, "n = 0", None),
    "expect_column_median_to_be_between": (["n"], {"min_value": 10, "max_value": 11}, "n = 0", None),
    "expect_column_stdev_to_be_between": (["n"], {"min_value": 5, "max_value": 6.5}, "n = 999 where id = 3", None),
    "expect_column_sum_to_be_between": (["n"], {"min_value": 200, "max_value": 220}, "n = 0", None),
    "expect_column_unique_value_count_to_be_between": (["kind"], {"min_value": 2, "max_value": 2}, "kind = 'c' where id = 3", None),
    "expect_column_proportion_of_unique_values_to_be_between": (["id"], {"min_value": 1}, "id = 4 where id = 3", None),
    "expect_column_proportion_of_non_null_values_to_be_between": (["word"], {"min_value": 1}, "word = null where id = 3", None),
    "expect_column_quantile_values_to_be_between": (
        ["n"], {"quantile_ranges": {"quantiles": [0.25, 0.75], "value_ranges": [[1, 8], [12, 20]]}}, "n = 50", None),
    "expect_column_value_z_scores_to_be_less_than": (["n"], {"threshold": 3, "double_sided": True}, "n = 9999 where id = 3", 1),
    "expect_column_values_to_be_of_type": (["n"], {"type_": "INTEGER"}, "n = 1; alter table t alter n type bigint", None),
    "expect_column_values_to_be_in_type_list": (["n"], {"type_list": ["INTEGER"]}, "n = 1; alter table t alter n type bigint", None),
    "expect_column_to_exist": (["n"], {}, "n = 1; alter table t drop column n", None),
    "expect_table_row_count_to_be_between": ([], {"min_value": 20, "max_value": 20}, "n = 1; delete from t where id = 3", None),
    "expect_table_row_count_to_equal": ([], {"value": 20}, "n = 1; delete from t where id = 3", None),
    "expect_table_column_count_to_equal": ([], {"value": 17}, "n = 1; alter table t drop column n", None),
    "expect_table_columns_to_match_set": ([], {"column_set": ["id", "n"], "exact_match": False}, "n = 1; alter table t drop column n", None),
    "unexpected_rows_expectation": ([], {"unexpected_rows_query": "select * from {batch} where n < 0"}, "n = -1 where id = 3", None),
}  # fmt: skip

# Types that have no name in SQLAlchemy: none of them may break the table.
ODD = "[i] as listed, {'a': i} as packed, interval 1 day as span, i::utinyint as tiny, i::hugeint as huge, 'x'::json as doc"


def make(path, *faults):
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(f"""
            create table t as select i::int as id, i::int as n, i::int as same, 'word' || i as word,
                case when i % 2 = 0 then 'a' else 'b' end as kind, null::text as nothing, i as low, i + 1 as high, 1 as one, 2 as two,
                (i * 1.5)::decimal(12, 2) as amount, {ODD.replace("'x'::json", "'{}'::json")}
            from range(1, 21) r(i)""")  # fmt: skip
        for fault in faults:
            connection.execute(f"update t set {fault}")


def run(gx, path, suite):
    with contextlib.closing(Engine(gx, path, {"memory": "500MB"})) as engine:
        return engine.run("main", suite)


def one_line(name, columns, args):
    line = Expectation(name, "A sentence.", "critical", "data", "line", tuple(columns), args)
    return Suite("t", ("id",), "data", (line,))


def test_there_is_a_case_for_every_kind_that_a_suite_may_use():
    assert set(CASES) == set(FORMS)
    assert len(CASES) >= 32


def test_every_kind_holds_on_good_rows(tmp_path, gx):
    make(tmp_path / "t.duckdb")
    lines = tuple(
        Expectation(name, "A sentence.", "critical", "data", name, tuple(c), a) for name, (c, a, *_) in CASES.items()
    )
    outcomes = run(gx, tmp_path / "t.duckdb", Suite("t", ("id",), "data", lines))
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.is_passed} == {}


@pytest.mark.parametrize("name", CASES)
def test_a_planted_fault_is_found_and_counted(tmp_path, gx, name):
    columns, args, fault, rows = CASES[name]
    path = tmp_path / "t.duckdb"
    make(path, fault)
    suite = one_line(name, columns, args)
    outcome = run(gx, path, suite)["line"]
    assert not outcome.is_passed
    assert not outcome.could_not_run, outcome
    assert outcome.failed_rows == rows or name == COMPOUND  # its rows are counted below
    if FORMS[name].failing:
        with contextlib.closing(open_read_only(path)) as connection:
            assert failing_rows(connection, identifier("t"), suite.expectations[0]) == (rows, 20)
            assert failing_keys(connection, identifier("t"), suite, suite.expectations[0]) == (
                ("4",) if rows == 2 else ("3",)
            )


def test_the_dialect_reads_columns_tables_and_views(tmp_path):
    make(tmp_path / "t.duckdb")
    with contextlib.closing(duckdb.connect(str(tmp_path / "t.duckdb"))) as connection:
        connection.execute("create schema cx; create view cx.v as from t")
    engine = sa.create_engine(f"{SCHEME}:///{tmp_path / 't.duckdb'}")
    inspector = sa.inspect(engine)
    assert inspector.get_table_names() == ["t"]
    assert inspector.get_view_names(schema="cx") == ["v"]
    assert "cx" in inspector.get_schema_names()
    assert not inspector.has_table("gone")
    types = {column["name"]: str(column["type"]) for column in inspector.get_columns("t")}
    assert types["amount"] == "NUMERIC(12, 2)"
    assert {types[name] for name in ("listed", "packed", "span", "tiny", "doc")} == {"VARCHAR"}
    with engine.connect() as connection:
        many = connection.execute(sa.text("select id from t order by id"))
        assert (many.fetchone()[0], many.fetchmany(2), len(many.fetchall())) == (1, [(2,), (3,)], 17)
    engine.dispose()
