"""A session with a PostgreSQL server over ADBC. Its errors carry a class of error, never a value, a row or a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adbc_driver_manager import Error as AdbcError
from adbc_driver_postgresql import dbapi

from quality.connections import identifier, quoted
from quality.publication.targets.target import TargetError, TargetUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

CONNECT_SECONDS = 10
LOCK_WAIT = "2s"  # what a change may wait for readers, who must not wait for it
# Lock timeout, statement timeout, and another partition of the table that is still being detached.
GIVES_WAY = ("55P03", "57014", "55000")


class Session:
    """One connection in autocommit: each statement is a transaction of its own."""

    def __init__(self, url: str) -> None:
        try:
            self._connection = dbapi.connect(_bounded(url), autocommit=True)
            self.run(f"set lock_timeout = '{LOCK_WAIT}'")
            self.run("set client_min_messages = warning")
            self.run("set timezone = 'UTC'")
        except (AdbcError, TargetError):
            raise TargetUnavailableError(
                "the PostgreSQL server of CX_WAREHOUSE cannot be reached or refuses the log-in"
            ) from None

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self.rows(statement, parameters)

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows where it has any. Raises TargetError with the server's code alone."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement, tuple(parameters) or None)
                return list(cursor.fetchall()) if cursor.description else []
        except AdbcError as error:
            raise ServerError(_code(error), statement) from None

    def attempt(self, statement: str) -> bool:
        """Run a statement that may give way to readers; False where it did."""
        try:
            self.run(statement)
        except ServerError as error:
            if error.code in GIVES_WAY:
                return False
            raise
        return True

    def ingest(self, schema: str, table: str, batches: Any) -> None:
        """COPY Arrow batches into a table as they come."""
        try:
            with self._connection.cursor() as cursor:
                cursor.adbc_ingest(table, batches, mode="append", db_schema_name=schema)
        except AdbcError as error:
            raise ServerError(_code(error), f"copy {table}") from None

    def make_schema(self, schema: str) -> None:
        """Make a schema that is not there. Even `if not exists` asks for a right that the owner of a given one may lack."""
        if not self.rows(f"select 1 from pg_namespace where nspname = {quoted(schema)}"):
            self.run(f"create schema if not exists {identifier(schema)}")

    def columns(self, schema: str, table: str) -> dict[str, str]:
        """Columns of a table or view with their types, in order; none where it is not there."""
        found = self.rows(
            "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "
            f"where attrelid = to_regclass({quoted(identifier(schema) + '.' + identifier(table))}) "
            "and attnum > 0 and not attisdropped order by attnum"
        )
        return dict(found)


class ServerError(TargetError):
    """The server refused a statement. Its own text may quote rows, so the first words of the statement stand for it."""

    def __init__(self, code: str, statement: str) -> None:
        self.code = code
        super().__init__(f"PostgreSQL refused `{' '.join(statement.split()[:4])} ...` ({code})")


def _bounded(url: str) -> str:
    """A server that does not answer at all must not hold up the night for minutes; a limit in the URL wins."""
    if "connect_timeout=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}connect_timeout={CONNECT_SECONDS}"


def _code(error: AdbcError) -> str:
    return str(getattr(error, "sqlstate", None) or type(error).__name__)
