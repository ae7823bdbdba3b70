"""The same expectation over the same rows has the same verdict on DuckDB, on pandas and on PostgreSQL."""

from __future__ import annotations

import contextlib
import warnings
from datetime import datetime

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from quality.gate.expectation_engine import Engine, in_sql
from quality.gate.screening import is_screened
from quality.gate.suite import Expectation, Suite
from quality.gate.suite_files import load_suites
from quality.publication.targets.postgres_session import Session

whole = st.one_of(st.none(), st.integers(-5, 5))
words = st.one_of(st.none(), st.text("abé' %_", max_size=3))
rates = st.one_of(st.none(), st.sampled_from([-0.25, 0.0, 0.5, 1.0, 1.25]))
instants = st.one_of(st.none(), st.integers(0, 3).map(lambda day: datetime(2026, 11, 1 + day, 10)))  # noqa: DTZ001
COLUMNS = {"n": "int", "m": "int", "w": "text", "r": "double precision", "since": "timestamp", "until": "timestamp"}
bounds = st.integers(-6, 6)
share = st.sampled_from([1.0, 0.5, 0.9])
DECLARED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
IN_PANDAS = {"int": "Int64", "text": "str", "double precision": "Float64", "timestamp": "datetime64[us]"}


def line(kind, columns, **args):
    name = "/".join([kind, *columns])
    return Expectation(kind, "A sentence.", "critical", "data", name, tuple(columns), args)


@st.composite
def lines(draw):
    """One of each kind that depends on the rows, with bounds that are as often broken as kept."""
    low, values = draw(bounds), draw(st.lists(st.integers(-5, 5), min_size=1, max_size=6, unique=True))
    between = {"min_value": low, "max_value": low + draw(st.integers(0, 6))}
    mostly = draw(share)
    aggregates = ("min", "max", "mean", "median", "sum", "unique_value_count")
    return [
        line("expect_column_values_to_not_be_null", ["n"], mostly=mostly),
        line("expect_column_values_to_be_null", ["w"], mostly=mostly),
        line("expect_column_values_to_be_unique", ["n"], mostly=mostly),
        line("expect_column_values_to_be_unique", ["w"]),
        line("expect_column_values_to_be_between", ["n"], **between, mostly=mostly, strict_min=draw(st.booleans())),
        line("expect_column_values_to_be_between", ["r"], min_value=0, max_value=1),
        line("expect_column_values_to_be_in_set", ["n"], value_set=values, mostly=mostly),
        line("expect_column_values_to_be_in_set", ["w"], value_set=draw(st.lists(st.text("abé'", max_size=2), min_size=1, unique=True))),
        line("expect_column_values_to_not_be_in_set", ["n"], value_set=values, mostly=mostly),
        line("expect_column_values_to_match_regex", ["w"], regex=draw(st.sampled_from(["a", "^a", "b$", "^$", "é"])), mostly=mostly),
        line("expect_column_values_to_not_match_regex", ["w"], regex=draw(st.sampled_from(["a", "^a", "b$", "'"])), mostly=mostly),
        line("expect_column_value_lengths_to_be_between", ["w"], min_value=draw(st.integers(0, 2)), mostly=mostly),
        line("expect_column_values_to_not_be_null", ["m"]),
        line("expect_column_values_to_be_null", ["r"]),
        line("expect_column_values_to_not_be_in_set", ["m"], value_set=values),
        line("expect_column_values_to_be_between", ["m"], **between),
        line("expect_column_pair_values_a_to_be_greater_than_b", ["n", "m"], or_equal=draw(st.booleans()), ignore_row_if="either_value_is_missing"),
        line("expect_column_pair_values_a_to_be_greater_than_b", ["until", "since"], ignore_row_if="either_value_is_missing"),
        line("expect_compound_columns_to_be_unique", ["n", "m"]),
        line("expect_compound_columns_to_be_unique", ["w", "since"]),
        line("expect_column_unique_value_count_to_be_between", ["w"], max_value=1),
        line("expect_column_distinct_values_to_be_in_set", ["n"], value_set=values),
        line("expect_table_row_count_to_be_between", [], min_value=draw(st.integers(0, 8))),
        *[line(f"expect_column_{kind}_to_be_between", ["n"], **between) for kind in aggregates],
    ]  # fmt: skip


# The sum of no value is 0 in pandas and NULL in SQL, so one value is always there.
rows = st.lists(st.tuples(whole, whole, words, rates, instants, instants), min_size=1, max_size=8).filter(
    lambda found: any(n is not None for n, *_ in found)
)


