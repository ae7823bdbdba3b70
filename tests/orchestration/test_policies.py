"""Policies set without editing a tracked file: taken as said, or refused at once by name."""

from datetime import date
from types import SimpleNamespace

import pytest
import yaml

from orchestration.policies import ELSEWHERE, WORDS, PolicyError, defaults, load_policies
from orchestration.settings import SettingsError, load


def written(tmp_path, text):
    path = tmp_path / "policies.yaml"
    path.write_text(text)
    return path


def test_every_default_could_be_said_in_a_file(tmp_path):
    said = defaults()
    assert {"concurrent_policy", "nps_windows", "group_schedules"} <= set(said)
    assert not set(said) & set(ELSEWHERE)
    assert load_policies(written(tmp_path, yaml.safe_dump(said))) == said
    assert {name: said[name] in words for name, words in WORDS.items()} == dict.fromkeys(WORDS, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("concurent_policy: latest", "concurent_policy is not a policy"),
        ("concurrent_policy: newest", "concurrent_policy must be one of sum, latest"),
        ("past_due_grace_days: thirty", "past_due_grace_days must be a number"),
        ("past_due_grace_days: -1", "past_due_grace_days must be a number, not negative"),
        ("past_due_grace_days: 30.5", "past_due_grace_days must be a whole number"),
        ("past_due_grace_days: true", "past_due_grace_days must be a number"),
        ("nps_windows: 90", "nps_windows must be a list"),
        ("nps_windows: [ninety]", "nps_windows must be a list of whole numbers"),
        ("nps_windows: []", "nps_windows must be a list of whole numbers, not empty"),
        ("billing_account_key: 5", "billing_account_key must be a text"),
        ("question_type_metrics: {rating: stars}", "question_type_metrics may name nps, csat, ces, review, none alone"),
        ("question_type_metrics: csat", "question_type_metrics must be lines of the form"),
        ("group_schedules: [1]", "group_schedules must be lines of the form"),
        ("reporting_currency: EUR", "reporting_currency has its own place: set CX_REPORTING_CURRENCY"),
        ("billing_sources: [stripe]", "billing_sources has its own place"),
        ("as_of: 2026-01-01", "as_of is not a policy"),
        ("- concurrent_policy", "must be lines of the form policy: value"),
        ("{", "is not YAML"),
    ],
)
def test_what_is_no_policy_is_refused_by_name(tmp_path, text, message):
    with pytest.raises(PolicyError, match=message):
        load_policies(written(tmp_path, text))


def test_a_file_that_is_not_there_or_wrong_stops_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CX_POLICIES", str(tmp_path / "policies.yaml"))
    with pytest.raises(SettingsError, match=r"CX_POLICIES: policies\.yaml cannot be read"):
        load(tmp_path / "absent")
    written(tmp_path, "nrr_targt: 1.1\n")
    with pytest.raises(SettingsError, match=r"CX_POLICIES: policies\.yaml: nrr_targt is not a policy"):
        load(tmp_path / "absent")
    written(tmp_path, "concurrent_policy: latest\nweek_factor: 52.18\n")
    assert load(tmp_path / "absent").policies == {"concurrent_policy": "latest", "week_factor": 52.18}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # dagster_dbt imports a parser that says so of itself
def test_what_the_file_sets_is_what_dbt_is_told_beside_the_run(tmp_path, monkeypatch):
    from orchestration.assets.dbt_models import _variables  # noqa: PLC0415

    written(tmp_path, "concurrent_policy: latest\n")
    monkeypatch.setenv("CX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CX_POLICIES", str(tmp_path / "policies.yaml"))
    night = SimpleNamespace(settings=load(tmp_path / "absent"), as_of=date(2026, 11, 22), run_id="run-1")
    told = _variables(night, None, None)
    assert (told["concurrent_policy"], told["as_of"], told["run_id"]) == ("latest", "2026-11-22", "run-1")
    assert set(told) - set(defaults()) == {
        "as_of", "run_id", "reporting_currency", "reporting_timezone", "person_salt_file", "previous_tables", "previous_models",
    }  # fmt: skip
