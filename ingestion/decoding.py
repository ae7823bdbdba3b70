"""Records to Arrow: one typed struct per table, built from its columns; columns are read, not rows.

A record that breaks its envelope (a key that is missing, a field of another type) is rejected with a reason that quotes
nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from ingestion.columns import ARROW_TYPES, Column, Form
from ingestion.contract import Record, Table
from ingestion.privacy.redaction import Redaction

# Text of a vendor may also be a bare number.
LEAVES: dict[Form, Any] = {
    "text": str | int | None,
    "id": str | int | None,
    "json": msgspec.Raw,
    "integer": int | None,
    "number": float | None,
    "decimal": Decimal | None,
    "boolean": bool | None,
    "instant": datetime | None,
    "epoch": float | int | None,
    "date": date | None,
}
# Keys are compared on a sample of a page's records where nothing is redacted.
SAMPLED = 50
GONE = "field is missing or empty"
UNREAD = "value cannot be read, or is out of range"
UNREADABLE = (ValueError, ArithmeticError, RecursionError, TypeError, msgspec.MsgspecError, pa.ArrowException)
# Seconds since 1970 of the first and the last moment that a date can name.
EARLIEST, LATEST = -62_135_596_800, 253_402_300_799


class Rejected(NamedTuple):
    """`row` counts from 0 in the page; `reason` quotes nothing of the record."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """The envelope columns, the redacted records and their rows in the page; and what was rejected."""

    envelope: pa.Table
    raws: list[bytes]
    rows: list[int]
    rejected: list[Rejected] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


class _Node:
    """What is known of one field of the record: forms read from it, fields read inside it."""

    def __init__(self) -> None:
        self.forms: set[Form] = set()
        self.inside: dict[str, _Node] = {}


class Decoder:
    """Decodes the records of one table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._redaction = Redaction(table.redact)
        self._decode = _decoder(table.name, table.columns)
        # JSON columns whose text is redacted are read from the redacted record.
        self._redacted = tuple(
            column
            for column in table.columns
            if column.form == "json" and any(path.split(".")[0] in self._redaction.roots for path in column.paths)
        )
        self._decode_redacted = _decoder(table.name, self._redacted) if self._redacted else None

    def decode(self, records: Sequence[Record]) -> Decoded:
        """Halved until the record that cannot be read at all stands alone, so that the others pay for it but little."""
        try:
            return self._decoded(records)
        except UNREADABLE:
            if len(records) == 1:
                rejected = [Rejected(0, self._culprit(records[0]), UNREAD)]
                return Decoded(self._table.schema.empty_table(), [], [], rejected)
        half = len(records) // 2
        return _joined(self.decode(records[:half]), self.decode(records[half:]), half)

    def _culprit(self, record: Record) -> str:
        """The first column whose value fits no type; `record` where it is the whole."""
        try:
            struct = self._decode(record.raw)
        except UNREADABLE:
            return "record"
        for column in self._table.columns:
            try:
                _array(_values(column, [struct], [record]), column.form)
            except UNREADABLE:
                return column.name
        return "record"

    def _decoded(self, records: Sequence[Record]) -> Decoded:
        # Parts of a record that no column reads are kept as text too.
        pa.array([record.raw for record in records], pa.binary()).cast(pa.string())
        structs, rows, rejected = self._structs([record.raw for record in records])
        columns = {
            column.name: _values(column, structs, [records[row] for row in rows]) for column in self._table.columns
        }
        table = self._table
        placed = (*table.key, table.version, table.window)
        needed = [column for column in table.columns if column.is_required or column.name in placed]
        gone = {
            index: column.name
            for column in reversed(needed)
            for index, value in enumerate(columns[column.name])
            if value is None or value == ""
        }
        if gone:
            rejected.extend(Rejected(rows[index], name, GONE) for index, name in gone.items())
            columns = {
                name: [value for index, value in enumerate(values) if index not in gone]
                for name, values in columns.items()
            }
            rows = [row for index, row in enumerate(rows) if index not in gone]
        keys: set[str] = set()
        raws = [records[row].raw for row in rows]
        if self._redaction.roots:
            raws = [self._redaction.apply(raw, keys) for raw in raws]
        else:
            for raw in raws[:: max(1, len(raws) // SAMPLED)]:
                self._redaction.apply(raw, keys)
        if self._decode_redacted is not None:
            again = [self._decode_redacted(raw) for raw in raws]
            columns.update({column.name: _values(column, again, []) for column in self._redacted})
        arrays = [_array(columns[column.name], column.form) for column in self._table.columns]
        return Decoded(pa.table(arrays, schema=self._table.schema), raws, rows, sorted(rejected), keys)

    def _structs(self, raws: list[bytes]) -> tuple[list[Any], list[int], list[Rejected]]:
        with suppress(msgspec.DecodeError):
            return [self._decode(raw) for raw in raws], list(range(len(raws))), []
        structs, rows, rejected = [], [], []
        for row, raw in enumerate(raws):
            try:
                structs.append(self._decode(raw))
                rows.append(row)
            except msgspec.DecodeError as error:
                reason, _, path = str(error).partition(" - at ")
                rejected.append(Rejected(row, path.strip("`").removeprefix("$.") or "record", reason))
        return structs, rows, rejected


def _joined(first: Decoded, second: Decoded, offset: int) -> Decoded:
    """Two halves of a page; rows of the second are counted on from `offset`."""
    return Decoded(
        pa.concat_tables([first.envelope, second.envelope]),
        [*first.raws, *second.raws],
        [*first.rows, *(row + offset for row in second.rows)],
        [*first.rejected, *(one._replace(row=one.row + offset) for one in second.rejected)],
        first.keys | second.keys,
    )


def _decoder(name: str, columns: Sequence[Column]) -> Callable[[bytes], Any]:
    root = _Node()
    for column in columns:
        for path in column.paths:
            node = root
            for step in path.split("."):
                node = node.inside.setdefault(step, _Node())
            node.forms.add(column.form)
    return msgspec.json.Decoder(_struct(name, root)).decode


def _struct(name: str, node: _Node) -> type[msgspec.Struct]:
    fields = [(f"k_{key}", _type(f"{name}_{key}", child), None) for key, child in node.inside.items()]
    return msgspec.defstruct(name, fields, rename={f"k_{key}": key for key in node.inside}, frozen=True, gc=False)


def _type(name: str, node: _Node) -> Any:
    if "id" in node.forms:
        # An expandable field is an id, or the object with its id.
        node.inside.setdefault("id", _Node()).forms.add("text")
        return str | int | _struct(name, node) | None
    if node.inside:
        return str | int | bool | _struct(name, node) | None
    (form,) = node.forms
    return LEAVES[form]


def _values(column: Column, structs: list[Any], records: list[Record]) -> list[Any]:
    if not column.paths:
        return [record.parent.get(column.name) for record in records]
    found = _walk(structs, column.paths[0])
    for path in column.paths[1:]:
        if None in found:
            found = [
                first if first is not None else other for first, other in zip(found, _walk(structs, path), strict=True)
            ]
    if column.form == "id":
        return [getattr(value, "k_id", None) if isinstance(value, msgspec.Struct) else value for value in found]
    return found


def _walk(structs: list[Any], path: str) -> list[Any]:
    first, *rest = path.split(".")
    # The first step is always there; below it a value may be None or a bare id.
    values = list(map(attrgetter(f"k_{first}"), structs))
    for step in rest:
        name = f"k_{step}"
        values = [None if value is None else getattr(value, name, None) for value in values]
    return values


def _array(values: list[Any], form: Form) -> pa.Array:
    match form:
        case "text" | "id":
            return _texts(values)
        case "json":
            texts = [None if value is None else bytes(value).decode() for value in values]
            found = pa.array([None if text == "null" else text for text in texts], pa.string())
        case "instant":
            aware = [value if value is None or value.tzinfo else value.replace(tzinfo=UTC) for value in values]
            found = pa.array(aware, pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
        case "epoch":
            if any(value is not None and not EARLIEST <= value <= LATEST for value in values):
                raise OverflowError("no moment that a date can name")
            micros = [None if value is None else round(value * 1_000_000) for value in values]
            found = pa.array(micros, pa.int64()).cast(pa.timestamp("us"))
        case "decimal":
            texts = [None if value is None else str(value) for value in values]
            found = pa.array(texts, pa.string()).cast(ARROW_TYPES[form])
        case "number":
            if not all(value is None or isfinite(value) for value in values):
                raise OverflowError("no finite number")
            found = pa.array(values, ARROW_TYPES[form])
        case _:
            found = pa.array(values, ARROW_TYPES[form])
    return found


def _texts(values: list[Any]) -> pa.Array:
    """Text or whole numbers as text; a column is nearly always one of the two."""
    for kind in (pa.string(), pa.int64()):
        try:
            return pa.array(values, kind).cast(pa.string())
        except (pa.ArrowTypeError, pa.ArrowInvalid):
            continue
    return pa.array([None if value is None else str(value) for value in values], pa.string())
