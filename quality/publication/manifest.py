"""The manifest of a publication: what a version holds, written beside it as JSON and read back by everyone who asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

# The publication's own columns differ on every run; a content hash over them would say that everything changed.
PUBLICATION_COLUMNS = ("as_of_date", "run_id", "policy_version")


@dataclass(frozen=True)
class TableFacts:
    rows: int
    columns: Mapping[str, str]  # name -> DuckDB type, in order
    content_hash: str  # over all columns but the publication's own; equal for equal rows in any order
    is_off: bool = False  # its sources are off: empty on purpose


@dataclass(frozen=True)
class FileFacts:
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    version: str
    run_id: str
    previous: str | None  # the version that was live before
    as_of: date
    published_at: datetime  # naive UTC
    policy_version: str
    code_version: str
    is_demo: bool
    watermarks: Mapping[str, datetime]  # `source.table` -> read up to
    tables: Mapping[str, TableFacts]
    verdict: Mapping[str, int | bool]
    overrides: tuple[Mapping[str, str], ...] = ()
    headlines: Mapping[str, float | str | None] = field(default_factory=dict)
    reporting_currency: str = ""  # ISO 4217, of every amount in minor units
    minor_unit_exponent: int | None = None  # its decimals
    left_out: tuple[
        Mapping[str, str | int | None], ...
    ] = ()  # what the run did not use: stream, kind, severity, counts, why
    files: Mapping[str, FileFacts] = field(default_factory=dict)
    models_version: str = ""  # of what computes the figures; code_version is of the suites too
    duckdb_version: str = ""
    storage_version: str = ""
    is_aside: bool = False  # of a date before one that was published already: it stands beside the line of nights
    built_on: str | None = None  # run whose publication its history was read from; empty: none; None: not noted
    sources_on: tuple[str, ...] | None = None  # None: made before this was noted

    @property
    def sources_read(self) -> frozenset[str]:
        """The sources that were on; of an old manifest those that were ever read."""
        if self.sources_on is None:
            return frozenset(name.split(".", 1)[0] for name in self.watermarks)
        return frozenset(self.sources_on)

    def with_files(self, files: Mapping[str, FileFacts]) -> Manifest:
        return replace(self, files=files)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, sort_keys=True, default=_encode) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest. Raises ValueError where a field is missing or not understood."""
        raw: dict[str, Any] = json.loads(text)
        known = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
        try:
            return cls(
                **{
                    **known,
                    "as_of": date.fromisoformat(raw["as_of"]),
                    "published_at": datetime.fromisoformat(raw["published_at"]),
                    "watermarks": {k: datetime.fromisoformat(v) for k, v in raw["watermarks"].items()},
                    "tables": {name: TableFacts(**facts) for name, facts in raw["tables"].items()},
                    "files": {name: FileFacts(**facts) for name, facts in raw["files"].items()},
                    "overrides": tuple(raw["overrides"]),
                    "left_out": tuple(raw.get("left_out", ())),
                    "sources_on": None if raw.get("sources_on") is None else tuple(raw["sources_on"]),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a manifest of a publication: {error}") from error


def _encode(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into a manifest")


@dataclass(frozen=True)
class TableChange:
    """One table of two versions side by side; None: the table is not in that version."""

    table: str
    old_rows: int | None
    new_rows: int | None
    is_changed: bool
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()


def compare(old: Manifest, new: Manifest) -> list[TableChange]:
    """What differs between two versions, table by table, unchanged tables included."""
    changes = []
    for table in sorted({*old.tables, *new.tables}):
        was, now = old.tables.get(table), new.tables.get(table)
        before, after = (was.columns if was else {}), (now.columns if now else {})
        changes.append(
            TableChange(
                table=table,
                old_rows=was.rows if was else None,
                new_rows=now.rows if now else None,
                is_changed=was is None or now is None or was.content_hash != now.content_hash,
                columns_added=tuple(name for name in after if name not in before),
                columns_removed=tuple(name for name in before if name not in after),
            )
        )
    return changes
