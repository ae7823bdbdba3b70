"""From the setting that names a warehouse to the target behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from quality.publication.targets.target import Readers, Target


def open_target(setting: str, *, home: Path, keep: int = 14, readers: Readers = "owner") -> Target:
    """The target a setting names: empty or `duckdb` for the file in `home/warehouse`, `postgresql://...` for a server.

    `readers` says who may read the file's versions; a server has grants for that.
    """
    if setting in {"", "duckdb"}:
        from quality.publication.targets.duckdb_file import DuckDBFile  # noqa: PLC0415 - each target brings its own driver

        return DuckDBFile(home / "warehouse", keep=keep, readers=readers)
    if setting.startswith(("postgresql://", "postgres://")):
        from quality.publication.targets.postgres import Postgres  # noqa: PLC0415 - each target brings its own driver

        return Postgres(setting, spill=home / "build", keep=keep)
    raise ValueError(f"unknown warehouse {setting.split(':', 1)[0]!r}; known: duckdb, postgresql://...")
