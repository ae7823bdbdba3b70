"""Files of a dropped folder that were not read, noted beside what is landed of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ingestion.landing import atomic_files

FILE = "ignored_files.json"


class IgnoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """`is_meant` where its name all but says that it should have been read."""

    name: str
    reason: str
    is_meant: bool = False


class IgnoredFiles(msgspec.Struct, frozen=True, kw_only=True):
    """What the last listing of a folder did not read, of how many files."""

    files: tuple[IgnoredFile, ...]
    listed: int


def write(root: Path, source: str, found: IgnoredFiles) -> None:
    path, content = root / source / FILE, msgspec.json.encode(found, order="sorted")
    if not path.exists() or path.read_bytes() != content:
        atomic_files.write(path, content)


def read(root: Path, source: str) -> IgnoredFiles:
    path = root / source / FILE
    return (
        msgspec.json.decode(path.read_bytes(), type=IgnoredFiles) if path.exists() else IgnoredFiles(files=(), listed=0)
    )
