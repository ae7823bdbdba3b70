"""Runs a suite in Great Expectations over one DuckDB file. The library is handed in: only `judging` imports it.

Its results hold values of the judged rows, and its errors quote them. What leaves this module is counts and class names.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL

from quality.gate import screening
from quality.gate.duckdb_dialect import SCHEME
from quality.gate.failing_keys import failing_condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from quality.gate.suite import Expectation, Suite

# Argument names of Great Expectations for the columns of a line.
COLUMN_ARGUMENTS = {0: (), 1: ("column",), 2: ("column_A", "column_B")}
LISTS = frozenset({"expect_multicolumn_sum_to_equal", "expect_select_column_values_to_be_unique_within_record"})
COMPOUND = "expect_compound_columns_to_be_unique"
OWN_KEYS = frozenset({COMPOUND, "unique_combination"})
DETAILS = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Outcome:
    """What is known of one judged line. Only counts cross this border."""

    is_passed: bool
    failed_rows: int | None = None
    evaluated_rows: int | None = None
    detail: str = ""
    could_not_run: bool = False


class Engine:
    """An ephemeral context of Great Expectations over one DuckDB file, read-only. Close it to release the file."""

    def __init__(self, gx: Any, path: Path, options: Mapping[str, str]) -> None:
        self._gx = gx
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # its messages quote values
        with _quiet():
            stores = gx.data_context.types.base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
            config = gx.data_context.types.base.DataContextConfig(
                store_backend_defaults=stores, analytics_enabled=False
            )
            self._context = gx.get_context(mode="ephemeral", project_config=config)
            self._context.variables.progress_bars = {"globally": False, "metric_calculations": False}
            url = URL.create(SCHEME, database=str(path), query={k: v for k, v in options.items() if v})
            self._source = self._context.data_sources.add_sql(
                name="build", connection_string=url.render_as_string(), create_temp_table=False
            )

    def run(self, schema: str, suite: Suite) -> dict[str, Outcome]:
        """Judge every line of a suite: all of them as yes or no in one pass, details only for those that failed."""
        with _quiet():
            try:
                asset = self._source.add_table_asset(suite.table, table_name=suite.table, schema_name=schema)
                batch = asset.add_batch_definition_whole_table("all").get_batch()
            except Exception as error:  # noqa: BLE001 - whatever it is, the suite was not judged
                return {line.name: _failed_to_run(error) for line in suite.expectations}
            outcomes: dict[str, Outcome] = {}
            built = {}
            for line in suite.expectations:
                try:
                    built[line.name] = self._expectation(line)
                except Exception as error:  # noqa: BLE001 - an argument it refuses
                    outcomes[line.name] = _failed_to_run(error)
            return outcomes | self._validated(batch, built)

    def screened(self, schema: str, suites: Sequence[Suite]) -> frozenset[str]:
        """The tables among these whose row rules and unique keys all hold, each asked in one query of its own."""
        questions = {suite.table: query for suite in suites if (query := screening.query(schema, suite))}
        built = {}
        with _quiet():
            for table, query in questions.items():
                with suppress(Exception):  # a query it refuses leaves its table to be judged line by line
                    built[table] = self._gx.expectations.UnexpectedRowsExpectation(
                        unexpected_rows_query=query, description=f"The rows of {table}.", meta={"name": table}
                    )
            for table in questions:
                with suppress(Exception):  # the first table that is there; the queries name their own
                    asset = self._source.add_table_asset(
                        f"screen {len(self._source.assets)}", table_name=table, schema_name=schema
                    )
                    batch = asset.add_batch_definition_whole_table("all").get_batch()
                    whole = self._gx.ExpectationSuite(name="tables", expectations=list(built.values()))
                    results = batch.validate(whole, result_format="BOOLEAN_ONLY").results
                    return frozenset(r.expectation_config.meta["name"] for r in results if r.success)
        return frozenset()

    def _expectation(self, line: Expectation) -> Any:
        name, arguments = in_sql(line)
        return getattr(self._gx.expectations, name)(
            **arguments, severity=line.severity, description=line.sentence, meta={"name": line.name}
        )

    def _validated(self, batch: Any, built: Mapping[str, Any]) -> dict[str, Outcome]:
        if not built:
            return {}
        # One expectation at a time would repeat the metrics they share.
        whole = self._gx.ExpectationSuite(name="lines", expectations=list(built.values()))
        try:
            results = {
                r.expectation_config.meta["name"]: r
                for r in batch.validate(whole, result_format="BOOLEAN_ONLY").results
            }
        except Exception as error:  # noqa: BLE001 - the engine itself broke
            return {name: _failed_to_run(error) for name in built}
        outcomes = {}
        for name, expectation in built.items():
            result = results.get(name)
            if result is None:
                outcomes[name] = Outcome(is_passed=False, could_not_run=True, detail="could not run: no result")
            elif bool(result.success):  # may be a NumPy truth
                outcomes[name] = Outcome(is_passed=True)
            elif (broke := raised(result.exception_info)) is not None:
                outcomes[name] = Outcome(is_passed=False, could_not_run=True, detail=f"could not run: {broke}")
            else:
                outcomes[name] = _counted(batch, expectation)
        return outcomes

    def close(self) -> None:
        """Dispose of every connection, so that the file can be opened by others."""
        with _quiet():
            self._source.get_execution_engine().close()
            self._source.get_engine().dispose()


def in_sql(line: Expectation) -> tuple[str, dict[str, Any]]:
    """Class and arguments of a line where SQL judges it.

    Uniqueness of several columns together is a query of our own: the library's joins the table with its own groups, which takes
    several times as long and lets a repeated key with a NULL in it pass (pandas does not). Keys that are NULL altogether are
    nobody's, as on pandas.
    """
    if line.expectation in OWN_KEYS and not line.args:
        return "UnexpectedRowsExpectation", {"unexpected_rows_query": screening.repeated("{batch}", line)}
    if line.expectation == "expression_holds":
        return "UnexpectedRowsExpectation", {
            "unexpected_rows_query": f"select 1 from {{batch}} where {screening.escaped(str(failing_condition(line)))} limit 1"
        }
    if line.expectation == "equal_row_count":
        counts = f"(select count(*) from {{batch}}) <> (select count(*) from {line.args['other']})"
        return "UnexpectedRowsExpectation", {"unexpected_rows_query": f"select 1 where {counts}"}
    name = "".join(word.capitalize() for word in line.expectation.split("_"))
    if line.expectation in LISTS or line.expectation == COMPOUND:
        return name, {"column_list": list(line.columns), **line.args}
    return name, {**dict(zip(COLUMN_ARGUMENTS[len(line.columns)], line.columns, strict=True)), **line.args}


def _counted(batch: Any, expectation: Any) -> Outcome:
    """Judge a failed line again for its counts. An allow-list: everything else in the result may hold values."""
    try:
        result = batch.validate(expectation, result_format=DETAILS).result
    except Exception:  # noqa: BLE001 - it failed already; without counts it stays failed
        return Outcome(is_passed=False)
    evaluated = result.get("element_count")
    failed = result.get("unexpected_count") if evaluated is not None else None  # else it counts values, not rows
    percent = result.get("unexpected_percent")
    return Outcome(
        is_passed=False,
        failed_rows=int(failed) if isinstance(failed, (int, float)) else None,
        evaluated_rows=int(evaluated) if isinstance(evaluated, (int, float)) else None,
        detail=f"{percent:.3g} % of the rows with a value" if isinstance(percent, (int, float)) else "",
    )


def raised(info: Mapping[str, Any]) -> str | None:
    """The class of the error inside a result; None where the expectation ran."""
    nested = [value for value in info.values() if isinstance(value, dict)]
    for each in [info, *nested]:
        if each.get("raised_exception"):
            last = str(each.get("exception_traceback") or "").strip().splitlines()
            return last[-1].split(":", 1)[0].rsplit(".", 1)[-1][:60] if last else "error"
    return None


def _failed_to_run(error: Exception) -> Outcome:
    return Outcome(is_passed=False, could_not_run=True, detail=f"could not run: {type(error).__name__}")


@contextmanager
def _quiet() -> Iterator[None]:
    """The library warns about its own dependencies and about our dialect's name; neither says anything of the data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
