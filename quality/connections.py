"""How the gate opens DuckDB files: to read, with bounded memory, and with no way out to other files or the network."""

from __future__ import annotations

from pathlib import Path

import duckdb


class BuildInUseError(RuntimeError):
    """A writer still holds the build: a file that changes cannot be judged or published."""


def quoted(text: str | Path) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def open_read_only(
    path: str | Path, *, memory: str = "1GB", spill: str | Path = "", allowed: str | Path = ""
) -> duckdb.DuckDBPyConnection:
    """Open `path` to read. `allowed` is the one folder beside it that views may read; everything else is out of reach."""
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except (duckdb.IOException, duckdb.ConnectionException) as error:
        if Path(path).exists() and ("lock" in str(error) or "different configuration" in str(error)):
            raise BuildInUseError(
                f"{path} is still open for writing; close it before it is judged or published"
            ) from error
        raise
    if connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
        return connection  # a second connection of this process to the same file shares the first one's settings
    for setting in settings(memory=memory, spill=spill):
        connection.execute(setting)
    if allowed:
        connection.execute(f"set allowed_directories = [{quoted(allowed)}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def settings(*, memory: str, spill: str | Path = "") -> list[str]:
    """Statements that bound a connection: memory, where it may spill, and no extension fetched from the network."""
    return [
        f"set memory_limit = {quoted(memory)}",
        *([f"set temp_directory = {quoted(spill)}"] if spill else []),
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set enable_progress_bar = false",
        "set timezone = 'UTC'",
    ]
