"""Gate and publication in one step: the published assets can't be materialised around the gate."""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

from ingestion.landing import parts as landing
from orchestration import left_out
from orchestration.alerting.omissions import tell_left_out
from orchestration.dbt import singular_tests
from orchestration.dbt.declared_rules import with_declared_rules
from orchestration.dbt.manifest import manifest, published_tables
from orchestration.night import Pipeline, SystemClock, code_version, models_version
from orchestration.privacy.error_redaction import withheld
from orchestration.privacy.person_salt import erased_since
from orchestration.warehouses import FILE, SERVER, columns_waiting
from quality.gate.context import Context
from quality.gate.judging import judge
from quality.gate.overrides import load_overrides
from quality.gate.suite_files import load_suites
from quality.gate.verdict import Check, Verdict
from quality.publication.audit_tables import left_out_row
from quality.publication.headlines import currency_of, headlines, policies_of
from quality.publication.left_out_lines import block
from quality.publication.manifest import Manifest
from quality.publication.publishing import PublicationRefused, PublishedTable, Release, publish
from quality.publication.targets.target import Publication, Target, TargetError

OWNERS = ["team:analytics"]
KEYS_SHOWN = 20
FINDINGS_SHOWN = 3
GATE, INPUTS = "gate", "gate_inputs"
QUALITY_RESULTS = "quality_results"
# Written by the publication itself, beside the marts.
OWN_TABLES = {
    "quality_results": "One row per check and run: what the gate judged, how it ended, which keys failed.",
    "publications": "One row per publication: what was published when, from which inputs, under which verdict.",
}


# Where the headline figures are drawn over time: the table that holds them month by month.
HEADLINE_TABLE = "portfolio_months"


def key_of(table: str) -> dg.AssetKey:
    return dg.AssetKey(["published", table])


