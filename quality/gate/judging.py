"""The gate's judgement: suites over the built tables and the landed streams, by SQL on DuckDB, failing closed.

Great Expectations is imported inside `judge` alone: its import takes seconds that no other step should pay.
"""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import duckdb

from quality.connections import identifier, open_read_only, quoted
from quality.gate import built_in_checks
from quality.gate.expectation_engine import Engine, Outcome
from quality.gate.failing_keys import OPEN, failing_keys, failing_rows
from quality.gate.findings import words
from quality.gate.left_out_checks import left_out_checks
from quality.gate.reconciliation import reconcile
from quality.gate.screening import is_screened
from quality.gate.verdict import Check, Override, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from quality.gate.context import Context
    from quality.gate.suite import Expectation, Suite, Suites


def judge(build: Path, suites: Suites, context: Context) -> Verdict:
    """Judge every table of `context.tables` in the closed file `build`, and every landed stream whose source is on.

    Raises BuildInUseError when a writer still holds the build; whatever else goes wrong becomes a check that could not run.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns about its own dependencies
        import great_expectations as gx  # noqa: PLC0415

    work = context.work or build.parent
    work.mkdir(parents=True, exist_ok=True)
    allowed = str(context.raw_root) if context.raw_root else ""
    off = context.off_tables(suites)
    checks: list[Check] = []
    options = {"memory": context.memory_limit, "spill": str(work / "spill"), "allowed": allowed}
    with contextlib.closing(open_read_only(build, **options)) as connection:
        with contextlib.closing(Engine(gx, build, options)) as engine:
            published = [suite for table in context.tables if (suite := suites.get(table))]
            bench = _Bench(engine, connection, context.schema, engine.screened(context.schema, published))
            for table in context.tables:
                is_fed = context.is_fed(table, suites)
                checks += _judge_table(table, suites.get(table), context, bench, is_off=table in off, is_fed=is_fed)
            for schema in sorted({suite.schema for suite in suites.models}):
                behind = [suite for suite in suites.models if suite.schema == schema]
                bench = _Bench(engine, connection, schema, engine.screened(schema, behind))
                for suite in behind:
                    checks += _judge_suite(suite, bench)
        checks += reconcile(connection, suites, context, off)
    checks += built_in_checks.missing_tables(context)
    if context.raw_root is not None:
        checks += built_in_checks.freshness_checks(suites, context)
        checks += built_in_checks.progress_checks(suites, context)
        checks += built_in_checks.source_checks(context)
        checks += _judge_raw(gx, suites, context, work, options)
    checks += left_out_checks(suites, context)
    checks += context.told
    decided, used = _overridden(checks, context)
    return Verdict(
        run_id=context.run_id,
        as_of=context.as_of,
        now=context.now,
        policy_version=context.policy_version,
        checks=tuple(decided),
        tables=context.tables,
        off_tables=off,
        overrides=used,
        is_demo=context.is_demo,
    )


@dataclass(frozen=True)
class _Bench:
    """One opened file: Great Expectations on it, a plain connection beside it, the schema that is judged, and the tables of
    it whose screened lines are known to hold.
    """

    engine: Engine
    connection: duckdb.DuckDBPyConnection
    schema: str
    held: frozenset[str]


def _judge_table(  # noqa: PLR0913 - one table's facts, two of them flags
    table: str, suite: Suite | None, context: Context, bench: _Bench, *, is_off: bool, is_fed: bool
) -> Iterator[Check]:
    columns, rows = facts(bench.connection, bench.schema, table)
    judged = list(_judge_suite(suite, bench)) if suite else []
    yield from judged if rows is not None else (replace(check, detail=built_in_checks.MISSING) for check in judged)
    yield built_in_checks.suite_check(table, suite, sum(not check.could_not_run for check in judged))
    yield built_in_checks.row_count_check(table, suite, rows, is_off=is_off, is_fed=is_fed)
    if rows is None:
        return
    for judge_rows in (built_in_checks.volume_check, built_in_checks.history_check):
        if check := judge_rows(table, suite, rows, context, is_off=is_off):
            yield check
    yield from built_in_checks.schema_checks(table, suite, columns, context)


def _judge_raw(gx: Any, suites: Suites, context: Context, work: Path, options: dict[str, str]) -> Iterator[Check]:
    """The landed streams, read through views in a small file of their own: the gate stays read-only and in its folders."""
    streams = [suite for suite in suites.raw if context.is_stream_on(suite)]
    path = work / "raw_views.duckdb"
    for old in work.glob("raw_views.duckdb*"):
        old.unlink()
    with contextlib.closing(duckdb.connect(str(path))) as writer:
        for suite in streams:
            files = ", ".join(quoted(part.absolute()) for part in context.parts(suite.stream))
            view = (
                f"create view {identifier(suite.table)} as select * from read_parquet([{files}], union_by_name = true)"
            )
            with contextlib.suppress(duckdb.Error):  # an unreadable part: the view is missing, so nothing on it can run
                writer.execute(view)
    with (
        contextlib.closing(open_read_only(path, **options)) as connection,
        contextlib.closing(Engine(gx, path, options)) as engine,
    ):
        bench = _Bench(engine, connection, "main", engine.screened("main", streams))
        for suite in streams:
            judged = list(_judge_suite(suite, bench))
            yield from judged
            yield built_in_checks.parts_check(suite, context)
            yield built_in_checks.suite_check(suite.table, suite, sum(not check.could_not_run for check in judged))
            yield built_in_checks.row_count_check(suite.table, suite, facts(connection, "main", suite.table)[1])


def _judge_suite(suite: Suite, bench: _Bench) -> Iterator[Check]:
    relation = f"{identifier(bench.schema)}.{identifier(suite.table)}"
    is_known = suite.table in bench.held
    asked = tuple(line for line in suite.expectations if not (is_known and is_screened(line)))
    outcomes = {line.name: Outcome(is_passed=True) for line in suite.expectations}
    if asked:
        outcomes |= bench.engine.run(bench.schema, replace(suite, expectations=asked))
    for line in suite.expectations:
        outcome = outcomes[line.name]
        check = _check(suite, line, outcome)
        if not outcome.is_passed and not outcome.could_not_run:
            with contextlib.suppress(
                duckdb.Error
            ):  # counts and samples are a courtesy; the verdict stands without them
                if check.failed_rows is None and (counted := failing_rows(bench.connection, relation, line)):
                    check = replace(check, failed_rows=counted[0], evaluated_rows=counted[1])
                check = replace(
                    check,
                    sample_keys=failing_keys(bench.connection, relation, suite, line),
                    has_open_keys=OPEN.issuperset(suite.key),
                    finding=words(bench.connection, relation, line),
                )
        yield check


def _check(suite: Suite, line: Expectation, outcome: Outcome) -> Check:
    return Check(
        suite=suite.table,
        table=suite.table,
        name=line.name,
        expectation=line.expectation,
        sentence=line.sentence,
        severity=line.severity,
        owner=line.owner,
        is_passed=outcome.is_passed,
        failed_rows=outcome.failed_rows,
        evaluated_rows=outcome.evaluated_rows,
        detail=outcome.detail,
        could_not_run=outcome.could_not_run,
    )


def facts(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> tuple[dict[str, str], int | None]:
    """Columns with types, and rows; no rows (None) where the table is not there or cannot be read."""
    columns = dict(
        connection.execute(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = ? and table_name = ? order by ordinal_position",
            [schema, table],
        ).fetchall()
    )
    try:
        counted = connection.execute(f"select count(*) from {identifier(schema)}.{identifier(table)}").fetchall()
    except duckdb.Error:
        return columns, None
    return columns, int(counted[0][0])


def _overridden(checks: list[Check], context: Context) -> tuple[list[Check], tuple[Override, ...]]:
    """Apply the overrides that have not expired. A check that could not run cannot be waved on."""
    valid = {o.check: o for o in context.overrides if o.expires_on >= context.now.date()}
    used = []
    decided = []
    for check in checks:
        override = valid.get(check.check_id)
        if override and not check.is_passed and check.severity == "critical" and not check.could_not_run:
            used.append(override)
            decided.append(replace(check, override=override.person))
        else:
            decided.append(check)
    return decided, tuple(used)
