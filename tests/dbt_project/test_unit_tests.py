"""The models' hand-worked cases, and that every model builds where no source ever delivered a row."""

import pytest
from dbt.cli.main import dbtRunner

from ingestion.landing import parts as landing
from ingestion.registry import sources
from orchestration.dbt.manifest import parsed
from tests.dbt_project.conftest import AS_OF, PROJECT

COMPLETE = 110  # fewer than this many hand-worked cases means that some were not found


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unit")
    landing.prepare(folder / "raw", sources())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CX_HOME", str(folder))
        environment.setenv("CX_BUILD_PATH", str(folder / "build.duckdb"))
        ran = dbtRunner(manifest=parsed()).invoke([
            "build", "--quiet", "--exclude-resource-type", "test",
            "--vars", f"{{as_of: '{AS_OF}', run_id: test}}", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--log-level-file", "none",
        ])  # fmt: skip
    assert ran.exception is None
    return list(ran.result)


def test_every_model_builds_on_an_empty_landing(results):
    built = [one for one in results if one.node.resource_type in {"model", "seed"}]
    assert len(built) > 150
    assert [(one.node.name, one.message) for one in built if one.status != "success"] == []


def test_every_hand_worked_case_holds(results):
    cases = [one for one in results if one.node.resource_type == "unit_test"]
    assert len(cases) >= COMPLETE
    assert [(one.node.name, one.message) for one in cases if one.status != "pass"] == []
