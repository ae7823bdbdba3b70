"""A night whose process dies without a word: noted as failed and told once, by the next command that looks."""

import json
import os
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest

from orchestration.instance.run_liveness import alive, bury, dead
from orchestration.settings import load
from tests.orchestration.conftest import AS_OF, ROOT, Night


@pytest.fixture
def killed(tmp_path, httpserver):
    """A night that was killed in the middle, and where its alerts go."""
    httpserver.expect_request("/hook").respond_with_data("ok")
    night = Night(tmp_path / "home", {"CX_DEMO_ACCOUNTS": "20", "CX_ALERT_URLS": httpserver.url_for("/hook")})
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration", "nightly"],
        cwd=ROOT,
        env={**os.environ, "CX_HOME": str(night.home), "CX_AS_OF": AS_OF, **night.variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 240
    while not list((night.home / "raw").glob("zendesk/tickets/v1/*/data.parquet")):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    living = night.run("check")
    assert "A run died" not in living.stdout
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return night


def test_a_killed_night_is_noted_as_failed_and_told_once(killed, httpserver):
    with killed.history() as instance:
        (run,) = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.STARTED
    first, second = killed.run("check"), killed.run("check")
    assert first.returncode == 1, first.stdout
    assert f"A run died and is now recorded as failed: {run.run_id}" in first.stdout
    assert "A run died" not in second.stdout
    with killed.history() as instance:
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
    posted = [json.loads(request.get_data())["text"] for request, _ in httpserver.log]
    (told,) = [text for text in posted if run.run_id in text]
    assert "Its process is gone" in told
    assert "Next step" in told


def test_a_night_that_ended_leaves_no_mark(demo_night):
    assert list((demo_night.home / "dagster" / "alive").iterdir()) == []


def test_a_run_that_broke_off_is_dead(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_HOME", str(tmp_path))
    with pytest.raises(OSError, match="disk"), alive(load(), "run-1"):
        raise OSError("disk I/O error")
    assert dead(load()) == ["run-1"]


def test_a_run_is_alive_while_its_process_holds_its_mark(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_HOME", str(tmp_path))
    settings = load()
    with alive(settings, "run-1"):
        assert dead(settings) == []
    assert list((settings.dagster_home / "alive").iterdir()) == []
    (settings.dagster_home / "alive" / "run-2").touch()
    assert dead(settings) == ["run-2"]
    bury(settings, "run-2")
    assert dead(settings) == []
