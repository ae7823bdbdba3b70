"""Every registered source keeps the connector contract."""

import ast
import importlib
import inspect
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from ingestion import registry
from ingestion.contract import Connection, Window
from ingestion.extraction import extract
from ingestion.landing import parts as landing

SOURCES = registry.sources()
TABLES = [(source, table) for source in SOURCES for table in source.tables]
ROOT = Path(__file__).resolve().parents[2]


def named(pairs):
    return [f"{source.name}.{table.name}" for source, table in pairs]


def test_all_four_sources_are_found():
    assert [source.name for source in SOURCES] == ["drop_folder", "stripe", "typeform", "zendesk"]


@pytest.mark.parametrize("table", [table for _, table in TABLES], ids=named(TABLES))
class TestTable:
    def test_its_key_is_in_its_schema_and_never_optional_by_type(self, table):
        assert table.key
        assert set(table.key) <= set(table.schema.names)

    def test_every_column_is_described_and_classified(self, table):
        for field in table.landed_schema:
            assert field.metadata[b"description"].strip(), field.name
            assert field.metadata[b"pii"].decode() in {"none", "pseudonym", "contact", "free_text"}, field.name

    def test_names_follow_the_house(self, table):
        assert table.description.startswith("One row per ")
        for field in table.schema:
            if field.name.endswith("_at"):
                assert field.type == pa.timestamp("us"), field.name
            if field.name.endswith(("_on", "_date")):
                assert field.type == pa.date32(), field.name
            if field.name.endswith("_id") and field.name != "instance_id":  # an ordinal, the vendor calls it so
                assert field.type == pa.string(), field.name
            if field.name.endswith("_minor"):
                assert field.type == pa.int64(), field.name

    def test_version_window_tombstone_and_parent_are_columns(self, table):
        names = set(table.schema.names)
        for name in filter(None, (table.version, table.window, table.parent, table.deleted and table.deleted[0])):
            assert name in names
        assert bool(table.version) == (table.kind in ("feed", "ledger"))

    def test_columns_that_name_a_person_are_classified(self, table):
        for field in table.schema:
            if field.name in {"email", "respondent_email", "csm_owner", "interviewer", "attendees", "comment", "notes"}:
                assert field.metadata[b"pii"] in (b"contact", b"free_text"), field.name


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
class TestSource:
    def test_it_names_its_settings(self, source):
        assert source.base_url_setting.isupper()
        for names in source.credentials:
            assert all(name.isupper() for name in names)
        assert bool(source.credentials) == (source.domain != "drop")

    def test_its_docstring_says_more_than_its_name(self, source):
        module = importlib.import_module(f"ingestion.sources.{source.name}")
        assert len(inspect.getdoc(module)) > 200

    def test_without_credentials_it_is_off_and_typed_and_empty(self, source, bench):
        connection = Connection(base_url="")
        assert not source.is_on(connection)
        extracted = extract(source, connection, bench.root, bench.clock, "run-1")
        reports = {report.table: report for report in extracted}
        assert {report.state for report in reports.values()} == {"off"}
        assert all(source.base_url_setting in report.reason for report in reports.values())
        for table in source.tables:
            path = bench.root / source.name / table.name / "v1" / "schema=empty" / "data.parquet"
            assert pa.parquet.read_schema(path).equals(table.landed_schema, check_metadata=False)

    def test_a_table_it_does_not_have_is_refused_by_name(self, source, bench):
        with pytest.raises(KeyError, match="no table nonsense"):
            bench.run(source.name, tables=["nonsense"])


# The demo company is the vendor, not a connector.
MODULES = [path for path in sorted((ROOT / "ingestion").glob("**/*.py")) if "demo" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_reads_no_environment_no_clock_and_no_orchestrator(path):
    tree = ast.parse(path.read_text())
    imported = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {
        node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    assert not imported & {
        "dagster",
        "dbt",
        "great_expectations",
        "quality",
        "orchestration",
        "time",
        "random",
        "requests",
    }
    text = path.read_text()
    for word in ("environ", "getenv", "datetime.now(", "utcnow(", "date.today("):
        assert word not in text, word


def test_preparing_twice_writes_once(bench):
    landing.prepare(bench.root, SOURCES)
    before = {path: path.stat().st_mtime_ns for path in bench.root.rglob("*") if path.is_file()}
    landing.prepare(bench.root, SOURCES)
    assert before == {path: path.stat().st_mtime_ns for path in bench.root.rglob("*") if path.is_file()}
    assert len(list(bench.root.rglob("data.parquet"))) == len(TABLES)


def test_a_window_needs_a_time_zone():
    with pytest.raises(ValueError, match="aware"):
        Window(datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001