def on_duckdb(gx, path, found, expected):
    path.unlink(missing_ok=True)
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(f"create table t ({DECLARED})")
        connection.executemany(f"insert into t values ({', '.join('?' * len(COLUMNS))})", found)
    with contextlib.closing(Engine(gx, path, {})) as engine:
        outcomes = engine.run("main", Suite("t", (), "data", tuple(expected)))
        # What the one scan says of a line alone is what its own judgement says.
        alone_in_a_table = [one for one in expected if is_screened(one)]
        for one in alone_in_a_table:
            held = engine.screened("main", [Suite("t", (), "data", (one,))])
            assert bool(held) is outcomes[one.name].is_passed, (one, found)
        held = engine.screened("main", [Suite("t", (), "data", tuple(alone_in_a_table))])
        assert bool(held) is all(outcomes[one.name].is_passed for one in alone_in_a_table)
    return {name: None if outcome.could_not_run else outcome.is_passed for name, outcome in outcomes.items()}


def differing(ours, theirs, found):
    return [(name, ours[name], theirs[name], found) for name in ours if ours[name] is not theirs[name]]


def alone(one):
    """A line as Great Expectations itself has it."""
    names = {0: (), 1: ("column",), 2: ("column_A", "column_B")}[len(one.columns)]
    columns = dict(zip(names, one.columns, strict=True))
    if "compound" in one.expectation:
        columns = {"column_list": list(one.columns)}
    return "".join(word.capitalize() for word in one.expectation.split("_")), {**columns, **one.args}


def judged(batch, gx, expected, form):
    """The verdicts of Great Expectations without our engine and dialect."""
    verdicts = {}
    for one in expected:
        name, arguments = form(one)
        result = batch.validate(getattr(gx.expectations, name)(**arguments), result_format="BOOLEAN_ONLY")
        verdicts[one.name] = bool(result.success)
    return verdicts


@pytest.fixture(scope="module")
def on_pandas(gx):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        definition = (
            context.data_sources.add_pandas("p").add_dataframe_asset("t").add_batch_definition_whole_dataframe("all")
        )

    def judge(found, expected):
        kinds = {name: IN_PANDAS[kind] for name, kind in COLUMNS.items()}
        frame = pd.DataFrame(found, columns=list(COLUMNS)).astype(kinds)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return judged(definition.get_batch({"dataframe": frame}), gx, expected, alone)

    return judge


def on_any_rows(examples):
    """Plays a test with generated rows and expectations, and with one table that engines were seen to judge differently."""
    seen = [(None, 1, "a", None, None, None)] * 2
    unique = line("expect_compound_columns_to_be_unique", ["n", "m"])

    def decorate(test):
        test = example(found=seen, expected=[unique])(given(found=rows, expected=lines())(test))
        return settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )(test)

    return decorate


@on_any_rows(12)
def test_duckdb_and_pandas_agree(tmp_path, gx, on_pandas, found, expected):
    assert differing(on_duckdb(gx, tmp_path / "t.duckdb", found, expected), on_pandas(found, expected), found) == []


@pytest.fixture(scope="module")
def on_postgres(gx, server):
    uri = server.get_uri()

    def judge(found, expected):
        with contextlib.closing(Session(uri)) as session:
            session.run("drop table if exists t")
            session.run(f"create table t ({DECLARED})")
            given = ", ".join(f"${place}::text::{kind}" for place, kind in enumerate(COLUMNS.values(), 1))
            for row in found:
                session.run(
                    f"insert into t values ({given})",
                    [None if v is None else str(v) for v in row],
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = gx.get_context(mode="ephemeral")
            source = context.data_sources.add_sql(
                "p", connection_string=uri.replace("postgresql://", "postgresql+psycopg2://")
            )
            batch = source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
            return judged(batch, gx, expected, in_sql)

    return judge


@on_any_rows(5)
def test_duckdb_and_postgres_agree(tmp_path, gx, on_postgres, found, expected):
    assert differing(on_duckdb(gx, tmp_path / "t.duckdb", found, expected), on_postgres(found, expected), found) == []


@settings(max_examples=1, deadline=None, phases=[Phase.generate], derandomize=True)
@given(expected=lines())
def test_every_kind_that_the_suites_use_is_compared(expected):
    used = {line.expectation for suite in load_suites().suites.values() for line in suite.expectations}
    assert used <= {one.expectation for one in expected}