def published_assets() -> dg.AssetsDefinition:
    """All published tables as one step: all of them or none."""
    marts = published_tables()

    @dg.multi_asset(
        name="gate_and_publish",
        specs=[
            *(_spec(name, str(node["description"]), dg.AssetKey(["marts", name])) for name, node in marts.items()),
            *(
                _spec(name, text, *(dg.AssetKey(["marts", mart]) for mart in marts))
                for name, text in OWN_TABLES.items()
            ),
        ],
        check_specs=[
            dg.AssetCheckSpec(
                GATE,
                asset=key_of(name),
                blocking=True,
                description="What the gate found in this table.",
            )
            for name in marts
        ]
        + [
            dg.AssetCheckSpec(
                INPUTS,
                asset=key_of(QUALITY_RESULTS),
                blocking=True,
                description="What the gate found in the landed streams and in the models between them and the tables.",
            )
        ],
        pool="publish",
    )
    def publication(
        context: dg.AssetExecutionContext, pipeline: Pipeline
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        with withheld("gate"):
            yield from _publish(context, pipeline, tuple(marts))

    return publication


def _publish(
    context: dg.AssetExecutionContext, pipeline: Pipeline, tables: tuple[str, ...]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    night = pipeline.night(context)
    if not night.build_path.exists():
        raise dg.Failure(
            "Nothing is built from the present inputs. Materialise the marts first, or run the job `nightly`.",
            metadata={"cause": "gate"},
            allow_retries=False,
        )
    settings = night.settings
    now = night.started_at.replace(tzinfo=None)
    marks = landing.watermarks(settings.raw)
    suites = with_declared_rules(load_suites(), manifest())
    policy_version = policies_of(night.build_path)
    verdict = judge(
        night.build_path,
        suites,
        Context(
            run_id=night.run_id,
            as_of=night.as_of,
            now=now,
            policy_version=policy_version,
            tables=tables,
            sources_on=night.sources_on(),
            sources_off=settings.sources_off,
            raw_root=settings.raw,
            watermarks=marks,
            previous=night.compared(),
            history=night.history(),
            overrides=load_overrides(settings.overrides) if settings.overrides else (),
            is_demo=settings.is_demo,
            work=night.folder,
            left_out=left_out.facts(settings.raw, night.sources_on()),
            told=singular_tests.judged(night.build_path, manifest(), settings.raw),
        ),
    )
    release = Release(
        tables=tuple(_published(name) for name in tables),
        run_id=night.run_id,
        as_of=night.as_of,
        now=_published_at(marks, night.target.live()),
        policy_version=policy_version,
        code_version=code_version(),
        models_version=models_version(),
        watermarks=marks,
        is_demo=settings.is_demo,
        currency=currency_of(night.build_path),
        headlines=headlines(night.build_path).figures(),
        sources_on=tuple(sorted(night.sources_on())),
        is_aside=night.is_aside,
        built_on=before.run_id if (before := night.previous()) else "",
        objection=lambda: erased_since(settings, night.folder),
    )
    page = night.folder / "quality.html"

    def to(target: Target) -> Publication:
        return publish(night.build_path, verdict, target, release, suites=suites, page=page)

    try:
        publications = night.warehouses.publish(to)
        live = night.target.live()
        if night.is_aside and pipeline.make_current and live and live.run_id != night.run_id:
            night.warehouses.make_current(publications[FILE].version, by=pipeline.by, reason=pipeline.reason)
    except PublicationRefused as refusal:
        yield from _check_results(verdict, tables)
        raise dg.Failure(
            "\n".join([f"The gate refused the publication; the last good one stays. {refusal}", *_block(verdict)]),
            metadata={"cause": "gate", "report": dg.MetadataValue.path(str(page)), "left_out": _told(verdict)},
            allow_retries=False,
        ) from None
    except TargetError as error:
        raise dg.Failure(
            f"A warehouse could not be written. {error}", metadata={"cause": "warehouse"}, allow_retries=False
        ) from None
    is_current = not night.is_aside or pipeline.make_current
    _tell(context.log, publications, is_current=is_current)
    if not settings.is_demo:  # the demo company's mistyped row is planted
        tell_left_out(settings, publications[FILE].manifest)
    done = publications[FILE]
    for name, facts in done.manifest.tables.items():
        yield dg.MaterializeResult(
            asset_key=key_of(name),
            metadata={
                "dagster/row_count": facts.rows,
                "version": done.version,
                "location": dg.MetadataValue.path(str(done.location)),
                **{name: one.location for name, one in publications.items() if name != FILE},
                "as_of": night.as_of.isoformat(),
                "is_off": facts.is_off,
                "is_current": is_current,
                **({"left_out": _told(verdict)} if name in OWN_TABLES else {}),
                **(_headlines(done) if name == HEADLINE_TABLE else {}),
            },
        )
    yield from _check_results(verdict, tables)


def _headlines(done: Publication) -> dict[str, float | dg.UrlMetadataValue]:
    """Figures that Dagster draws over the runs, and the report one click away."""
    figures = {name: float(value) for name, value in done.manifest.headlines.items() if isinstance(value, int | float)}
    return {**figures, "report": dg.MetadataValue.url(Path(done.location).with_name("report.html").as_uri())}


def _published_at(marks: Mapping[str, datetime], live: Manifest | None) -> datetime:
    """The present moment, naive UTC, after whatever it publishes was read and after the publication before it.

    The demo company's clock may be ahead of the wall's.
    """
    after = [live.published_at + timedelta(microseconds=1)] if live else []
    return max([SystemClock().now().replace(tzinfo=None), *marks.values(), *after])


def _block(verdict: Verdict) -> list[str]:
    return block(left_out_row(check) for check in verdict.left_out)


def _told(verdict: Verdict) -> dg.MarkdownMetadataValue:
    """The block of what was left out, as Dagster shows it."""
    title, *lines = _block(verdict)
    return dg.MetadataValue.md("\n".join([f"**{title}**", "", *(f"- {line.strip()}" for line in lines)]))


def _tell(log: logging.Logger, publications: Mapping[str, Publication], *, is_current: bool) -> None:
    """Say what was published where, and what a warehouse does not show yet."""
    for done in publications.values():
        said = "Published" if done.is_new else "Already published:"
        said = said if is_current else "A past date, kept beside the current version:"
        log.info("%s %s at %s", said, done.version, done.location)
    if waiting := columns_waiting(publications):
        log.warning(
            "%s does not show these new columns yet, for a reader's open transaction held their tables; the next night tries "
            "again: %s. End that transaction where it lasts for days.",
            SERVER,
            ", ".join(waiting),
        )


def _published(name: str) -> PublishedTable:
    node = published_tables()[name]
    columns = {column: str(facts.get("description", "")) for column, facts in node["columns"].items()}
    return PublishedTable(name, description=str(node["description"]), columns=columns)


def _check_results(verdict: Verdict, tables: tuple[str, ...]) -> Iterator[dg.AssetCheckResult]:
    """One result per published table, and one for all that lies before them: a breach there is said once, not on every table."""
    by_table = verdict.by_table()
    for name in tables:
        yield _result(dg.AssetCheckKey(key_of(name), GATE), by_table.get(name, ()))
    before = [check for table, checks in by_table.items() if table not in tables for check in checks]
    yield _result(dg.AssetCheckKey(key_of(QUALITY_RESULTS), INPUTS), before)


def _result(key: dg.AssetCheckKey, checks: Collection[Check]) -> dg.AssetCheckResult:
    """Red when a critical check broke; yellow where what broke is shown alone."""
    failed = [check for check in checks if not check.is_passed and not check.override]
    worst = [check for check in failed if check.stops_publication] or [
        check for check in failed if check.severity == "warning"
    ]
    keys = (key for check in worst for key in check.sample_keys)
    more = len(worst) - FINDINGS_SHOWN
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not worst,
        severity=_severity(worst),
        description="; ".join(
            [*(check.found for check in worst[:FINDINGS_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
        )
        or "Every check passed.",
        metadata={
            "checks": len(checks),
            "failed_checks": len(failed),
            "failed_rows": sum(check.failed_rows or 0 for check in failed),
            "failing_keys": ", ".join(list(dict.fromkeys(keys))[:KEYS_SHOWN]),
        },
    )


def _severity(failed: list[Check]) -> dg.AssetCheckSeverity:
    is_critical = any(check.stops_publication for check in failed)
    return dg.AssetCheckSeverity.ERROR if is_critical or not failed else dg.AssetCheckSeverity.WARN


def _spec(name: str, description: str, *dependencies: dg.AssetKey) -> dg.AssetSpec:
    node = published_tables().get(name)
    columns = [
        dg.TableColumn(
            name=column, type=str(facts.get("data_type") or "?"), description=str(facts.get("description", ""))
        )
        for column, facts in (node["columns"] if node else {}).items()
    ]
    return dg.AssetSpec(
        key_of(name),
        deps=list(dependencies),
        description=description,
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)} if columns else {},
    )
