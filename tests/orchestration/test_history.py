"""Dagster's run history on kept connections: the same history as Dagster's own, for every process that reads it."""

import os
from pathlib import Path

import dagster as dg
import pytest

from orchestration.instance.dagster_home import INSTANCE
from orchestration.instance.event_log import KEPT, EventLog

RUNS = KEPT + 1


@dg.asset(check_specs=[dg.AssetCheckSpec("whole", asset="table")])
def table():
    yield dg.MaterializeResult(metadata={"dagster/row_count": 3})
    yield dg.AssetCheckResult(passed=False)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(INSTANCE)
    return tmp_path


def test_every_run_can_be_read_by_another_process_and_by_dagsters_own_storage(home):
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        runs = [dg.materialize([table], instance=instance, raise_on_error=False).run_id for _ in range(RUNS)]
        told = {run: [entry.message for entry in instance.all_logs(run)] for run in runs}
    assert all(len(lines) > 10 for lines in told.values())
    for configuration in (INSTANCE, "telemetry: {enabled: false}\n"):
        (home / "dagster.yaml").write_text(configuration)
        with dg.DagsterInstance.get() as reader:
            assert {run: [entry.message for entry in reader.all_logs(run)] for run in runs} == told
            latest = reader.get_latest_materialization_event(dg.AssetKey("table"))
            assert latest is not None
            assert latest.run_id == runs[-1]


def test_a_followed_run_shows_each_event_by_the_time_of_its_file():
    with dg.DagsterInstance.get() as instance:
        run = dg.materialize([table], instance=instance, raise_on_error=False).run_id
        path = Path(instance.event_log_storage.path_for_shard(run))
        os.utime(path, (0, 0))
        instance.report_engine_event("still there", run_id=run, job_name="x")
        assert path.stat().st_mtime > 0
        os.utime(path, (0, 0))
        assert len(instance.all_logs(run)) > 10
        assert path.stat().st_mtime == 0  # else who follows a run would follow their own reading for ever
