"""A night is stopped by a signal while it waits for a vendor that is down: within seconds, told as stopped, nothing changed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest

from orchestration.settings import load
from tests.orchestration.conftest import ROOT, Night

FROM_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "orchestration", "nightly"])
"""


@pytest.fixture
def begun(tmp_path, httpserver):
    """A night in a process of its own that waits for a survey vendor."""
    httpserver.expect_request("/hook").respond_with_data("ok")
    httpserver.expect_request(re.compile("/forms.*")).respond_with_json({}, status=503)
    address = httpserver.url_for("").rstrip("/")
    night = Night(tmp_path / "home", {"CX_ALERT_URLS": f"{address}/hook"})
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    live = {"CX_MODE": "live", "TYPEFORM_TOKEN": "t", "TYPEFORM_BASE_URL": address}
    # As from a terminal: a runner of tests in the background may ignore signals, and a command would too.
    process = subprocess.Popen(
        [sys.executable, "-c", FROM_A_TERMINAL],
        cwd=ROOT, env={**kept, **night.variables, **live, "CX_HOME": str(night.home), "COLUMNS": "200"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    with process:
        until = time.monotonic() + 200
        while sum(request.path != "/hook" for request, _ in httpserver.log) < 3:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < until
            time.sleep(0.1)
        yield night, process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_seconds_as_stopped(begun, httpserver, number):
    night, process = begun
    process.send_signal(number)
    began = time.monotonic()
    output, _ = process.communicate(timeout=60)
    assert time.monotonic() - began < 12, "four seconds each to note and to tell, on a busy machine"
    assert process.returncode == 6, output
    assert "The night was stopped" in output
    assert not (night.home / "warehouse" / "current").exists()
    assert not list((night.home / "dagster" / "alive").iterdir())
    with night.history() as instance:
        (run,) = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.CANCELED
        # The UI finds it where it looks for the runs of its own job.
        theirs = dg.RunsFilter(job_name="nightly", tags={".dagster/repository": "__repository__@cx_patterns"})
        assert [one.run_id for one in instance.get_runs(theirs)] == [run.run_id]
        assert run.remote_job_origin.repository_origin.code_location_origin.location_name == "cx_patterns"
    told = [json.loads(request.get_data())["text"] for request, _ in httpserver.log if request.path == "/hook"]
    assert len(told) == 1
    assert "the night was stopped" in told[0]
    assert run.run_id in told[0]


def test_a_signal_ends_it_while_models_are_built(story, tmp_path):
    shutil.copytree(story.night.home, tmp_path / "home", symlinks=True)
    night = Night(tmp_path / "home", story.night.variables)
    current = night.current.resolve()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-c", FROM_A_TERMINAL],
        cwd=ROOT, env={**kept, **night.variables, "CX_HOME": str(night.home), "CX_AS_OF": "2026-11-25", "COLUMNS": "200"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    with process:
        until = time.monotonic() + 200
        while not list(night.home.glob("build/2026-11-25-*/build.duckdb")):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < until
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        output, _ = process.communicate(timeout=60)
        took = time.monotonic() - began
    assert process.returncode == 6, output
    assert took < 12
    assert "The night was stopped" in output
    assert "resource_tracker" not in output
    assert night.current.resolve() == current


def test_the_patience_of_a_night_is_one_setting(tmp_path):
    (tmp_path / ".env").write_text("CX_PATIENCE_MINUTES=5\n")
    assert load(tmp_path / ".env").patience_minutes == 5
