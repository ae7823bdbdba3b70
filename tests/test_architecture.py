"""The rules of the house: who may know whom, and what must agree at each border."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from ingestion.registry import sources
from orchestration.dbt.manifest import manifest, published_tables
from quality.gate.suite_files import load_suites
from tests.faults.catalogue import FAULTS

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "ingestion": {"dagster", "dagster_dbt", "dbt", "great_expectations", "quality", "orchestration", "duckdb"},
    "quality": {"dagster", "dagster_dbt", "dbt", "ingestion", "orchestration"},
    "orchestration": {"great_expectations", "pyarrow", "pandas"},
    "demo": {"dagster", "dagster_dbt", "dbt", "great_expectations", "quality", "orchestration", "duckdb"},
}
PYTHON_FILES = [path for folder in FORBIDDEN for path in sorted((ROOT / folder).rglob("*.py"))]
MODELS = [node for node in manifest()["nodes"].values() if node["resource_type"] == "model"]
MARTS = [node for node in MODELS if node["fqn"][1] == "marts"]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_folder_knows_only_whom_it_may(path):
    folder = path.relative_to(ROOT).parts[0]
    top_level = {name.split(".")[0] for name in imports(path)}
    assert not top_level & FORBIDDEN[folder]


def test_great_expectations_is_imported_by_judging_alone_and_inside_a_function():
    users = [path for path in PYTHON_FILES if any(name.startswith("great_expectations") for name in imports(path))]
    assert [path.relative_to(ROOT).as_posix() for path in users] == ["quality/gate/judging.py"]
    module_level = [
        node for node in ast.parse(users[0].read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not any("great_expectations" in ast.unparse(node) for node in module_level)


def modules():
    """Dotted name of every module -> the project's modules that it imports."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in PYTHON_FILES
    }
    return {name: (imports(path) & names.keys()) - {name} for name, path in names.items()}


def test_no_modules_import_each_other_in_a_circle():
    waiting = modules()
    while ready := {name for name, needed in waiting.items() if not needed & waiting.keys()}:
        waiting = {name: needed for name, needed in waiting.items() if name not in ready}
    assert waiting.keys() == set(), "these import each other, directly or by way of one another"


def test_importing_the_definitions_does_not_import_great_expectations():
    code = "import sys, orchestration.definitions; sys.exit('great_expectations' in sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True)


def test_the_environment_is_read_in_one_place():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in PYTHON_FILES
        if re.search(r"os\.environ|os\.getenv|getenv\(", path.read_text())
    }
    assert readers == {"orchestration/settings.py"}


def test_the_clock_is_read_in_orchestration_alone():
    pattern = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|utcnow\(")
    readers = {path.relative_to(ROOT).parts[0] for path in PYTHON_FILES if pattern.search(path.read_text())}
    assert readers == {"orchestration"}


def test_orchestration_names_no_vendor():
    names = {source.name for source in sources() if source.domain != "drop"}
    for path in (ROOT / "orchestration").rglob("*.py"):
        words = set(re.findall(r"[a-z]+", path.read_text().lower()))
        assert not words & names, path.name


def test_no_room_for_leftovers():
    names = {path.stem for path in PYTHON_FILES} | {path.parent.name for path in PYTHON_FILES}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}


def layer(unique_id):
    node = manifest()["nodes"].get(unique_id)
    return "sources" if node is None else "seeds" if node["resource_type"] == "seed" else node["fqn"][1]


MAY_READ = {
    "staging": {"sources", "staging", "seeds"},  # of its own vendor alone, see below
    "intermediate": {"staging", "intermediate", "seeds"},
    "marts": {"intermediate", "marts", "seeds"},
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["name"])
def test_a_model_reads_only_the_layers_it_may(model):
    here = model["fqn"][1]
    upstream = {one for one in model["depends_on"]["nodes"] if not one.startswith("source.cx_patterns.previous.")}
    assert {layer(one) for one in upstream} <= MAY_READ[here]
    if here == "staging":
        read = {manifest()["sources"][one]["source_name"] for one in upstream if one.startswith("source.")}
        read |= {manifest()["nodes"][one]["fqn"][2] for one in upstream if layer(one) == "staging"}
        assert read <= {model["fqn"][2]}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model["name"])
