"""What is published: the allow-list of tables with their texts, and the facts of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class PublishedTable:
    """A table of the allow-list, with the texts that go into the published file as comments."""

    name: str
    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()  # rows are published in this order


@dataclass(frozen=True)
class Currency:
    """What the amounts of the published tables are in: ISO 4217 code, and decimals between minor and major units."""

    code: str
    exponent: int

    @property
    def words(self) -> str:
        return f"Amounts (columns ending in _minor) are integers in minor units of {self.code}: {10**self.exponent:,} are one {self.code}."


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Release:
    """What is published, apart from the rows."""

    tables: tuple[PublishedTable, ...]
    run_id: str
    as_of: date
    now: datetime  # naive UTC
    policy_version: str
    code_version: str
    models_version: str = ""
    watermarks: Mapping[str, datetime] = field(default_factory=dict)
    is_demo: bool = False
    currency: Currency | None = None
    headlines: Mapping[str, float | str | None] = field(default_factory=dict)
    memory_limit: str = "1GB"
    schema: str = "cx"
    sources_on: tuple[str, ...] = ()
    is_aside: bool = False  # kept, and not made current
    built_on: str = ""
    # Asked under the target's lock: why the build may be published no more; empty: it may.
    objection: Callable[[], str] = _nothing
