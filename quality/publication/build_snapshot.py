"""A snapshot of a build: the tables of one publication, read from the closed build, in a fixed order, with the gate's own two tables.

Both targets write from it, so that a DuckDB file, a Parquet file and a PostgreSQL table of one version hold the same rows.
There is no snapshot of a failed verdict: making one is refused here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow as pa

from quality.connections import BuildInUseError, identifier, quoted, settings
from quality.publication.audit_tables import (
    PUBLICATIONS,
    PUBLICATIONS_SCHEMA,
    QUALITY_RESULTS,
    RESULTS_SCHEMA,
    left_out_row,
    merged,
    publication_row,
)
from quality.publication.manifest import PUBLICATION_COLUMNS, Manifest, TableFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from quality.gate.verdict import Verdict
    from quality.publication.release import PublishedTable, Release


FINDINGS_TOLD = 3


class PublicationRefused(RuntimeError):  # noqa: N818 - a refusal is an answer, not a fault
    """The gate does not let this run through; `verdict` says why."""

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict


class BuildSnapshot:
    """The build, attached read-only, beside the gate's own tables. Use as a context manager."""

    def __init__(self, build: Path, verdict: Verdict, release: Release, spill: Path) -> None:
        if reason := refusal(verdict, release):
            raise PublicationRefused(reason, verdict)
        self.verdict, self.release = verdict, release
        self.tables = (*release.tables, QUALITY_RESULTS, PUBLICATIONS)
        self.connection = duckdb.connect(":memory:")
        for setting in settings(memory=release.memory_limit, spill=spill):
            self.connection.execute(setting)
        try:
            self.connection.execute(f"attach {quoted(build)} as build (read_only)")
        except duckdb.Error as error:
            self.connection.close()
            if "lock" in str(error) or "already attached" in str(error):
                raise BuildInUseError(f"{build} is still open elsewhere; close it before it is published") from error
            raise
        self._own: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def require_no_objection(self) -> None:
        """For targets, once they hold their lock: what happened since the build may forbid to publish it."""
        if reason := self.release.objection():
            raise PublicationRefused(reason, self.verdict)

    def facts(self) -> dict[str, TableFacts]:
        """Rows, columns and content hash of every table of the allow-list."""
        return {
            table.name: facts(self.connection, self.relation(table.name), is_off=table.name in self.verdict.off_tables)
            for table in self.tables
            if table.name in self._own or table in self.release.tables
        }

    def add_own_tables(
        self, manifest: Manifest, publications: list[dict[str, Any]], results: list[dict[str, Any]]
    ) -> dict[str, TableFacts]:
        """Make the gate's own tables out of this run and the rows of earlier ones; returns their facts."""
        rows = merged("version", [publication_row(manifest)], publications)
        self._register(PUBLICATIONS.name, rows, PUBLICATIONS_SCHEMA)
        rows = merged("run_id", self.verdict.rows(), results)
        self._register(QUALITY_RESULTS.name, rows, RESULTS_SCHEMA)
        return {name: facts(self.connection, self.relation(name)) for name in sorted(self._own)}

    def _register(self, name: str, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
        self.connection.register(f"own_{name}", pa.Table.from_pylist(rows, schema=schema))
        self._own.add(name)

    def columns(self, name: str) -> dict[str, str]:
        """Column names with DuckDB types. Raises duckdb.Error where the table is missing."""
        described = f"select column_name, column_type from (describe {self.relation(name)})"
        return dict(self.connection.execute(described).fetchall())

    def select(self, table: PublishedTable) -> str:
        """The rows of a table in the order of its key, so that equal builds give equal files."""
        order = ", ".join(identifier(column) for column in table.key) or "all"
        return f"select * from {self.relation(table.name)} order by {order}"

    def manifest(self, version: str, previous: str | None, tables: Mapping[str, TableFacts]) -> Manifest:
        release = self.release
        return Manifest(
            version=version,
            run_id=release.run_id,
            previous=previous,
            as_of=release.as_of,
            published_at=release.now,
            policy_version=release.policy_version,
            code_version=release.code_version,
            is_demo=release.is_demo,
            watermarks=dict(release.watermarks),
            tables=dict(tables),
            verdict=self.verdict.summary(),
            overrides=tuple(
                {"check": o.check, "person": o.person, "reason": o.reason, "expires_on": o.expires_on.isoformat()}
                for o in self.verdict.overrides
            ),
            headlines=dict(release.headlines),
            reporting_currency=release.currency.code if release.currency else "",
            minor_unit_exponent=release.currency.exponent if release.currency else None,
            left_out=tuple(left_out_row(check) for check in self.verdict.left_out),
            models_version=release.models_version,
            sources_on=release.sources_on,
            is_aside=release.is_aside,
            built_on=release.built_on,
            duckdb_version=duckdb.__version__,
        )

    def relation(self, name: str) -> str:
        if name in self._own:
            return f"own_{name}"
        return f"build.{identifier(self.release.schema)}.{identifier(name)}"


def refusal(verdict: Verdict, release: Release) -> str:
    """Why this release may not be published on this verdict; empty where it may."""
    unjudged = sorted({table.name for table in release.tables} - set(verdict.tables))
    if verdict.run_id != release.run_id:
        return f"the verdict is of run {verdict.run_id}, not of {release.run_id}"
    if not release.tables:
        return "there is no table to publish"
    if unjudged:
        return f"never judged: {', '.join(unjudged)}"
    if verdict.is_publishable:
        return ""
    worst = [check.found for check in verdict.critical[:FINDINGS_TOLD]]
    more = len(verdict.critical) - len(worst)
    return f"{len(verdict.critical)} critical: " + "; ".join([*worst, *([f"and {more} more"] if more else [])])


def facts(connection: duckdb.DuckDBPyConnection, relation: str, *, is_off: bool = False) -> TableFacts:
    """Rows, columns and a hash of the rows that does not depend on their order."""
    described = f"select column_name, column_type from (describe {relation})"
    columns = dict(connection.execute(described).fetchall())
    hashed = ", ".join(identifier(name) for name in columns if name not in PUBLICATION_COLUMNS) or "1"
    # A xor alone would let a pair of equal rows cancel out; the sum does not.
    query = f"select count(*), bit_xor(hash({hashed})), sum(hash({hashed})) % 18446744073709551616 from {relation}"
    rows, mixed, total = connection.execute(query).fetchall()[0]
    return TableFacts(int(rows), columns, f"{int(mixed or 0):016x}{int(total or 0):016x}", is_off)
