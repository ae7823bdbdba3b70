"""What is stale: a source whose oldest stream was read too long ago, a warehouse whose publication is too old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ingestion.contract import Source
from ingestion.landing import parts as landing
from ingestion.registry import sources
from orchestration.alerting.alerts import Alert, AlertBook
from orchestration.alerting.channels import has_messengers
from orchestration.alerting.failures import tell, tell_undelivered
from orchestration.preflight import lost
from orchestration.settings import Settings
from orchestration.warehouses import Warehouses, last_good
from quality.publication.targets.target import TargetError

STALE = "stale-"
NIGHT = "see why the last nights failed (`make ui`), then run `make nightly`."


def stale(settings: Settings, now: datetime) -> list[Alert]:
    """One alert per source and warehouse that is stale at `now` (aware UTC), and per source that was on and is off.

    Every source that is on is looked at.
    """
    good = last_good(settings)
    return [
        *_lost_sources(settings, good),
        *_stale_sources(settings, now, good),
        *_stale_publications(settings, now, good),
    ]


def watch(settings: Settings, now: datetime) -> list[Alert]:
    """Tell of what is stale, and of whatever could not be delivered before; forget what is fresh again. Returns what is stale."""
    found = stale(settings, now)
    if has_messengers(settings):
        AlertBook(settings.alerts).end(STALE, [alert.key for alert in found])
        tell_undelivered(settings)
        for alert in found:
            tell(alert, settings)
    return found


def _lost_sources(settings: Settings, good: str) -> Iterator[Alert]:
    for source in lost(settings):
        yield Alert(
            key=f"{STALE}lost-{source.name}",
            what=f"{source.title} is off",
            detail="It was on in the last publication, and nobody switched it off on purpose: the gate refuses such a night.",
            since="the last publication",
            last_good=good,
            next_step=f"set its credentials again, or say that it is off: CX_SOURCES_OFF={source.name}; run `make nightly`.",
        )


def _stale_sources(settings: Settings, now: datetime, good: str) -> Iterator[Alert]:
    marks = landing.watermarks(settings.raw)
    # The demo company tells nothing after the end of the run's date.
    seen_from = min(now, _end_of(settings)) if settings.is_demo and settings.as_of else now
    limit = seen_from.astimezone(UTC).replace(tzinfo=None) - timedelta(hours=settings.stale_source_hours)
    for source in sources():
        if source.name in settings.sources_off or not (settings.is_demo or source.is_on(settings.connection(source))):
            continue
        read = {name: at for name, at in marks.items() if name.startswith(f"{source.name}.")}
        old = sorted(name for name, at in read.items() if at < limit)
        if read and not old:
            continue
        yield Alert(
            key=f"{STALE}source-{source.name}",
            what=f"{source.title} is stale",
            detail=_streams(source, old),
            since=f"{min(read.values()):%Y-%m-%d %H:%M} UTC" if read else "it was switched on",
            last_good=good,
            next_step=f"check {source.base_url_setting} and its credentials; {NIGHT}",
        )


def _streams(source: Source, old: list[str]) -> str:
    if not old:
        return f"No stream of {source.title} was ever read."
    more = f" and {len(old) - 3} more" if len(old) > 3 else ""
    return f"Not read since then: {', '.join(old[:3])}{more}."


def _stale_publications(settings: Settings, now: datetime, good: str) -> Iterator[Alert]:
    limit = now.astimezone(UTC).replace(tzinfo=None) - timedelta(hours=settings.stale_publication_hours)
    for name, target in Warehouses.of(settings).targets.items():
        try:
            live = target.live()
        except TargetError as error:
            detail, since = str(error), "unknown"
        else:
            if live and live.published_at >= limit:
                continue
            detail = f"Readers of the {name} see version {live.version}." if live else "Nothing is published yet."
            since = f"{live.published_at:%Y-%m-%d %H:%M} UTC" if live else "the first run"
        yield Alert(
            key=f"{STALE}publication-{name.lower()}",
            what=f"the publication ({name}) is stale",
            detail=detail,
            since=since,
            last_good=good,
            next_step=NIGHT,
        )


def _end_of(settings: Settings) -> datetime:
    if settings.as_of is None:
        raise ValueError("no date is set")
    return datetime.combine(settings.as_of + timedelta(days=1), datetime.min.time(), UTC)
