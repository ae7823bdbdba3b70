"""The models that make revenue, compiled by dbt once and run in memory on raw rows that a test writes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from dbt.cli.main import dbtRunner

from ingestion.registry import sources
from tests.dbt_project.revenue.histories import LAST_DAY

ROOT = Path(__file__).resolve().parents[3]
PROJECT = ROOT / "dbt_project"
TARGETS = ("retention_months", "mrr_movements", "mrr_lines", "int_revenue__account_months")
RAW = re.compile(r"read_parquet\('[^']*/raw/(\w+)/(\w+)/v1/\*/data\.parquet'[^)]*\)")


@dataclass(frozen=True)
class Model:
    name: str
    relation: str
    sql: str
    is_view: bool


@dataclass(frozen=True)
class Project:
    """Models in an order in which each finds what it reads."""

    models: tuple[Model, ...]

    def build(
        self, rows: Mapping[tuple[str, str], list[dict[str, object]]], as_of: date = LAST_DAY
    ) -> duckdb.DuckDBPyConnection:
        """A database in memory with the models built on these raw rows; columns that a row lacks are NULL."""
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("attach ':memory:' as build")
        for schema in ("staging", "intermediate", "cx", "seeds", "raw"):
            connection.execute(f"create schema build.{schema}")
        connection.execute(
            f"create table build.seeds.public_mail_domains as from read_csv('{PROJECT}/seeds/public_mail_domains.csv')"
        )
        for source in sources():
            for table in source.tables:
                landed = _landed(rows.get((source.name, table.name), []), table.landed_schema)
                connection.register("landed", landed)
                connection.execute(f"create table build.raw.{source.name}__{table.name} as from landed")
                connection.unregister("landed")
        for model in self.models:
            kind = "view" if model.is_view else "table"
            sql = RAW.sub(r"build.raw.\1__\2", model.sql).replace(LAST_DAY.isoformat(), as_of.isoformat())
            connection.execute(f"create {kind} {model.relation} as {sql}")
        return connection


def _landed(rows: list[dict[str, object]], schema: pa.Schema) -> pa.Table:
    technical = {
        "_raw": "{}",
        "_extracted_at": datetime(2026, 11, 23, 2),  # noqa: DTZ001 - landed timestamps are naive UTC
        "_page": 1,
        "_deleted": False,
        "_version": 1,
        "_part": "test",
    }
    columns = {
        field.name: pa.array(
            [
                row.get(field.name, number if field.name == "_row" else technical.get(field.name))
                for number, row in enumerate(rows)
            ],
            field.type,
        )
        for field in schema
    }
    return pa.table(columns, schema=schema)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("revenue")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CX_HOME", str(folder))
        environment.setenv("CX_BUILD_PATH", str(folder / "build.duckdb"))
        environment.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        result = dbtRunner().invoke([
            "compile", "--quiet", "--no-introspect", "--no-populate-cache", "--select", *(f"+{name}" for name in TARGETS),
            "--vars", f"{{as_of: '{LAST_DAY}', run_id: test}}", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
        ])  # fmt: skip
    assert result.success, result.exception
    compiled = {path.stem: path.read_text() for path in (folder / "target" / "compiled").rglob("models/**/*.sql")}
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]
    waiting = {
        name: node for node in nodes.values() if (name := node["name"]) in compiled and node["resource_type"] == "model"
    }
    ordered: list[Model] = []
    done: set[str] = set()
    while waiting:
        ready = [
            name for name, node in waiting.items()
            if all(nodes[parent]["name"] in done for parent in node["depends_on"]["nodes"] if parent.startswith("model."))
        ]  # fmt: skip
        assert ready, "the models read each other in a circle"
        for name in ready:
            node = waiting.pop(name)
            relation = f"build.{node['schema']}.{node['alias']}"
            ordered.append(Model(name, relation, compiled[name], node["config"]["materialized"] == "view"))
            done.add(name)
    return Project(tuple(ordered))
