"""What was erased stays out: keyed hashes of identifiers, matched against every row before it is landed.

`<home>/erasures/tombstones` holds one hash per line (HMAC-SHA-256 with `<home>/person_salt`), so that the list names nobody.
A row of an erased account is left out. In the row of an erased person the identifiers become a pseudonym that nobody can turn
back without the salt, names and written text go, and what the row says of the account (a ticket was solved) stays.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.contract import Source, Table
from ingestion.landing import atomic_files

ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PIECES = re.compile(r"[,;|/\n]")
ACCOUNT_COLUMNS = frozenset({"account_id", "account_ref", "external_id"})
GONE = "{}"


@dataclass
class Tombstones:
    """The hashes and the salt they were made with. False when nothing was ever erased: then no row is looked at."""

    path: Path
    salt: bytes = field(repr=False)
    marks: set[str] = field(default_factory=set)
    _hashed: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, root: Path) -> Tombstones:
        """Those of the installation whose landing is at `root`."""
        path, salt = root.parent / "erasures" / "tombstones", root.parent / "person_salt"
        known = set(path.read_text().split()) if path.exists() else set()
        return cls(path, salt.read_bytes() if salt.exists() else b"", known)

    def __bool__(self) -> bool:
        return bool(self.marks)

    def save(self) -> None:
        atomic_files.write(self.path, ("\n".join(sorted(self.marks)) + "\n").encode())

    def add(self, kind: str, value: str) -> None:
        self.marks.add(self.mark(kind, value))

    def has(self, kind: str, value: str) -> bool:
        return self.mark(kind, value) in self.marks

    def mark(self, kind: str, value: str) -> str:
        known = self._hashed.get((kind, value))
        if known is None:
            text = f"{kind}={value.strip().lower()}".encode()
            known = self._hashed[kind, value] = hmac.digest(self.salt, text, hashlib.sha256).hex()
        return known

    def pseudonym(self, kind: str, value: str) -> str:
        return f"erased-{self.mark(kind, value)[:16]}"

    def names_person(self, text: str) -> bool:
        """Whether a text says an erased person's address, or name as a part of a list or in a sentence."""
        if any(self.has("person", found) for found in addresses(text)):
            return True
        if any(self.has("person", piece) for piece in PIECES.split(text)):
            return True
        words = re.findall(r"[\w'-]+", text)
        return any(
            self.has("person", " ".join(words[at : at + size]))
            for size in (2, 3)
            for at in range(len(words) - size + 1)
        )

    def names_account(self, text: str) -> bool:
        """Whether a value is an identifier of an erased account, or an address at its domain."""
        return self.has("account", text) or any(
            self.has("domain", found.rsplit("@", 1)[1]) for found in addresses(text)
        )


class Filtered(NamedTuple):
    """`dropped` rows of erased accounts are not in `rows`; `cleaned` ones of erased persons are."""

    rows: pa.Table
    dropped: int
    cleaned: int


