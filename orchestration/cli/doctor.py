"""`make doctor`: everything a night needs, looked at in one go, one line each with the remedy."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement

from ingestion.client.probing import Probing
from ingestion.contract import Clock, IngestionError, RequestRefused, Source, SourceUnavailable, Stream
from ingestion.registry import sources
from orchestration import preflight
from orchestration.instance.dagster_home import LIMITS
from orchestration.preflight import Finding
from orchestration.settings import PROJECT, Settings
from orchestration.warehouses import SERVER, Warehouses
from quality.publication.targets.target import TargetError

PATIENCE_SECONDS = 60.0
SKEW_SECONDS = 120
LEAST_FREE = 1024**3


def examined(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """A finding for everything that was looked at, what is fine included."""
    yield from _settings(settings)
    answers: list[datetime] = []
    if settings.is_demo:
        yield Finding("Sources", "fine", "the demo company, which needs no credentials.")
    else:
        yield from _sources(settings, clock, answers)
    yield from _clock(settings, clock.now(), answers)
    yield from _disk(settings)
    yield from _versions()
    yield from _dagster(settings)
    yield from _warehouses(settings)


def _settings(settings: Settings) -> Iterator[Finding]:
    odd = [
        *preflight.about_names(settings),
        *preflight.about_rules(settings),
        *preflight.about_sources(settings),
        *preflight.lost_sources(settings),
    ]
    yield from odd
    if not odd:
        mode = "demo" if settings.is_demo else "live"
        yield Finding("Settings", "fine", f"CX_MODE is {mode}, everything is kept under {settings.home}.")
    if not (settings.alert_urls or settings.alert_command):
        remedy = "Set CX_ALERT_URLS or CX_ALERT_COMMAND."
        yield Finding("Alerts", "warning", "nobody is alerted when a night fails.", remedy)
    elif settings.alert_command and not shutil.which(settings.alert_command.split()[0]):
        yield Finding("Alerts", "wrong", "CX_ALERT_COMMAND names no program.", "Install it, or correct the setting.")


def _sources(settings: Settings, clock: Clock, answers: list[datetime]) -> Iterator[Finding]:
    on = preflight.on(settings)
    asked = {source.name: partial(_source, settings, clock, source, answers) for source in on}
    found = preflight.together(asked, PATIENCE_SECONDS)
    for source in sources():
        if source in on:
            late = [Finding(source.title, "warning", "it did not answer within a minute.", "Try later.", "source")]
            yield from found[source.name] or late
        elif source.name in settings.sources_off:
            yield Finding(source.title, "fine", "switched off on purpose (CX_SOURCES_OFF).")
        elif source.domain == "drop" and settings.drop_dir:
            yield Finding(source.title, "fine", f"CX_DROP_DIR is {settings.drop_dir}.")
        else:
            yield Finding(source.title, "fine", "off: nothing is set for it.")


def _source(settings: Settings, clock: Clock, source: Source, answers: list[datetime]) -> list[Finding]:
    """Reachability, credentials and what they may read of one vendor."""
    probing = Probing(source, settings.connection(source), clock)
    readable: list[str] = []
    found: list[Finding] = []
    for stream, error in probing.each():
        if error is None:
            readable.append(stream.name)
        elif finding := _refused(source, stream, error):
            found.append(finding)
    if probing.answered_at:
        answers.append(probing.answered_at)
    if not readable:
        # Every stream met the same: said once.
        return found[:1]
    return [
        Finding(
            source.title, "fine", f"it answers, accepts the credentials, and lets them read {', '.join(readable)}."
        ),
        *found,
    ]


def _refused(source: Source, stream: Stream, error: IngestionError) -> Finding | None:
    if isinstance(error, SourceUnavailable):
        return Finding(source.title, "warning", f"{stream.name}: {error}.", cause="source")
    if stream.is_optional and isinstance(error, RequestRefused) and error.status == 404:
        return Finding(source.title, "fine", f"{stream.name} is off: this account does not offer it.")
    return Finding(source.title, "wrong", f"{stream.name}: {error}.", cause="source")


def _dagster(settings: Settings) -> Iterator[Finding]:
    configuration = settings.dagster_home / "dagster.yaml"
    if configuration.exists() and "max_concurrent_runs" not in configuration.read_text():
        remedy = f"Add to it: {LIMITS}"
        yield Finding("Dagster", "warning", "its dagster.yaml does not limit runs to one at a time.", remedy)


def _clock(settings: Settings, now: datetime, answers: list[datetime]) -> Iterator[Finding]:
    skew = max((abs((now - at).total_seconds()) for at in answers), default=0.0)
    live = Warehouses.of(settings).file.live()
    remedy = "Set the machine's clock, best by NTP."
    if skew > SKEW_SECONDS:
        yield Finding("Clock", "wrong", f"it differs by {skew:.0f} s from the vendors' clocks.", remedy)
    elif live and live.published_at > now.astimezone(UTC).replace(tzinfo=None):
        yield Finding("Clock", "wrong", f"it is earlier than the last publication, {live.version}.", remedy)
    else:
        yield Finding(
            "Clock", "fine", f"{now:%Y-%m-%d %H:%M} UTC; today is {settings.date_of(now)} in the reporting time zone."
        )


def _disk(settings: Settings) -> Iterator[Finding]:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 1024**3:,.1f} GB are free on the disk of CX_HOME."
    state, remedy = (
        ("warning", "Make room: a night needs a few times the size of what it reads.")
        if free < LEAST_FREE
        else ("fine", "")
    )
    yield Finding("Disk", state, text, remedy)  # type: ignore[arg-type]


def _versions() -> Iterator[Finding]:
    """The packages that are installed, against what the project asks for."""
    wanted = [
        Requirement(line)
        for line in tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    ]
    odd = [requirement for requirement in wanted if not _is_met(requirement)]
    for requirement in odd:
        yield Finding(
            "Versions",
            "wrong",
            f"{requirement} is required, and another version or none is installed.",
            "Remove .venv, run `make run` or `make test`.",
        )
    if not odd:
        python = ".".join(str(part) for part in sys.version_info[:3])
        yield Finding("Versions", "fine", f"Python {python}, and {len(wanted)} packages in the required versions.")


def _is_met(requirement: Requirement) -> bool:
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _warehouses(settings: Settings) -> Iterator[Finding]:
    for name, target in Warehouses.of(settings).targets.items():
        try:
            target.preflight()
            lacking = target.lacking_rights()
        except TargetError as error:
            yield Finding(
                f"Warehouse ({name})", "wrong", f"{error}.", "Check CX_HOME's disk, or CX_WAREHOUSE and its server."
            )
            continue
        for right in lacking:
            yield Finding(f"Warehouse ({name})", "wrong", f"the user lacks {right}.", "Let its owner grant it.")
        if not lacking:
            what = "the user has every right that a publication needs" if name == SERVER else "it can be written"
            yield Finding(f"Warehouse ({name})", "fine", f"{what}.")
