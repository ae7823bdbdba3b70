"""Whole nights in memory: the models of revenue and classes, compiled by dbt once and run on raw rows that a test writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml
from dbt.cli.main import dbtRunner

from ingestion.registry import sources
from orchestration.dbt.manifest import manifest, parsed
from tests.dbt_project.revenue.histories import LAST_DAY

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
REVENUE = ("retention_months", "mrr_movements", "mrr_lines", "int_revenue__account_months", "int_revenue__churns_dated")
PUBLISHED = ("account_history", "account_months", "mrr_lines", "retention_months", "nps_trend", "metric_restatements")
RAW = re.compile(r"read_parquet\('[^']*/raw/(\w+)/(\w+)/v1/\*/data\.parquet'[^)]*\)")
SAID = ("customer_classes", "customer_class_history")
OWED = ("interventions", "intervention_decisions")
SUPPORT = (
    "tickets", "support_account_months", "agent_months", "past_patterns", "int_support__inputs_missing",
    "int_support__records_unread", "int_support__sla_judged", "int_voice__responses_rejected", "int_voice__answers_landed",
    "survey_responses", "account_identities",
)  # fmt: skip
COMPILED = (
    *REVENUE,
    *PUBLISHED,
    *SAID,
    *OWED,
    *SUPPORT,
    "churn_events",
    "int_success__qbrs_resolved",
    "int_voice__answers_landed",
    "past_patterns",
    "renewals",
    "satisfaction_trend",
    "source_conflicts",
    "support_account_months",
    "survey_questions",
    "survey_responses",
    "tickets",
)
PREVIOUS = re.compile(r"read_parquet\('[^']*/(\w+)\.parquet'\)")


@dataclass(frozen=True)
class Model:
    name: str
    relation: str
    sql: str
    is_view: bool
    reads: frozenset[str]


@dataclass(frozen=True)
class Project:
    """Models in an order in which each finds what it reads; the columns of the tables that a night publishes."""

    models: tuple[Model, ...]
    published: Mapping[str, Mapping[str, str]]
    policy_version: str

    def build(
        self, rows: Mapping[tuple[str, str], list[dict[str, object]]], as_of: date = LAST_DAY,
        targets: Iterable[str] = REVENUE, previous: duckdb.DuckDBPyConnection | None = None, *, previous_models: str = "same",
        policy_version: str = "", **seeds: Path,
    ) -> duckdb.DuckDBPyConnection:  # fmt: skip
        """A database in memory with `targets` and what they read, built on these raw rows; columns that a row lacks are
        NULL. previous: the night whose publication is the history, by default none; previous_models: `other` where other
        models made it. seeds: files of edited seeds, and policy_version what dbt calls the policies then."""
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("attach ':memory:' as build")
        for schema in ("staging", "intermediate", "cx", "seeds", "raw", "previous"):
            connection.execute(f"create schema build.{schema}")
        for seed in sorted((PROJECT / "seeds").glob("*.csv")):
            path = seeds.get(seed.stem, seed)
            connection.execute(f"create table build.seeds.{seed.stem} as from read_csv('{path}', all_varchar = true)")
        told = _marts(previous) if previous is not None else frozenset()
        for table, columns in self.published.items():
            declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"create table build.previous.{table} ({declared})")
            if previous is not None and table in told:
                connection.register("told", previous.sql(f"select * from build.cx.{table}").to_arrow_table())
                connection.execute(f"insert into build.previous.{table} by name select * from told")
                connection.unregister("told")
        for source in sources():
            for table in source.tables:
                landed = _landed(rows.get((source.name, table.name), []), table.landed_schema)
                connection.register("landed", landed)
                connection.execute(f"create table build.raw.{source.name}__{table.name} as from landed")
                connection.unregister("landed")
        wanted = set(targets)
        for model in reversed(self.models):
            wanted |= model.reads if model.name in wanted else frozenset()
        for model in self.models:
            if model.name not in wanted:
                continue
            kind = "view" if model.is_view else "table"
            sql = PREVIOUS.sub(r"build.previous.\1", RAW.sub(r"build.raw.\1__\2", model.sql))
            sql = sql.replace(LAST_DAY.isoformat(), as_of.isoformat())
            sql = sql.replace("'same' = 'other'", f"'{previous_models}' = 'other'")
            sql = sql.replace(self.policy_version, policy_version or self.policy_version)
            connection.execute(f"create {kind} {model.relation} as {sql}")
        return connection


def _marts(build: duckdb.DuckDBPyConnection) -> frozenset[str]:
    found = build.execute("select table_name from duckdb_tables() where database_name = 'build' and schema_name = 'cx'")
    return frozenset(name for (name,) in found.fetchall())


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


def compiled_project(folder: Path) -> Project:
    """The project, compiled into `folder` at LAST_DAY."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CX_HOME", str(folder))
        environment.setenv("CX_BUILD_PATH", str(folder / "build.duckdb"))
        environment.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        history = yaml.safe_load((PROJECT / "models/staging/_previous__sources.yml").read_text())["sources"][0][
            "tables"
        ]
        names = [table["name"] for table in history]
        result = dbtRunner(manifest=parsed()).invoke([
            "compile", "--quiet", "--no-introspect", "--no-populate-cache", "--select", *(f"+{name}" for name in COMPILED),
            "--vars", json.dumps({"as_of": str(LAST_DAY), "run_id": "test", "previous_tables": names}), "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--log-level-file", "none",
        ])  # fmt: skip
    assert result.success, result.exception
    compiled = {path.stem: path.read_text() for path in (folder / "target" / "compiled").rglob("models/**/*.sql")}
    nodes = manifest()["nodes"]
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
            reads = frozenset(
                nodes[parent]["name"] for parent in node["depends_on"]["nodes"] if parent.startswith("model.")
            )
            ordered.append(Model(name, relation, compiled[name], node["config"]["materialized"] == "view", reads))
            done.add(name)
    columns = {
        name: {column["name"]: column["data_type"] for column in nodes[f"model.cx_patterns.{name}"]["columns"].values()}
        for name in names
    }
    policy = re.search(r"'([0-9a-f]{12})'", compiled["customer_class_history"])
    assert policy is not None
    return Project(tuple(ordered), columns, policy[1])
