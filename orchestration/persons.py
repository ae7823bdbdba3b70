"""The installation's secret salt: what hashes persons in published tables and in tombstones, so that no list of addresses undoes it.

`$CX_HOME/person_salt`, mode 0600, made once. Whoever loses it loses the link between old and new hashes, and the tombstones.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from orchestration.settings import Settings

SALT = "person_salt"


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
            os.link(passing, path)  # never over a salt that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            passing.unlink()
    return path


def salt(settings: Settings) -> bytes:
    return salt_file(settings).read_bytes()


def mark(settings: Settings) -> str:
    """What of the salt decides the published tables, to be told: nothing where persons are not hashed."""
    return hashlib.sha256(b"mark:" + salt(settings)).hexdigest()[:12] if settings.hash_persons else ""
