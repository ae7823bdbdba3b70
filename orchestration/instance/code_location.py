"""A night of a terminal in the same history as those that the UI started: its run names the code location it belongs to.

Dagster shows a run under a job, in the overview and on the timeline by the location its record names, and a run that is
executed in process names none. There is no public way to say it, so that the one call that makes the record is told here.
"""

from __future__ import annotations

from functools import partial

import dagster as dg
from dagster._core.remote_origin import RemoteRepositoryOrigin
from dagster._core.workspace.load import location_origins_from_yaml_paths

from orchestration.settings import PROJECT

REPOSITORY = "__repository__"  # as Dagster calls the one of a module with a single Definitions


def name_location(instance: dg.DagsterInstance, job: str) -> None:
    """Runs of `job` that this process creates are noted as runs of the location of workspace.yaml."""
    (location,) = location_origins_from_yaml_paths([str(PROJECT / "workspace.yaml")])
    origin = RemoteRepositoryOrigin(location, REPOSITORY).get_job_origin(job)
    instance.create_run_for_job = partial(  # type: ignore[method-assign]
        instance.create_run_for_job, remote_job_origin=origin
    )
