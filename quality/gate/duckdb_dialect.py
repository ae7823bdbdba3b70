"""A small SQLAlchemy dialect over DuckDB, for Great Expectations alone.

It calls itself `postgresql`, because that is the SQL Great Expectations knows how to write and DuckDB how to read. Results are
buffered at execution: Great Expectations closes the pooled connection before it fetches, and a DuckDB result dies with it.
To be deleted when Great Expectations has an engine for DuckDB of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
from sqlalchemy import pool, types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect

from quality.connections import open_read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import URL

SCHEME = "postgresql+cxduckdb"

# A type that is not here (list, struct, interval, utinyint, ...) reads as VARCHAR: one odd column must not break its table.
TYPES: dict[str, type[types.TypeEngine[Any]]] = {
    "BOOLEAN": types.BOOLEAN,
    "SMALLINT": types.SMALLINT,
    "INTEGER": types.INTEGER,
    "BIGINT": types.BIGINT,
    "HUGEINT": types.BIGINT,
    "FLOAT": types.FLOAT,
    "DOUBLE": types.DOUBLE_PRECISION,
    "DATE": types.DATE,
    "TIMESTAMP": types.TIMESTAMP,
    "DECIMAL": types.NUMERIC,
    "VARCHAR": types.VARCHAR,
}


class BufferedCursor:
    """A DB-API cursor that has read its whole result when `execute` returns. Gate queries return a few rows each."""

    arraysize = 1

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> BufferedCursor:
        result = self._connection.execute(statement, list(parameters))
        self.description = result.description
        self._rows = result.fetchall() if self.description else []
        return self

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class Connection:
    """A DB-API connection that only reads: there is nothing to commit, and a rollback has nothing to undo."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        return BufferedCursor(self._connection)

    def commit(self) -> None:
        """Nothing is written."""

    def rollback(self) -> None:
        """Nothing is written."""

    def close(self) -> None:
        self._connection.close()


class Compiler(PGCompiler):
    """DuckDB's `~` matches the whole string, PostgreSQL's a part of it."""

    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        if operator.opstring in {"~", "!~"}:
            text, pattern = self.process(element.left, **kw), self.process(element.right, **kw)
            return f"{'NOT ' if operator.opstring == '!~' else ''}regexp_matches({text}, {pattern})"
        return str(super().visit_custom_op_binary(element, operator, **kw))  # type: ignore[no-untyped-call]


class DuckDBDialect(PGDialect):
    driver = "cxduckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_sane_rowcount = False
    statement_compiler = Compiler

    @classmethod
    def import_dbapi(cls) -> Any:
        return duckdb

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:  # noqa: ARG003 - SQLAlchemy's signature
        return pool.StaticPool

    def create_connect_args(self, url: URL) -> Any:
        return [], {"path": url.database, **url.query}

    def connect(self, *_: Any, **options: Any) -> Any:
        return Connection(open_read_only(**options))

    def initialize(self, connection: Any) -> None:  # noqa: ARG002 - PostgreSQL's asks for server facts DuckDB lacks
        self.server_version_info = (14,)  # type: ignore[assignment]
        self.default_schema_name = "main"

    def on_connect(self) -> None:
        return None

    def do_ping(self, dbapi_connection: Any) -> bool:
        dbapi_connection.cursor().execute("select 1")
        return True

    def get_schema_names(self, connection: Any, **_: Any) -> list[str]:
        return list(connection.exec_driver_sql("select distinct schema_name from duckdb_schemas()").scalars())

    def get_table_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        return _names(connection, "BASE TABLE", schema)

    def get_view_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        return _names(connection, "VIEW", schema)

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> bool:
        return bool(self.get_columns(connection, table_name, schema))

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        found = connection.exec_driver_sql(
            "select column_name, data_type, is_nullable from information_schema.columns "
            "where table_name = ? and table_schema = ? order by ordinal_position",
            (str(table_name), schema or "main"),
        )
        return [
            {"name": name, "type": _type(text), "nullable": nullable == "YES", "default": None, "autoincrement": False}
            for name, text, nullable in found
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> list[Any]:
        return []

    get_indexes = get_unique_constraints = get_check_constraints = get_foreign_keys


def _names(connection: Any, kind: str, schema: str | None) -> list[str]:
    query = "select table_name from information_schema.tables where table_type = ? and table_schema = ? order by 1"
    return list(connection.exec_driver_sql(query, (kind, schema or "main")).scalars())


def _type(text: str) -> types.TypeEngine[Any]:
    name, _, arguments = text.partition("(")
    if name == "DECIMAL":
        precision, scale = arguments.rstrip(")").split(",")
        return types.NUMERIC(int(precision), int(scale))
    return TYPES.get(name, types.VARCHAR)()


registry.register("postgresql.cxduckdb", __name__, DuckDBDialect.__name__)
