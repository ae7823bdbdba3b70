"""The dbt project as assets: one invocation of dbt in this process, one translator of small named rules."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from ingestion.landing import parts as landing
from ingestion.registry import sources
from orchestration.assets.raw import key_of
from orchestration.dbt import singular_tests
from orchestration.dbt.last_build import keep_variables, name_last_build
from orchestration.dbt.manifest import DBT_PROJECT, manifest
from orchestration.dbt.runner import DbtFailedError, Project, require_built
from orchestration.night import Night, Pipeline, models_of
from orchestration.privacy.error_redaction import withheld
from orchestration.privacy.person_salt import note_erasures, salt_file
from orchestration.settings import export
from quality.publication.manifest import Manifest

# The gate judges the data tests, and unit tests judge the code: `make test` runs them.
BUILT_KINDS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]

OWNERS = {"staging": "team:data", "intermediate": "team:data", "seeds": "team:analytics", "marts": "team:analytics"}


class Translator(DagsterDbtTranslator):
    """Layer first in the key, the folder in the group, no raw SQL in the catalogue."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_asset_checks=False, enable_duplicate_source_asset_keys=True)
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            if dbt_resource_props["source_name"] == "previous":
                return dg.AssetKey(["previous", dbt_resource_props["name"]])
            return key_of(dbt_resource_props["source_name"], dbt_resource_props["name"])
        return dg.AssetKey([_layer(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return "_".join(dbt_resource_props["fqn"][1:3])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return str(dbt_resource_props.get("description", ""))

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return [OWNERS[_layer(dbt_resource_props)]]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> dict[str, str]:
        del dbt_resource_props
        return {"dagster/kind/dbt": "", "dagster/kind/duckdb": ""}


def _layer(properties: Mapping[str, Any]) -> str:
    return "seeds" if properties["resource_type"] == "seed" else str(properties["fqn"][1])


TRANSLATOR = Translator()


def dbt_models() -> dg.AssetsDefinition:
    """All seeds and models, as one step: a DuckDB file has one writer anyhow."""
    project = manifest()

    @dbt_assets(manifest=project, dagster_dbt_translator=TRANSLATOR, name="build_models", pool="build")
    def build(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Any]:
        night = pipeline.night(context)
        _make_room(night, is_whole=not context.is_subset)
        parameters = get_updated_cli_invocation_params_for_context(
            context=context, manifest=project, dagster_dbt_translator=TRANSLATOR
        )
        indirect = ["--indirect-selection", parameters.indirect_selection] if parameters.indirect_selection else []
        with withheld("models"):
            yield from _run(context, night, [*parameters.selection_args, *indirect])

    return build


def _make_room(night: Night, *, is_whole: bool) -> None:
    """A whole build starts from a fresh file; a part is built into the file of the same inputs."""
    if not is_whole and not night.build_path.exists():
        raise dg.Failure(
            "No build of the present inputs exists to build a part into. Materialise all seeds, staging, intermediate and "
            "marts assets once, or the job `nightly`.",
            allow_retries=False,
        )
    night.require_target()
    # A part of the sources may never have been asked; dbt reads every table as typed and empty then.
    landing.prepare(night.settings.raw, sources())
    night.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if is_whole:
        night.build_path.unlink(missing_ok=True)
        night.build_path.with_suffix(".duckdb.wal").unlink(missing_ok=True)
        note_erasures(night.settings, night.folder)


def _variables(night: Night, live: Manifest | None, previous: Path | None) -> dict[str, Any]:
    settings = night.settings
    return {
        **settings.policies,
        "as_of": night.as_of.isoformat(),
        "run_id": night.run_id,
        "reporting_currency": settings.reporting_currency,
        "reporting_timezone": settings.reporting_timezone,
        # The file's name, never what is in it: dbt logs its vars.
        "person_salt_file": str(salt_file(settings)) if settings.hash_persons else "",
        "previous_tables": sorted(path.stem for path in previous.glob("*.parquet")) if previous else [],
        "previous_models": models_of(live),
    }


def _run(context: dg.AssetExecutionContext, night: Night, selection: Sequence[str]) -> Iterator[Any]:
    """Build, and compile the singular tests for the gate."""
    project = _project(night)
    try:
        built = _events(context, project, ["build", *selection, *BUILT_KINDS])
        require_built(project.results(), reported=len(built))
        list(project.run(["compile", *singular_tests.SELECTION]))  # a command runs as its events are read
        singular_tests.keep(night.folder, project.results())
        name_last_build(night.settings.build, night.build_path)
    except DbtFailedError as error:
        raise dg.Failure(str(error), metadata={"cause": "models"}, allow_retries=False) from None
    counts = _row_counts(night.build_path)
    yield from (_with_row_count(output, counts) for output in built)


def _project(night: Night) -> Project:
    """The dbt project under the night's vars, writing to the night's own folder."""
    live = night.previous()
    previous = night.settings.home / "warehouse" / "versions" / live.version / "parquet" if live else None
    export(
        CX_HOME=str(night.settings.home),
        CX_BUILD_PATH=str(night.build_path),
        CX_PREVIOUS=str(previous or ""),
        CX_MEMORY_LIMIT=night.settings.memory_limit,
    )
    target = night.folder / "dbt"
    shutil.rmtree(target, ignore_errors=True)
    variables = _variables(night, live, previous)
    keep_variables(night.folder, variables, previous)
    return Project([
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target),
        "--log-path", str(target), "--vars", json.dumps(variables),
    ])  # fmt: skip


def _events(context: dg.AssetExecutionContext, project: Project, command: list[str]) -> list[Any]:
    return [
        event
        for raw in project.run(command)
        for event in DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={}).to_default_asset_events(
            manifest(), TRANSLATOR, context
        )
    ]


def _row_counts(build_path: Path) -> dict[str, int]:
    """Rows of every built table, by name."""
    if not build_path.exists():
        return {}
    with duckdb.connect(str(build_path), read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        return {
            table: connection.execute(f'select count(*) from "{schema}"."{table}"').fetchall()[0][0]
            for schema, table in names
        }


def _with_row_count(output: dg.Output[Any], counts: Mapping[str, int]) -> dg.Output[Any]:
    name = str(manifest()["nodes"][output.metadata["unique_id"].value]["name"])
    extra = {"dagster/row_count": counts[name]} if name in counts else {}
    return dg.Output(value=None, output_name=output.output_name, metadata={**output.metadata, **extra})
