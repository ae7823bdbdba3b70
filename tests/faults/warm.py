"""Imported by the server of processes alone: what victims would otherwise pay for one by one."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its import warns about its own dependencies
    import great_expectations  # noqa: F401

    import orchestration.models  # noqa: F401

import ingestion.dropping  # noqa: F401
import quality.judging
import quality.targets.postgres  # noqa: F401
from tests.faults import building, victims

victims.app(victims.NIGHTS[-1])
victims.app(victims.NIGHTS[0])
building.parsed()
