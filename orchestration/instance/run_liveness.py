"""Which runs are alive: each holds a lock on a file of its own, and the kernel frees it however the process ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.settings import Settings


@contextmanager
def alive(settings: Settings, run_id: str) -> Iterator[None]:
    """Mark a run as alive until it ended or its process did. The mark of one that broke off stays."""
    mark = _marks(settings) / run_id
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = mark.with_suffix(".tmp")
    with making.open("w") as held:
        # Locked under another name first: whoever sees the mark finds it locked.
        fcntl.flock(held, fcntl.LOCK_EX)
        making.replace(mark)
        yield
        # Not where it broke off: Dagster may not have been able to note that.
        mark.unlink(missing_ok=True)


def dead(settings: Settings) -> list[str]:
    """Ids of the runs that were marked as alive and whose process is gone."""
    return sorted(mark.name for mark in _marks(settings).glob("*") if not mark.suffix and not _is_held(mark))


def bury(settings: Settings, run_id: str) -> None:
    """Take away the mark of a dead run."""
    (_marks(settings) / run_id).unlink(missing_ok=True)


def _marks(settings: Settings) -> Path:
    return settings.dagster_home / "alive"


def _is_held(mark: Path) -> bool:
    try:
        with mark.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):  # it ended meanwhile, or lives
        return True
    return False
