"""One version's tables in PostgreSQL: a partition per table, loaded by COPY over Arrow, checked, and attached.

A partition is complete, indexed and analysed before it is attached, and attached before the pointer says it is live. Attaching
takes no lock that a reader's transaction holds up.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from quality.connections import identifier, quoted
from quality.publication.targets.target import TargetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quality.publication.build_snapshot import BuildSnapshot
    from quality.publication.release import PublishedTable
    from quality.publication.targets.postgres_session import Session

STORE = "cx_store"  # where the rows are; people read the views
NUMBER = "version_number"  # the partition key
BATCH = 50_000  # rows per Arrow batch
TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(38,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}


def stored_type(kind: str) -> str:
    """The PostgreSQL type of a DuckDB type; what has no counterpart (JSON, lists, ...) is stored as text."""
    if found := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        return f"numeric({found[1]},{found[2]})"
    return TYPES.get(kind, "text")


def partition(table: str, number: int) -> str:
    # A name in PostgreSQL has 63 bytes at most; the number is what must survive.
    return f"{table[:48]}__v{number}"


class VersionTables:
    """The tables of the version `number` that is being made of a snapshot."""

    def __init__(self, session: Session, snapshot: BuildSnapshot, number: int) -> None:
        self.session, self.snapshot, self.number = session, snapshot, number

    def load(self, table: PublishedTable) -> Mapping[str, str]:
        """Make, fill, check, index and attach the partition of one table; returns the columns it holds, with types of DuckDB."""
        columns = self.snapshot.columns(table.name)
        stored = self._parent(table, columns)
        loaded = {name: kind for name, kind in columns.items() if name in stored}
        name, parent = partition(table.name, self.number), f"{STORE}.{identifier(table.name)}"
        whole = f"{STORE}.{identifier(name)}"
        check = f"check ({NUMBER} = {self.number})"  # with it, attaching needs no scan
        self.session.run(f"create table {whole} (like {parent} including defaults including comments, {check})")
        self._copy(table, name, loaded)
        self._compare(table, whole, loaded)
        if keys := [key for key in table.key if key in loaded]:
            self.session.run(f"create index on {whole} ({', '.join(identifier(key) for key in keys)})")
        self.session.run(f"analyze {whole}")
        self.session.run(f"alter table {parent} attach partition {whole} for values in ({self.number})")
        return loaded

    def show(self, table: PublishedTable) -> Mapping[str, str]:
        """The view people read; returns its columns. It is made once and only ever gains some: grants and views on it survive."""
        schema, view = self.snapshot.release.schema, identifier(table.name)
        stored = self.session.columns(STORE, table.name)
        wanted = [name for name in stored if name != NUMBER]
        existing = self.session.columns(schema, table.name)
        if list(existing) != wanted:
            listed = ", ".join(
                identifier(name) for name in [*existing, *(name for name in wanted if name not in existing)]
            )
            pointer = f"(select {NUMBER} from {STORE}._current)"
            query = f"select {listed} from {STORE}.{view} where {NUMBER} = {pointer}"
            # A reader's open transaction may hold the view: then the new column waits for another night.
            self.session.attempt(f"create or replace view {identifier(schema)}.{view} as {query}")
        shown = self.session.columns(schema, table.name)
        self.session.attempt(f"comment on view {identifier(schema)}.{view} is {quoted(table.description)}")
        for column, text in table.columns.items():
            if column in shown:
                self.session.attempt(
                    f"comment on column {identifier(schema)}.{view}.{identifier(column)} is {quoted(text)}"
                )
        return shown

    def _parent(self, table: PublishedTable, columns: Mapping[str, str]) -> Mapping[str, str]:
        """The partitioned table all versions share. It gains columns; one that changed its type is refused."""
        parent = f"{STORE}.{identifier(table.name)}"
        stored = self.session.columns(STORE, table.name)
        if not stored:
            listed = ", ".join(f"{identifier(name)} {stored_type(kind)}" for name, kind in columns.items())
            self.session.run(f"create table {parent} ({NUMBER} bigint not null, {listed}) partition by list ({NUMBER})")
            self.session.run(f"comment on table {parent} is {quoted(table.description)}")
            return self.session.columns(STORE, table.name)
        for name, kind in columns.items():
            if name not in stored:
                self.session.attempt(f"alter table {parent} add column {identifier(name)} {stored_type(kind)}")
            elif stored[name] != stored_type(kind):
                raise TargetError(
                    f"{table.name}.{name} is {stored[name]} in the warehouse and {stored_type(kind)} in the build; a column "
                    "that changes its type needs a new name, or its table dropped by hand"
                )
        return self.session.columns(STORE, table.name)

    def _copy(self, table: PublishedTable, name: str, columns: Mapping[str, str]) -> None:
        listed = ", ".join(f"{_readable(column, kind)} as {identifier(column)}" for column, kind in columns.items())
        ordered = self.snapshot.select(table)
        found = self.snapshot.connection.sql(f"select {self.number}::bigint as {NUMBER}, {listed} from ({ordered})")
        self.session.ingest(STORE, name, found.to_arrow_reader(BATCH))

    def _compare(self, table: PublishedTable, whole: str, columns: Mapping[str, str]) -> None:
        """Rows, values per column, and sums or lengths where they are exact, on both sides."""
        relation = f"({self.snapshot.select(table)})"
        there = self.session.rows(f"select {_fingerprint(columns, 'octet_length')} from {whole}")[0]
        here = self.snapshot.connection.execute(
            f"select {_fingerprint(columns, 'strlen')} from {relation} as t"
        ).fetchall()[0]
        if [_number(value) for value in there] != [_number(value) for value in here]:
            raise TargetError(f"{table.name} reads back differently from PostgreSQL")


def _readable(column: str, kind: str) -> str:
    """A column as PostgreSQL can take it: no NUL in a text, no type it lacks."""
    stored = stored_type(kind)
    if stored == "text":
        return f"replace({identifier(column)}::varchar, chr(0), '')"
    return f"{identifier(column)}::decimal(38,0)" if kind == "HUGEINT" else identifier(column)


def _fingerprint(columns: Mapping[str, str], length: str) -> str:
    parts = ["count(*)"]
    for column, kind in columns.items():
        name, stored = identifier(column), stored_type(kind)
        parts.append(f"count({name})")
        if stored == "text":
            parts.append(f"cast(sum({length}({_readable(column, kind) if length == 'strlen' else name})) as text)")
        elif stored == "boolean":
            parts.append(f"count(*) filter (where {name})")
        elif stored == "date":
            parts.append(f"cast(sum({name} - date '2000-01-01') as text)")
        elif stored.startswith("timestamp"):
            exact = f"epoch_us({name})" if length == "strlen" else f"extract(epoch from {name}) * 1000000"
            parts.append(f"cast(sum({exact}) as text)")
        elif stored in {"smallint", "integer", "bigint"} or stored.startswith("numeric"):
            parts.append(f"cast(sum({name}) as text)")
    return ", ".join(parts)


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
