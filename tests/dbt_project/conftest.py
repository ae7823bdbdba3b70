"""The project's own SQL, compiled by dbt, on tables that a test fills."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from dbt.cli.main import dbtRunner

from orchestration.dbt.manifest import parsed
from tests.dbt_project.nights import Project, compiled_project

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
AS_OF = "2026-11-20"
MODELS = [
    "int_support__time_zones_spanned",
    "int_support__working_intervals_exploded",
    "int_support__working_segments_summed",
    "int_support__business_minutes_summed",
    "int_support__updates_summed",
    "int_support__records_consulted",
    "int_support__status_changes_derived",
    "int_support__replies_judged",
    "int_support__replies_summed",
    "int_support__tickets_clocked",
    "int_support__open_spans_derived",
    "int_voice__windows_spined",
    "int_voice__nps_accounts_summed",
    "int_voice__nps_levels_measured",
    "nps_trend",
    "satisfaction_trend",
    "int_success__relationship_answers_pooled",
    "int_success__touchpoints_linked",
    "int_success__evidence_observed",
    "int_success__ratings_averaged",
    "int_success__adherence_measured",
    "int_success__vectors_calculated",
    "int_success__support_windows_measured",
    "int_success__revenue_changes_measured",
    "int_success__signals_measured",
    "int_success__patterns_counted",
    "int_success__classes_decided",
    "int_success__outcomes_observed",
    "class_backtests",
    "assert_every_class_rule_is_sound",
    "assert_every_intervention_rule_is_sound",
]


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Model name -> the select that dbt would run for it at AS_OF, against a database named `build`."""
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CX_HOME", str(folder))
        environment.setenv("CX_BUILD_PATH", str(folder / "build.duckdb"))
        environment.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        result = dbtRunner(manifest=parsed()).invoke([
            "compile", "--quiet", "--no-introspect", "--no-populate-cache", "--select", *MODELS,
            "--vars", f"{{as_of: '{AS_OF}', run_id: test}}", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--log-level-file", "none",
        ])  # fmt: skip
    assert result.success, result.exception
    return {path.stem: path.read_text() for path in (folder / "target" / "compiled").rglob("*.sql")}


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, to build whole nights in memory."""
    return compiled_project(tmp_path_factory.mktemp("nights"))


class Build:
    """A database in memory with the layers' schemas; models run in it as in the real build."""

    SCHEMAS = ("staging", "intermediate", "cx", "seeds")

    def __init__(self, compiled: dict[str, str]) -> None:
        self._compiled = compiled
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        self._connection.execute("attach ':memory:' as build")
        for schema in self.SCHEMAS:
            self._connection.execute(f"create schema build.{schema}")

    def fill(self, table: str, columns: dict[str, str], rows: Iterable[tuple[object, ...]]) -> None:
        """Create `table` (intermediate layer) with typed columns and these rows."""
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._connection.execute(f"create or replace table build.intermediate.{table} ({declared})")
        found = list(rows)
        if found:
            # one insert of all rows: a row at a time takes a hundred times as long
            columnar = pa.table({name: [row[place] for row in found] for place, name in enumerate(columns)})
            self._connection.register("found", columnar)
            self._connection.execute(f"insert into build.intermediate.{table} select * from found")
            self._connection.unregister("found")

    def seed(self, name: str, text: str | None = None) -> None:
        """Load a seed, all columns as text; `text` stands in for the project's own file."""
        content = text if text is not None else (PROJECT / "seeds" / f"{name}.csv").read_text()
        header, *lines = csv.reader(io.StringIO(content))
        declared = ", ".join(f"{column} varchar" for column in header)
        self._connection.execute(f"create or replace table build.seeds.{name} ({declared})")
        marks = ", ".join("?" * len(header))
        rows = [[cell or None for cell in line] for line in lines]
        self._connection.executemany(f"insert into build.seeds.{name} values ({marks})", rows)

    def failures(self, test: str) -> list[tuple[object, ...]]:
        """Rows that a singular test of the project returns; it may also raise."""
        return self.rows(self._compiled[test])

    def run(self, *models: str) -> None:
        """Build the models in the order given."""
        for model in models:
            schema = "intermediate" if model.startswith("int_") else "cx"
            self._connection.execute(f"create or replace table build.{schema}.{model} as {self._compiled[model]}")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self._connection.execute(query).fetchall()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def build(compiled: dict[str, str]) -> Iterator[Build]:
    """One database for the tests of a module; `fill` and `run` replace what an earlier test made."""
    made = Build(compiled)
    yield made
    made.close()
