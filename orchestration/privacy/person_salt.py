"""The installation's secret salt: what hashes persons in published tables and in tombstones, so that no list of addresses undoes it.

`$CX_HOME/person_salt`, mode 0600, made once. Whoever loses it loses the link between old and new hashes, and the tombstones.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from ingestion.landing import atomic_files
from ingestion.privacy.tombstones import Tombstones
from orchestration.settings import Settings

SALT = "person_salt"
ERASED = "erased_before"
UNFINISHED = "unfinished"


def salt_file(settings: Settings) -> Path:
    """The file, made where it is missing. The demo company's people are invented: they hash alike everywhere."""
    path = settings.home / SALT
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        passing = path.with_name(f".{SALT}.{os.getpid()}")
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, b"demo" if settings.is_demo else secrets.token_hex(32).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            with contextlib.suppress(FileExistsError):  # never over a salt that another process made meanwhile
                os.link(passing, path)
        finally:
            passing.unlink()
    return path


def salt(settings: Settings) -> bytes:
    return salt_file(settings).read_bytes()


def mark(settings: Settings) -> str:
    """What of the salt decides the published tables, to be told: nothing where persons are not hashed."""
    return hashlib.sha256(b"mark:" + salt(settings)).hexdigest()[:12] if settings.hash_persons else ""


def open_erasure(settings: Settings) -> Path:
    """What an erasure is at, while it is under way or was interrupted; no such file else."""
    return settings.erasures / "open.json"


def note_erasures(settings: Settings, folder: Path) -> None:
    """Write down beside a build, before it reads anything, which erasures it knows of."""
    atomic_files.write(folder / ERASED, _erasures(settings).encode())


def erased_since(settings: Settings, folder: Path) -> str:
    """Why a build may be published no more: it may hold somebody who was erased after it had begun to read. Empty: it doesn't.

    An erasure says what it is at, then writes its tombstones, then waits for the warehouse's lock: asked under that lock, this
    can't miss one.
    """
    noted = folder / ERASED
    known = noted.read_text() if noted.exists() else ""
    if known == UNFINISHED:
        return "An erasure was not at its end when this night began to build. Run `make erase` to its end, then the night again."
    if known != _erasures(settings):
        return "Somebody was erased while this night was running: its build still holds them. Run the night again."
    return ""


def _erasures(settings: Settings) -> str:
    if open_erasure(settings).exists():
        return UNFINISHED
    path = Tombstones.load(settings.raw).path
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none"
