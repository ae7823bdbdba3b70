"""Runs of a home never overlap: the second one says who is at work, or waits; everything launched by hand tells of its failure."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest
import yaml

from orchestration.instance.dagster_home import INSTANCE, LIMITS, prepare
from orchestration.instance.turns import TurnTakenError, turn
from orchestration.settings import load
from tests.orchestration.conftest import AS_OF, ROOT, Night

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of dagster_dbt's own dependencies
    from orchestration.definitions import build

HOLD = """
import sys, time
from orchestration.instance.turns import turn
from orchestration.settings import load
with turn(load(), "run-of-another", "`make nightly`"):
    print("held", flush=True)
    time.sleep(120)
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CX_DEMO_ACCOUNTS", "20")
    monkeypatch.setenv("CX_AS_OF", AS_OF)
    return tmp_path / "home"


@pytest.fixture
def another(home):
    """Another process that holds the home's turn."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env={**os.environ, "CX_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    with process:
        yield process
        process.kill()


def test_the_second_command_says_who_is_at_work_and_exits_with_a_code_of_its_own(home, another):
    ended = Night(home, {"CX_DEMO_ACCOUNTS": "20"}).run()
    assert ended.returncode == 5, ended.stdout
    assert "A night is running already" in ended.stdout
    assert "run-of-another" in ended.stdout
    assert f"process {another.pid}" in ended.stdout
    assert "with `make nightly` at 2" in ended.stdout
    assert not (home / "raw").exists()


def test_a_killed_night_leaves_its_turn_to_the_next(home, another):
    settings = load()
    with pytest.raises(TurnTakenError), turn(settings, "run-1", "a test"):
        pytest.fail("the turn was given while another process held it")
    another.send_signal(signal.SIGKILL)
    another.wait()
    with turn(settings, "run-1", "a test"), turn(settings, "run-1", "its own step"):
        assert json.loads((home / "dagster" / "turn").read_text())["run_id"] == "run-1"


def test_a_run_of_the_ui_waits_for_the_night_of_a_terminal(another):
    settings = load()
    prepare(settings)
    defs = build(settings)
    with dg.DagsterInstance.get() as instance:
        job = defs.resolve_implicit_global_asset_job_def()
        # The other one goes as soon as this one waits for it.
        with settings.dagster_home.joinpath("turn").open() as held, ThreadPoolExecutor(1) as beside:
            assert "run-of-another" in held.read()
            beside.submit(lambda: (time.sleep(4), another.kill()))
            forms = [dg.AssetKey(["raw", "typeform", "forms"])]
            result = job.execute_in_process(instance=instance, asset_selection=forms, raise_on_error=False)
        assert result.success
        assert another.poll() is not None
        said = [entry.user_message for entry in instance.all_logs(result.run_id)]
        assert any("This run goes on when that one has ended" in text for text in said)


def test_an_asset_that_is_launched_by_hand_tells_of_its_failure_like_the_job(home, monkeypatch, httpserver):
    httpserver.expect_request("/hook").respond_with_data("ok")
    monkeypatch.setenv("CX_MODE", "live")
    monkeypatch.setenv("CX_ALERT_URLS", httpserver.url_for("/hook"))
    settings = load()
    prepare(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(settings).resolve_implicit_global_asset_job_def()
        forms = [dg.AssetKey(["raw", "typeform", "forms"])]
        result = job.execute_in_process(instance=instance, asset_selection=forms, raise_on_error=False)
    assert not result.success
    (told,) = [request.get_json()["text"] for request, _ in httpserver.log]
    assert "a setting is wrong" in told
    assert "no source is on" in told
    assert result.run_id in told
    assert "Next step" in told
    assert not (home / "raw").exists()


def test_the_instance_limits_runs_and_pools(home):
    prepare(load())
    configured = yaml.safe_load((home / "dagster" / "dagster.yaml").read_text())
    assert configured["concurrency"] == {
        "pools": {"default_limit": 1, "granularity": "run"},
        "runs": {"max_concurrent_runs": 1},
    }
    with dg.DagsterInstance.get() as instance:
        pools = instance.event_log_storage.get_pool_config()
        assert pools.default_pool_limit == 1
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1


def test_a_home_of_an_older_version_gets_the_limits_and_somebody_s_own_file_stays(home):
    configuration = home / "dagster" / "dagster.yaml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text(INSTANCE.removesuffix(f"{LIMITS}\n"))
    prepare(load())
    assert configuration.read_text() == INSTANCE
    configuration.write_text("telemetry: {enabled: false}\n")
    prepare(load())
    assert configuration.read_text() == "telemetry: {enabled: false}\n"
