"""The code location, one page in pipeline order."""

from __future__ import annotations

import dagster as dg

from orchestration.alerting.failures import tell_of_failure
from orchestration.assets.dbt_models import dbt_models
from orchestration.assets.published import published_assets
from orchestration.assets.raw import raw_assets
from orchestration.assets.schedules import nightly_schedule
from orchestration.assets.sensors import freshness, lost_runs, stopped_runs
from orchestration.night import Pipeline
from orchestration.settings import Settings, load


def build(settings: Settings) -> dg.Definitions:
    """All assets, checks, jobs, schedules and resources under these settings."""
    assets = [
        *raw_assets(),  # raw/<source>/<table>      vendors and drop folder -> Parquet
        dbt_models(),  # staging/, intermediate/, marts/
        published_assets(),  # published/<table>    gate, then all tables or none
    ]
    return dg.Definitions(
        # The hook is the assets' own: what is materialised by hand tells of its failure like the job.
        assets=[one.with_hooks({tell_of_failure}) for one in assets],
        schedules=[nightly_schedule(settings)],  # and its job
        sensors=[freshness, lost_runs, stopped_runs],
        resources={"pipeline": Pipeline()},
        # One process a run: a DuckDB build has one writer anyhow, and process starts are most of a small night.
        executor=dg.in_process_executor,
    )


defs = build(load())
