"""Where a publication becomes visible: a target makes all tables of a version readable at one instant, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from quality.publication.build_snapshot import BuildSnapshot
    from quality.publication.manifest import Manifest, TableChange


Readers = Literal["owner", "group", "all"]


class TargetError(RuntimeError):
    """A target could not do what it was asked; what readers see is unchanged. The text holds no secret and no value."""


class TargetUnavailableError(TargetError):
    """The target cannot be written at all: not there, no permission, no space."""


class TargetBusyError(TargetError):
    """Another publisher holds the target."""


class RolledBackError(TargetError):
    """The run was published and taken back by a person; publishing it again must be said aloud."""


@dataclass(frozen=True)
class Publication:
    """What publishing did. `is_new` is False where the run was live already."""

    version: str
    run_id: str
    manifest: Manifest
    is_new: bool
    location: str  # what a reader opens, without a secret


class Target(Protocol):
    def preflight(self, needed_bytes: int = 0) -> None:
        """Raise TargetUnavailableError where publishing would fail anyway: before the heavy work, not after it."""

    def lacking_rights(self) -> list[str]:
        """What publishing needs and the user of the setting may not do, in words; after `preflight`."""

    def live(self) -> Manifest | None: ...

    def versions(self) -> list[Manifest]:
        """What can be rolled back to, newest first."""

    def diff(self, old: str, new: str) -> list[TableChange]: ...

    def rollback(self, version: str, *, by: str, reason: str, now: datetime) -> Manifest:
        """Make an older version the current one, and note who did it and why."""

    def publish(self, snapshot: BuildSnapshot, page: Path, *, again: bool = False) -> Publication: ...
