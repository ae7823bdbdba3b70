"""Which edits make another run, and which make another way to compute a figure."""

from types import SimpleNamespace

import pytest

from orchestration import night


@pytest.fixture
def project(tmp_path, monkeypatch):
    for path in ("dbt_project/models/m.sql", "dbt_project/models/m.yml", "dbt_project/macros/x.sql",
        "dbt_project/seeds/rules.csv", "dbt_project/tests/t.sql", "quality/suites/m.yaml", "dbt_project/decisions/run.md"):  # fmt: skip
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before")
    monkeypatch.setattr(night, "PROJECT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "is_another_run", "is_another_model"),
    [
        ("dbt_project/models/m.sql", True, True),
        ("dbt_project/macros/x.sql", True, True),
        ("dbt_project/seeds/rules.csv", True, True),
        ("dbt_project/models/m.yml", True, False),
        ("dbt_project/tests/t.sql", True, False),
        ("quality/suites/m.yaml", True, False),
        ("dbt_project/decisions/run.md", False, False),
    ],
)
def test_only_what_computes_a_figure_makes_other_models(project, path, is_another_run, is_another_model):
    run, model = night.code_version(), night.models_version()
    (project / path).write_text("after")
    assert (night.code_version() != run, night.models_version() != model) == (is_another_run, is_another_model)


def test_the_models_hear_whether_other_models_made_the_last_publication(project):
    present = SimpleNamespace(models_version=night.models_version())
    assert night.models_of(None) == night.models_of(present) == "same"
    assert night.models_of(SimpleNamespace(models_version="")) == "other"
    (project / "dbt_project/models/m.sql").write_text("after")
    assert night.models_of(present) == "other"
