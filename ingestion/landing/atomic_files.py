"""Files that are there whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

TEMPORARY = ".tmp-"


def make_private(folder: Path) -> None:
    """The folder and its missing parents, mode 0700."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write(path: Path, content: bytes | memoryview) -> None:
    """Put `content` at `path` atomically: a reader, or a crash, meets the old file or the new one."""
    make_private(path.parent)
    temporary = path.with_name(f"{path.name}{TEMPORARY}{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    temporary.replace(path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> int:
    """Remove what a dead writer left half-written. The caller holds the lock of the folder."""
    leftovers = list(folder.rglob(f"*{TEMPORARY}*")) if folder.exists() else []
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    return len(leftovers)