def test_a_model_is_described_short_and_free_of_the_wall_clock(model):
    sql = model["raw_code"]
    assert model["description"].startswith("One row per "), model["description"]
    assert not re.search(r"current_date|current_timestamp|\bnow\(\)|today\(\)", sql, re.IGNORECASE)
    assert len(sql.splitlines()) <= 160


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart["name"])
def test_a_mart_is_under_contract_and_every_column_is_typed_and_described(mart):
    assert mart["config"]["contract"]["enforced"]
    for name, column in mart["columns"].items():
        assert column["data_type"], name
        assert len(column["description"]) > 3, name
    assert {"as_of_date", "run_id", "policy_version"} <= mart["columns"].keys()


def test_every_landed_table_is_a_source_of_dbt_at_the_landing_s_path():
    declared = {
        (node["source_name"], node["name"]): node["config"]["meta"]["external_location"]
        for node in manifest()["sources"].values()
        if node["source_name"] != "previous"
    }
    landed = {(source.name, table.name) for source in sources() for table in source.tables}
    assert declared.keys() == landed
    for (source, _), location in declared.items():
        assert f"/raw/{source}/{{name}}/v1/*/data.parquet" in location


def test_every_published_table_and_raw_stream_has_a_suite():
    names = load_suites().suites.keys()
    landed = {f"raw__{source.name}__{table.name}" for source in sources() for table in source.tables}
    assert landed <= names
    # The two that the publication itself writes have no model.
    assert names - landed - {"quality_results", "publications"} == set(published_tables())


def streams_behind(unique_id, seen=None):
    """The landed streams that a model reads, directly or by way of others."""
    seen = set() if seen is None else seen
    if unique_id in seen:
        return set()
    seen.add(unique_id)
    if unique_id.startswith("source."):
        node = manifest()["sources"][unique_id]
        return {f"{node['source_name']}.{node['name']}"}
    node = manifest()["nodes"].get(unique_id)
    return set().union(*(streams_behind(one, seen) for one in node["depends_on"].get("nodes", ()))) if node else set()


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart["name"])
def test_the_streams_that_feed_a_table_are_among_those_it_is_built_from(mart):
    suite = load_suites().suites[mart["name"]]
    assert set(suite.fed_by) <= streams_behind(mart["unique_id"])
    assert set(suite.fed_by) <= {one.stream for one in load_suites().raw}


@pytest.mark.parametrize(
    ("union", "tables"),
    [
        ("int_support__tickets_unioned", ("tickets", "support_account_months", "agent_months")),
        ("int_voice__answers_unioned", ("survey_responses", "survey_questions", "nps_trend", "satisfaction_trend")),
    ],
)
def test_every_source_of_a_union_feeds_the_tables_that_are_made_of_it(union, tables):
    behind = {stream.split(".")[0] for stream in streams_behind(f"model.cx_patterns.{union}")}
    assert behind
    for table in tables:
        assert behind <= {stream.split(".")[0] for stream in load_suites().suites[table].fed_by}, table


def test_a_key_that_could_name_a_person_is_shown_as_a_digest():
    """The gate names failing keys: where the schema says that a column is about a person, its suite says it too."""
    personal = {"contact", "free_text"}
    named = {
        (f"raw__{source.name}__{table.name}", column.name)
        for source in sources()
        for table in source.tables
        for column in table.columns
        if column.pii in personal and column.name in table.key
    }
    named |= {
        (name, column)
        for name, mart in published_tables().items()
        for column, facts in mart["columns"].items()
        if facts["config"].get("meta", {}).get("pii") in personal
    }
    # A source's id may be an address: the published table's suite hides it, and so does the landed one's.
    named.add(("raw__drop_folder__account_identities", "source_id"))
    suites = load_suites().suites
    assert {
        (table, column)
        for table, column in named
        if column in suites[table].key and column not in suites[table].personal_keys
    } == set()
    assert {column for _, column in named} >= {"rater", "csm_owner"}


def test_every_fault_names_tests_that_are_there():
    named = {test.partition("::")[::2] for fault in FAULTS for test in fault.tests}
    absent = [
        (file, test)
        for file, test in sorted(named)
        if not re.search(rf"^(def |class ){test.partition('::')[0]}\b", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert len(named) > 60
    assert absent == []


def test_workspace_and_dg_name_the_same_module():
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    assert workspace["module_name"] == project["code_location_target_module"]
    assert workspace["location_name"] == project["code_location_name"]


def test_no_committed_file_names_a_package_registry():
    host = re.compile("py" + r"pi\.org|python" + r"hosted\.org|--(extra-)?index" + r"-url|--find" + "-links")
    for path in tracked_files():
        if path.suffix in {".py", ".toml", ".lock", ".txt", ".yaml", ".yml", ".md", ".cfg", ""}:
            assert not host.search(path.read_text(errors="ignore")), path
