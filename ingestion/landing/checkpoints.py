"""Where an open sweep goes on after its process died, and the lock that keeps a second writer out."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ingestion.contract import LandingLocked
from ingestion.landing import atomic_files


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Everything before `cursor` is landed. `since` is the start of the sweep, ISO, UTC."""

    run_id: str
    origin: str
    since: str
    cursor: str
    page: int


def path(root: Path, source: str, stream: str) -> Path:
    return root / "_work" / source / stream / "checkpoint.json"


def read(root: Path, source: str, stream: str) -> Checkpoint | None:
    place = path(root, source, stream)
    return msgspec.json.decode(place.read_bytes(), type=Checkpoint) if place.exists() else None


def write(root: Path, source: str, stream: str, checkpoint: Checkpoint) -> None:
    atomic_files.write(path(root, source, stream), msgspec.json.encode(checkpoint))


def clear(root: Path, source: str, stream: str) -> None:
    place = path(root, source, stream)
    if place.exists():
        atomic_files.remove(place)


@contextmanager
def lock(root: Path, source: str) -> Iterator[None]:
    """One writer per source. The kernel lets go of the lock when its process ends, however it ends."""
    folder = root / "_work" / source
    atomic_files.make_private(folder)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LandingLocked(f"{source} is being extracted by another process; wait for it to end") from None
        yield
    finally:
        os.close(handle)
