"""Each registered source as one multi-asset: `raw/<source>/<table>`, every table selectable."""

import logging
from collections.abc import Iterator

import dagster as dg

from ingestion.contract import IngestionError, PatienceSpent, Source, SourceUnavailable, Table, TableReport
from ingestion.extraction import extract
from ingestion.registry import sources
from orchestration.alerting.waiting import patience_of
from orchestration.night import Night, Pipeline
from orchestration.preflight import NotReadyError, require_ready
from orchestration.privacy.error_redaction import withheld

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

OWNERS = ["team:data"]
# A source that gave up on a stream is asked anew after 1, 2, 4 ... minutes, as long as the night has patience; a refused
# request never is. Dagster's own retries wait where no signal reaches them.
FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 600.0


def key_of(source: str, table: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", source, table])


def raw_assets() -> list[dg.AssetsDefinition]:
    """One multi-asset per source."""
    return [_assets(source) for source in sources()]


def _assets(source: Source) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"extract_{source.name}",
        specs=[_spec(source, table) for table in source.tables],
        can_subset=True,
        pool=f"extract_{source.name}",
    )
    def extraction(context: dg.AssetExecutionContext, pipeline: Pipeline) -> Iterator[dg.MaterializeResult[None]]:
        night = pipeline.night(context)
        wanted = frozenset(key.path[-1] for key in context.selected_asset_keys)
        with withheld("source"):
            advice = _advice(context, night, source)
            for report in _extract(context, night, source, wanted):
                metadata = {**_metadata(report), **advice}
                yield dg.MaterializeResult(asset_key=key_of(source.name, report.table), metadata=metadata)

    return extraction


def _advice(context: dg.AssetExecutionContext, night: Night, source: Source) -> dict[str, dg.MetadataValue]:
    """What a person should know of the credentials, said in the run's log and beside every table."""
    connection = night.connection(source)
    told = source.advice(connection.credentials) if source.is_on(connection) else ""
    if not told:
        return {}
    context.log.warning("%s: %s.", source.title, told)
    return {"advice": dg.MetadataValue.text(told)}


def _extract(
    context: dg.AssetExecutionContext, night: Night, source: Source, wanted: frozenset[str]
) -> list[TableReport]:
    try:
        require_ready(night.settings, context.run.run_id)
    except NotReadyError as error:
        raise dg.Failure(str(error), metadata={"cause": error.cause}, allow_retries=False) from None
    try:
        reports = _patiently(context, night, source, wanted)
    except IngestionError as error:
        raise dg.Failure(
            "\n".join([f"{source.title}: {error}", *getattr(error, "__notes__", ())]),
            metadata={"cause": "source", "source": source.name},
            allow_retries=False,
        ) from None
    offs = [report for report in reports if report.state == "off"]
    if len(offs) < len(source.tables) and source.is_on(night.connection(source)):
        for report in offs:
            context.log.info("%s.%s is %s.", source.name, report.table, report.reason)
    return [report for report in reports if report.table in wanted]


def _patiently(
    context: dg.AssetExecutionContext, night: Night, source: Source, wanted: frozenset[str]
) -> list[TableReport]:
    """Extract; a source that is not available is asked anew until the night's patience is spent."""
    patience = patience_of(night.settings, context.run.run_id, night.clock)
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return list(
                extract(
                    source,
                    night.connection(source),
                    night.settings.raw,
                    night.clock,
                    run_id=context.run.run_id,
                    tables=wanted,
                    progress=lambda table, rows: logger.info("%s: %s rows received", table, rows),
                    patience=patience,
                )
            )
        except PatienceSpent:
            raise
        except SourceUnavailable as error:
            patience.failed(source, str(error).removeprefix(f"{source.title} "), pause)
            context.log.warning("%s. It is asked anew in %d s.", error, pause)
            logger.info("%s does not answer; it is asked anew in %d s", source.title, pause)
            night.clock.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, 2 * pause)


def _metadata(report: TableReport) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(report.rows),
        "state": dg.MetadataValue.text(report.state),
        "received": dg.MetadataValue.int(report.received),
        "kept": dg.MetadataValue.int(report.kept),
        "duplicate": dg.MetadataValue.int(report.duplicate),
        "quarantined": dg.MetadataValue.int(report.quarantined),
        "foreign": dg.MetadataValue.int(report.foreign),
        "requests": dg.MetadataValue.int(report.requests),
    }
    if report.watermark:
        metadata["watermark"] = dg.MetadataValue.timestamp(report.watermark)
    if report.drift:
        metadata["drift"] = dg.MetadataValue.text(", ".join(report.drift))
    if report.retries:
        metadata["retries"] = dg.MetadataValue.json(dict(report.retries))
    if report.reason:
        metadata["reason"] = dg.MetadataValue.text(report.reason)
    return metadata


def _spec(source: Source, table: Table) -> dg.AssetSpec:
    columns = [
        dg.TableColumn(
            name=field.name,
            type=str(field.type),
            description=((field.metadata or {}).get(b"description") or b"").decode(),
            tags={"pii": ""} if (field.metadata or {}).get(b"pii", b"none") != b"none" else {},
        )
        for field in table.landed_schema
    ]
    return dg.AssetSpec(
        key_of(source.name, table.name),
        description=table.description,
        group_name=f"raw_{source.domain}",
        kinds={"python", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)},
    )
