"""Columns of an envelope: name, Arrow type, where the value stands in the record, and whose data it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

# none: says nothing about a person; pseudonym: a person's id; contact: name or address of a person;
# free_text: may hold anything somebody wrote.
Pii = Literal["none", "pseudonym", "contact", "free_text"]
Form = Literal["text", "id", "json", "integer", "number", "decimal", "boolean", "instant", "epoch", "date"]

ARROW_TYPES: dict[Form, pa.DataType] = {
    "text": pa.string(),
    "id": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "decimal": pa.decimal128(38, 12),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us"),
    "epoch": pa.timestamp("us"),
    "date": pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """`paths` are tried in order, dots descend; an empty tuple means the record's parent says it.

    choices  the only values that the cell may hold; empty: any
    """

    name: str
    form: Form
    description: str
    paths: tuple[str, ...]
    pii: Pii = "none"
    is_required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def field(self) -> pa.Field:
        metadata = {"description": self.description, "pii": self.pii}
        return pa.field(self.name, ARROW_TYPES[self.form], metadata=metadata)


def column(form: Form, name: str, description: str, *paths: str, pii: Pii = "none", required: bool = False) -> Column:
    """A column read from `paths`, by default from the key of its own name."""
    return Column(name, form, description, paths or (name,), pii, required)


def inherited(form: Form, name: str, description: str, *, pii: Pii = "none") -> Column:
    """A column that the enclosing object says, not the record itself."""
    return Column(name, form, description, (), pii)


def _technical(name: str, kind: pa.DataType, description: str, pii: str = "none") -> pa.Field:
    return pa.field(name, kind, metadata={"description": description, "pii": pii})


# What every landed row says of itself, after the envelope.
TECHNICAL = pa.schema(
    [
        _technical("_raw", pa.string(), "The record's JSON, redacted as declared", "free_text"),
        _technical("_extracted_at", pa.timestamp("us"), "UTC time of the run"),
        _technical("_run_id", pa.string(), "Run that landed the row"),
        _technical("_page", pa.int32(), "Page of the sweep, from 1"),
        _technical("_row", pa.int32(), "Row of the page, from 1; of a dropped file its line"),
        _technical("_api_version", pa.string(), "Version of the vendor's API"),
        _technical("_deleted", pa.bool_(), "The vendor said the record is gone"),
        _technical("_version", pa.int64(), "Epoch microseconds, higher wins"),
        _technical("_origin", pa.string(), "Base URL, `demo`, or name of the dropped file"),
        _technical("_part", pa.string(), "Part of the landing that holds the row"),
    ]
)
