"""Imported by the server of processes alone: what victims would otherwise pay for one by one."""

import gc
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # their imports warn about their own dependencies
    import dbt_common.clients.agate_helper  # noqa: F401
    import great_expectations  # noqa: F401

    import orchestration.assets.dbt_models  # noqa: F401

import ingestion.drop_folder.intake  # noqa: F401
import quality.gate.judging
import quality.publication.targets.postgres  # noqa: F401
from tests.faults import building, victims

victims.app(victims.NIGHTS[-1])
victims.app(victims.NIGHTS[0])
building.parsed()
gc.freeze()  # else each victim's first collection walks and so copies all of it
