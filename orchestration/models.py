"""The dbt project as assets: one invocation of dbt in this process, one translator of small named rules."""

import json
import logging
import queue
import re
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from ingestion import landing
from ingestion.registry import sources
from orchestration.manifest import DBT_PROJECT, manifest
from orchestration.night import Night, Pipeline
from orchestration.raw import key_of
from orchestration.settings import export

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

OWNERS = {"staging": "team:data", "intermediate": "team:data", "seeds": "team:analytics", "marts": "team:analytics"}


class Translator(DagsterDbtTranslator):
    """Layer first in the key, the folder in the group, no raw SQL in the catalogue."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_duplicate_source_asset_keys=True)
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
    """All seeds and models with their tests, as one step: a DuckDB file has one writer anyhow."""
    project = manifest()

    @dbt_assets(manifest=project, dagster_dbt_translator=TRANSLATOR, name="build_models", pool="build")
    def build(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[Any]:
        night = pipeline.night(context)
        _make_room(night, is_whole=not context.is_subset)
        selection = get_updated_cli_invocation_params_for_context(
            context=context, manifest=project, dagster_dbt_translator=TRANSLATOR
        ).selection_args
        yield from _run(context, night, selection)

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


def _variables(night: Night, previous: Path | None) -> dict[str, Any]:
    settings = night.settings
    return {
        "as_of": night.as_of.isoformat(),
        "run_id": night.run_id,
        "reporting_currency": settings.reporting_currency,
        "reporting_timezone": settings.reporting_timezone,
        "previous_tables": sorted(path.stem for path in previous.glob("*.parquet")) if previous else [],
    }


def _run(context: dg.AssetExecutionContext, night: Night, selection: Sequence[str]) -> Iterator[Any]:
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
    # Unit tests judge the code, not the night's data: `make test` runs them.
    arguments = [
        "build", *selection, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(target), "--log-path", str(target), "--log-level", "none", "--log-level-file", "info",
        "--no-partial-parse", "--exclude-resource-type", "unit_test", "--vars", json.dumps(_variables(night, previous)),
    ]  # fmt: skip
    outcome = _Invocation(arguments)
    events: list[Any] = []
    for raw in outcome.events():
        message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
        if message.is_result_event:
            events.extend(message.to_default_asset_events(manifest(), TRANSLATOR, context, target))
            logger.info("%s", raw["info"]["msg"])
    counts = _row_counts(night.build_path)
    for event in events:
        yield _with_row_count(event, counts) if isinstance(event, dg.Output) else event
    outcome.raise_for_failure(expected=sum(isinstance(event, dg.Output) for event in events))


class _Invocation:
    """One dbt command in a thread of this process; its events come through a queue as they happen."""

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._queue: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._result: Any = None

    def events(self) -> Iterator[dict[str, Any]]:
        thread = threading.Thread(target=self._invoke, name="dbt", daemon=True)
        thread.start()
        while (event := self._queue.get()) is not None:
            yield event
        thread.join()

    def _invoke(self) -> None:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415 - costs seconds
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - same
        from dbt_common.events.base_types import EventMsg  # noqa: PLC0415 - same
        from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415 - same

        def forward(event: EventMsg) -> None:
            if event.info.name in {"NodeFinished", "LogTestResult", "LogModelResult", "LogSeedResult"}:
                self._queue.put(msg_to_dict(event))

        try:
            self._result = dbtRunner(callbacks=[forward]).invoke(self._arguments)
        finally:
            # Else the file stays open for writing in this process and the gate can't read it.
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
            self._queue.put(None)

    def raise_for_failure(self, *, expected: int) -> None:
        """Fail with every failed node by name, or when fewer assets were reported than dbt built."""
        result = self._result
        if result is None or result.exception:
            raise dg.Failure(
                f"dbt stopped: {scrubbed(str(result.exception if result else 'no result'))}", allow_retries=False
            )
        failed = [one for one in result.result if one.status in {"error", "fail", "runtime error", "partial success"}]
        if failed or not result.success:
            lines = [f"{one.node.name}: {scrubbed(str(one.message))}" for one in failed]
            raise dg.Failure(
                "\n".join(["dbt build failed:", *lines]), metadata={"cause": "models"}, allow_retries=False
            )
        built = sum(one.node.resource_type in {"model", "seed"} for one in result.result)
        if built != expected:
            raise dg.Failure(f"dbt built {built} tables, {expected} were reported.", allow_retries=False)


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


def scrubbed(text: str) -> str:
    """A database's message without the values it quotes: they may be personal data."""
    return re.sub(r"\"[^\"\n]*@[^\"\n]*\"|'[^'\n]*'|[\w.+-]+@[\w-]+\.[\w.]+", "...", text)
