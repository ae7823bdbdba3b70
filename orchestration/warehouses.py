"""Where the night publishes: the file always, and the server of CX_WAREHOUSE after it when one is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from orchestration.settings import Settings
from quality.publication.targets.opening import open_target
from quality.publication.targets.target import Publication, Target, TargetError

Result = TypeVar("Result")
FILE = "file"
SERVER = "PostgreSQL"


@dataclass(frozen=True)
class Warehouses:
    """The targets by name, in the order in which they are published to. The file is the first, and judges history."""

    targets: dict[str, Target]

    @classmethod
    def of(cls, settings: Settings) -> Warehouses:
        file = open_target("", home=settings.home, keep=settings.keep_versions, readers=settings.readers)
        if not settings.warehouse:
            return cls({FILE: file})
        server = open_target(settings.warehouse, home=settings.home, keep=settings.keep_versions)
        return cls({FILE: file, SERVER: server})

    @property
    def file(self) -> Target:
        return self.targets[FILE]

    def preflight(self) -> None:
        """Raise TargetError, naming the warehouse, where publishing to any of them would fail anyway."""
        for name, target in self.targets.items():
            _named(name, target.preflight)

    def publish(self, publish: Callable[[Target], Publication]) -> dict[str, Publication]:
        """Publish one judged version to each in turn.

        Raises:
            TargetError: names the warehouse that failed. Those before it keep the version; the next run finds it there,
                leaves it, and goes on with the one that failed.
        """
        done: dict[str, Publication] = {}
        for name, target in self.targets.items():

            def one(target: Target = target) -> Publication:
                return publish(target)

            try:
                done[name] = _named(name, one)
            except TargetError as error:
                held = "".join(
                    f" The {before} has {made.version}; the next run goes on here." for before, made in done.items()
                )
                raise TargetError(f"{error}.{held}") from None
        return done

    def make_current(self, version: str, *, by: str, reason: str) -> list[str]:
        """Make a kept version the current one everywhere; a line for each warehouse that changed. Nothing is done unless all have it.

        Raises:
            TargetError: it is not kept somewhere, is current everywhere already, or nobody says who and why.
        """
        if not by.strip() or not reason.strip():
            raise TargetError("this needs a person (BY=...) and a reason (REASON=...): both are recorded")
        for name, target in self.targets.items():
            known = [manifest.version for manifest in target.versions()]
            if version not in known:
                raise TargetError(f"{name}: no version {version!r}; known: {', '.join(known) or 'none'}")
        was = {name: live.version for name, target in self.targets.items() if (live := target.live())}
        behind = {name: target for name, target in self.targets.items() if was.get(name) not in {None, version}}
        if not behind:
            raise TargetError(f"version {version} is live already")
        now = datetime.now(UTC).replace(tzinfo=None)
        for target in behind.values():
            target.rollback(version, by=by, reason=reason, now=now)
        return [f"{name}: {was[name]} -> {version}, by {by}: {reason}" for name in behind]


def columns_waiting(publications: Mapping[str, Publication]) -> list[str]:
    """Columns, as table.column, that the file shows and the server not yet: a reader's open transaction held their table."""
    if SERVER not in publications:
        return []
    there = publications[SERVER].manifest.tables
    return [
        f"{name}.{column}"
        for name, facts in publications[FILE].manifest.tables.items()
        for column in facts.columns
        if name in there and column not in there[name].columns
    ]


def last_good(settings: Settings) -> str:
    """The file's live version in words."""
    live = open_target("", home=settings.home).live()
    return f"{live.version}, published {live.published_at:%Y-%m-%d %H:%M} UTC" if live else "none yet"


def _named(name: str, act: Callable[[], Result]) -> Result:
    try:
        return act()
    except TargetError as error:
        raise TargetError(f"{name}: {error}") from None
