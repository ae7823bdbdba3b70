"""One run of the pipeline: its date, its inputs' fingerprint and the places it writes to."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from ingestion.contract import Connection, Source
from ingestion.landing import parts as landing
from ingestion.registry import sources
from orchestration import demo_company, left_out
from orchestration.instance.run_liveness import alive
from orchestration.instance.turns import TurnTakenError, turn
from orchestration.privacy import person_salt
from orchestration.settings import PROJECT, Settings, load
from orchestration.warehouses import Warehouses
from quality.publication import line
from quality.publication.manifest import Manifest
from quality.publication.targets.target import Target, TargetError

CODE = ("dbt_project", "quality/suites")
CANCELING = dg.DagsterRunStatus.CANCELING
TURN_SECONDS = 1.0
MODELS = ("dbt_project/models", "dbt_project/macros", "dbt_project/seeds")


@dataclass(frozen=True)
class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class StoppedClock:
    """The demo company's clock: it stands at the last second of the run's date, and nobody waits."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        del seconds


@dataclass(frozen=True)
class Night:
    """What one run knows: the settings, its date `as_of` and the moment it started (aware UTC)."""

    settings: Settings
    as_of: date
    started_at: datetime

    @property
    def ends_at(self) -> datetime:
        """First instant that is no longer the run's: the end of `as_of` in the reporting time zone."""
        zone = ZoneInfo(self.settings.reporting_timezone)
        return datetime.combine(self.as_of + timedelta(days=1), datetime.min.time(), zone).astimezone(UTC)

    @property
    def clock(self) -> SystemClock | StoppedClock:
        if not self.settings.is_demo:
            return SystemClock()
        # The demo company lives in UTC: it has nothing to tell after its own midnight.
        midnight = datetime.combine(self.as_of + timedelta(days=1), datetime.min.time(), UTC)
        return StoppedClock(min(midnight, self.ends_at) - timedelta(seconds=1))

    def connection(self, source: Source) -> Connection:
        """In demo mode every source is the demo company's; in live mode it is the one the settings name, or off."""
        if self.settings.is_demo:
            return demo_company.connection(self.settings, self.as_of, source)
        return self.settings.connection(source)

    def sources_on(self) -> frozenset[str]:
        return frozenset(source.name for source in sources() if source.is_on(self.connection(source)))

    @cached_property
    def run_id(self) -> str:
        """`<as_of>-<12 hex>` of all that decides the tables: landed rows, code, settings. The same inputs give the same id."""
        settings = self.settings
        parts = [
            landing.fingerprint(settings.raw),
            left_out.digest(settings.raw),
            code_version(),
            json.dumps(
                [settings.is_demo, settings.reporting_currency, settings.reporting_timezone, person_salt.mark(settings)]
            ),
        ]
        return f"{self.as_of}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:12]}"

    @property
    def folder(self) -> Path:
        return self.settings.build / self.run_id

    @property
    def build_path(self) -> Path:
        return self.folder / "build.duckdb"

    @cached_property
    def warehouses(self) -> Warehouses:
        return Warehouses.of(self.settings)

    @property
    def target(self) -> Target:
        """The file: history is read from it."""
        return self.warehouses.file

    def require_target(self) -> None:
        """Fail before the heavy work where publishing would fail anyway."""
        try:
            self.warehouses.preflight()
        except TargetError as error:
            raise dg.Failure(
                f"The warehouse can't be written. {error}", metadata={"cause": "warehouse"}, allow_retries=False
            ) from None

    @cached_property
    def is_aside(self) -> bool:
        """A night of a date before one that was published already: it is kept, and does not become current by itself."""
        return line.is_aside(self.target.versions(), self.as_of)

    def previous(self) -> Manifest | None:
        """The publication from before this date that history is read from, however often and when the night is run."""
        return line.before(self.target.versions(), self.as_of, self.target.live())

    def compared(self) -> Manifest | None:
        """What the gate compares with: what readers see now, or for a past date what stood before it."""
        live = self.target.live()
        return self.previous() if self.is_aside or (live and live.run_id == self.run_id) else live

    def history(self) -> tuple[Manifest, ...]:
        """The kept publications of days up to this run's, the newest first, those of this run and those that stand aside left out."""
        return tuple(
            one
            for one in self.target.versions()
            if one.run_id != self.run_id and one.as_of <= self.as_of and not one.is_aside
        )


def code_version() -> str:
    """Hash (12 hex) of the models, seeds and suites: edited rules are another run."""
    return _hash_of(CODE, {".sql", ".yml", ".yaml", ".csv"})


def models_version() -> str:
    """Hash (12 hex) of what computes the figures: an edited description, test or suite moves none of them."""
    return _hash_of(MODELS, {".sql", ".csv"})


def models_of(publication: Manifest | None) -> str:
    """`other` where other models than the present ones made it (or it does not say which); `same` also where there is none."""
    return "other" if publication and publication.models_version != models_version() else "same"


def _hash_of(folders: tuple[str, ...], suffixes: set[str]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in suffixes and "target" not in path.parts:
                digest.update(path.relative_to(PROJECT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def created_at(instance: dg.DagsterInstance, run_id: str) -> datetime:
    """When a run was created (aware UTC); the present moment where its history is not known."""
    record = instance.get_run_record_by_id(run_id)
    created = record.create_timestamp if record else datetime.now(UTC)
    return created.astimezone(UTC) if created.tzinfo else created.replace(tzinfo=UTC)


@contextmanager
def _in_turn(settings: Settings, context: dg.InitResourceContext, run_id: str) -> Iterator[None]:
    """Hold the turn; another run that has it, as one that a terminal began, is waited for."""
    said = False
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(turn(settings, run_id, "the Dagster UI or its schedule"))
                break
            except TurnTakenError as taken:
                if context.log and not said:
                    context.log.info("%s This run goes on when that one has ended.", taken)
                said = True
            if context.instance and (run := context.instance.get_run_by_id(run_id)) and run.status is CANCELING:
                raise dg.Failure("The run was stopped while it waited for another one.", allow_retries=False)
            time.sleep(TURN_SECONDS)
        yield


class Pipeline(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The run's date, to be chosen in the Launchpad; empty: CX_AS_OF, else the day the run was created on.

    A night of a past date is kept beside the current one; `make_current` puts it in its place, by whom and why.
    """

    as_of: str = ""
    make_current: bool = False
    by: str = ""
    reason: str = ""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Pipeline"]:
        """The resource, while the run that asked for it is marked as alive and has its turn: runs of a home never overlap."""
        if context.run is None:
            yield self
            return
        settings = load()
        with alive(settings, context.run.run_id), _in_turn(settings, context, context.run.run_id):
            yield self

    def night(self, context: dg.OpExecutionContext | dg.AssetExecutionContext) -> Night:
        """The night that the run of `context` belongs to; every step of a run gets the same one."""
        settings = load()
        started_at = created_at(context.instance, context.run.run_id)
        try:
            as_of = date.fromisoformat(self.as_of) if self.as_of else settings.date_of(started_at)
        except ValueError:
            raise dg.Failure("`as_of` must be YYYY-MM-DD, such as 2026-11-22.", allow_retries=False) from None
        return Night(settings, as_of, started_at)