class Rows:
    """One table's rows against the tombstones."""

    def __init__(self, tombstones: Tombstones, source: Source, table: Table) -> None:
        self._stones, self._source, self._table = tombstones, source, table
        # Columns that lead from one table of the source to another.
        self._links = {one.key[0] for one in source.tables if len(one.key) == 1 and one.key[0].endswith("_id")}

    @cached_property
    def _pii(self) -> Mapping[str, str]:
        return {column.name: column.pii for column in self._table.columns}

    def filtered(self, rows: pa.Table) -> Filtered:
        """The rows that may be landed; the keys of the others are remembered for the rows below them."""
        if not self._stones or not rows.num_rows:
            return Filtered(rows, 0, 0)
        gone = self.learned(rows)
        kept = rows.filter(pc.invert(gone)) if pc.any(gone).as_py() else rows
        named = self._mask(kept, (*self._pii, "_raw"), lambda column, value: bool(self._hit(column, value)))
        if not pc.any(named).as_py():
            return Filtered(kept, rows.num_rows - kept.num_rows, 0)
        places = pc.indices_nonzero(named).to_pylist()
        cleaned = [self.cleaned(row) for row in kept.take(places).to_pylist()]
        replaced = pa.concat_tables([kept.filter(pc.invert(named)), pa.Table.from_pylist(cleaned, schema=kept.schema)])
        # back into the order they came in
        order = pa.concat_arrays([pc.indices_nonzero(pc.invert(named)), pa.array(places, pa.uint64())])
        return Filtered(replaced.take(pc.sort_indices(order)), rows.num_rows - kept.num_rows, len(cleaned))

    def learned(self, rows: pa.Table) -> pa.Array:
        """Which rows are an erased account's. Their keys are remembered until no further row hangs on them."""
        while True:
            gone = self._mask(rows, tuple(self._pii), self._is_account)
            known = len(self._stones.marks)
            if len(self._table.key) == 1 and self._table.key[0] in self._links:
                for key in rows[self._table.key[0]].filter(gone).to_pylist():
                    self._stones.add(f"{self._source.name}.{self._table.key[0]}", str(key))
            if len(self._stones.marks) == known:
                return gone

    def _mask(self, rows: pa.Table, columns: Iterable[str], is_hit: Callable[[str, str], bool]) -> pa.Array:
        """Rows with a hit in any of the columns. Each distinct value is looked at once, which is what makes a night bearable."""
        mask = pa.repeat(pa.scalar(value=False), rows.num_rows)
        for name in columns:
            if name not in rows.column_names or not pa.types.is_string(rows.schema.field(name).type):
                continue
            hits = [value for value in pc.unique(rows[name]).to_pylist() if value and is_hit(name, value)]
            if hits:
                mask = pc.or_(mask, pc.is_in(rows[name].combine_chunks(), value_set=pa.array(hits, pa.string())))
        return mask

    def _is_account(self, column: str, value: str) -> bool:
        stones, name = self._stones, self._source.name
        if column in self._links:
            return stones.has(f"{name}.{column}", value) or (column in ACCOUNT_COLUMNS and stones.names_account(value))
        if column == "object_id":
            return any(stones.has(f"{name}.{link}", value) for link in self._links)
        if column in ACCOUNT_COLUMNS or self._pii.get(column) == "contact":
            return stones.names_account(value)
        return self._forms.get(column) == "json" and any(stones.names_account(leaf) for leaf in leaves(value))

    def cleaned(self, row: dict[str, Any]) -> dict[str, Any]:
        """A copy of a row without the erased person it names."""
        hits = {column: kind for column, value in self._texts(row) if (kind := self._hit(column, value))}
        cleaned = dict(row)
        for column, pii in self._pii.items():
            if row[column] is None or self._forms.get(column) == "json":
                cleaned[column] = GONE if column in hits else row[column]
            elif column in hits:
                cleaned[column] = self._stones.pseudonym(hits[column], str(row[column]))
            elif pii == "free_text" or (pii == "contact" and not self._is_key(column)):
                cleaned[column] = "erased" if self._is_required(column) else None
        cleaned["_raw"] = GONE
        return cleaned

    def _hit(self, column: str, value: str) -> str:
        """The kind of hash that the value is known by; empty: it names no erased person."""
        if column == "_raw":
            return "person" if any(self._stones.has("person", one) for one in addresses(value)) else ""
        if self._forms.get(column) == "json":
            return "person" if any(self._is_person(leaf) for leaf in leaves(value)) else ""
        pii = self._pii.get(column, "none")
        if pii == "pseudonym" or column == "external_id":
            kind = f"{self._source.name}.person"
            return kind if self._stones.has(kind, value) else ""
        if pii in {"contact", "free_text"}:
            return "person" if self._stones.names_person(value) else ""
        return ""

    def _is_person(self, leaf: str) -> bool:
        # A survey tool may carry the ids that another source knows people by.
        return self._stones.has("anywhere.person", leaf) or self._stones.names_person(leaf)

    def _texts(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name in (*self._pii, "_raw"):
            if isinstance(value := row.get(name), str) and value:
                yield name, value

    @cached_property
    def _forms(self) -> Mapping[str, str]:
        return {column.name: column.form for column in self._table.columns}

    def _is_required(self, column: str) -> bool:
        return any(one.name == column and one.is_required for one in self._table.columns)

    def _is_key(self, column: str) -> bool:
        return column in self._table.key


def addresses(text: str) -> list[str]:
    """The e-mail addresses in a text; most texts have none, and the pattern is slow to find that out."""
    return ADDRESS.findall(text) if "@" in text else []


def leaves(text: str) -> Iterator[str]:
    """The words and whole numbers in a JSON text; where it is none, the text and its cells."""
    try:
        yield from _leaves(msgspec.json.decode(text))
    except msgspec.DecodeError:
        yield text
        yield from (piece.strip(" \t\r\"'") for piece in PIECES.split(text))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)


def safe_record(tombstones: Tombstones, source: Source, record: str) -> str:
    """A record for quarantine: nothing of it where it names somebody erased."""
    if not tombstones:
        return record
    ids = {one.key[0] for one in source.tables if len(one.key) == 1}
    kinds: Iterable[str] = [f"{source.name}.{name}" for name in ids] + [f"{source.name}.person", "anywhere.person"]
    for leaf in leaves(record):
        if tombstones.names_person(leaf) or tombstones.names_account(leaf):
            return GONE
        if any(tombstones.has(kind, leaf) for kind in kinds):
            return GONE
    return record
