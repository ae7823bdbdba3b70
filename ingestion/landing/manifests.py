"""What is known of a part without opening it: counts, content hash, watermark, origin."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ingestion.landing import atomic_files

FOOTER_KEY = b"landing_manifest"
FILE_NAME = "data.manifest.json"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One part. `content` hashes the sorted keys, versions and records; it does not depend on when they were read.

    received, kept, duplicate, quarantined, foreign and requests are those of the last run that changed the part.
    sha256 is of the data file, and stands in the manifest beside it alone.
    """

    source: str
    table: str
    part: str
    kind: str
    run_id: str = ""
    extracted_at: str = ""
    api_version: str = ""
    origin: str = ""
    file: str = ""
    rows: int = 0
    min_version: int | None = None
    max_version: int | None = None
    content: str = ""
    schema: str = ""
    record_keys: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()
    watermark: str = ""
    received: int = 0
    kept: int = 0
    duplicate: int = 0
    quarantined: int = 0
    foreign: int = 0
    requests: int = 0
    retries: dict[str, int] = {}
    complete: bool = True
    sha256: str = ""


def encode(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=2) + b"\n"


def write(folder: Path, manifest: Manifest) -> None:
    atomic_files.write(folder / FILE_NAME, encode(manifest))


def read(folder: Path) -> Manifest | None:
    """The manifest beside a part; None when a crash left the part without one."""
    path = folder / FILE_NAME
    return msgspec.json.decode(path.read_bytes(), type=Manifest) if path.exists() else None
