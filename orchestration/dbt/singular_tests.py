"""The dbt project's singular tests (one SQL file each): compiled with the build, judged with the gate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt.test_descriptions import sentence
from orchestration.privacy.error_redaction import scrubbed
from quality.connections import open_read_only
from quality.gate.verdict import Check

COMPILED = "singular_tests.json"
SELECTION = ("--select", "test_type:singular")


def keep(folder: Path, results: Sequence[Any]) -> None:
    """Write the SQL of each compiled test beside the build, in one piece."""
    compiled = {one.node.unique_id: one.node.compiled_code for one in results}
    passing = folder / f"{COMPILED}.tmp"
    passing.write_text(json.dumps(compiled, sort_keys=True))
    passing.replace(folder / COMPILED)


def judged(build: Path, manifest: Mapping[str, Any], raw_root: Path) -> tuple[Check, ...]:
    """One check per singular test of the project on the closed file `build`; a test that was not compiled could not run."""
    path = build.with_name(COMPILED)
    compiled: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    spill = build.with_name("spill")
    with closing(open_read_only(build, spill=spill, allowed=raw_root)) as connection:
        return tuple(_checks(connection, compiled, manifest))


def _checks(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str], manifest: Mapping[str, Any]
) -> Iterator[Check]:
    for unique_id, node in sorted(manifest["nodes"].items()):
        if node["resource_type"] == "test" and not node.get("test_metadata"):
            failed, detail = _answer(connection, compiled.get(unique_id))
            table = manifest["nodes"].get(next(iter(node["depends_on"]["nodes"]), ""), {}).get("name", "")
            yield Check(
                suite="dbt",
                table=str(table),
                name=str(node["name"]),
                expectation="sql",
                sentence=sentence(node),
                severity="warning" if str(node["config"].get("severity", "error")).lower() == "warn" else "critical",
                owner="team:analytics",
                is_passed=failed == 0,
                failed_rows=failed,
                detail=detail,
                could_not_run=failed is None,
            )


def _answer(connection: duckdb.DuckDBPyConnection, sql: str | None) -> tuple[int | None, str]:
    """Rows that break the test; None and what may be told of the error where it could not run."""
    if sql is None:
        return None, "it was not compiled"
    try:
        return int(connection.execute(f"select count(*) from ({sql}\n) as broken").fetchall()[0][0]), ""
    except duckdb.Error as error:
        return None, scrubbed(str(error))
