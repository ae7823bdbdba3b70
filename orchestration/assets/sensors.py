"""What the daemon of `make ui` watches over, and tells once: stale sources and publications, runs that died without a step."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from orchestration.alerting.failures import end_lost_runs, of_run, stopped, tell
from orchestration.alerting.freshness import watch
from orchestration.night import created_at
from orchestration.settings import load

EVERY_SECONDS = 600


@dg.sensor(
    name="freshness",
    minimum_interval_seconds=EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells once when a source or the publication is stale (CX_STALE_SOURCE_HOURS, CX_STALE_PUBLICATION_HOURS), "
    "and of runs whose process is gone.",
)
def freshness(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    end_lost_runs(context.instance, load())
    found = watch(load(), datetime.now(UTC))
    for alert in found:
        context.log.warning("%s\n%s", alert.title, alert.body)
    return dg.SkipReason("; ".join(alert.what for alert in found) or "Every source and publication is fresh.")


@dg.run_failure_sensor(
    name="lost_runs",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Alerts of a failed run of which none of its own steps alerted: its process died, or could not begin.",
)
def lost_runs(context: dg.RunFailureSensorContext) -> None:
    run = context.dagster_run
    tell(
        of_run(load(), run.run_id, "", context.failure_event.message or "", created_at(context.instance, run.run_id)),
        load(),
    )


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    name="stopped_runs",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of a night that was stopped in the UI.",
)
def stopped_runs(context: dg.RunStatusSensorContext) -> None:
    run_id = context.dagster_run.run_id
    tell(stopped(load(), run_id, "Somebody stopped it.", created_at(context.instance, run_id)), load())
