"""A suite: what one table promises, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from quality.gate.left_out import Tolerance

if TYPE_CHECKING:
    from quality.gate.verdict import Severity

TABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")


class SuiteError(ValueError):
    """A suite file that cannot be read; the message begins with `file:line`."""


@dataclass(frozen=True)
class Expectation:
    """One line of a suite."""

    expectation: str
    sentence: str
    severity: Severity
    owner: str
    name: str  # unique within its suite
    columns: tuple[str, ...] = ()
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Suite:
    """The expectations of one published table (`accounts`), raw stream (`raw__zendesk__tickets`) or model behind them."""

    table: str
    key: tuple[str, ...]
    owner: str
    expectations: tuple[Expectation, ...]
    fed_by: tuple[str, ...] = ()  # `source.stream`; a table none of whose streams is on is off
    may_be_empty: str = ""  # why no row is an honest answer although the sources are on
    starts_anew: str = ""  # why the number of rows of one publication says nothing of the next one's
    landed_as: str = ""  # raw streams alone: feed, ledger, snapshot or files
    personal_keys: tuple[str, ...] = ()  # key columns that may name a person: shown as digests alone
    schema: str = ""  # of a model that is not published; empty: the schema of what is

    @property
    def is_raw(self) -> bool:
        return self.table.startswith("raw__")

    @property
    def stream(self) -> str:
        """`source.table` of a raw stream."""
        _, source, table = self.table.split("__", 2)
        return f"{source}.{table}"


@dataclass(frozen=True)
class Reconciliation:
    """A sentence about several tables, as SQL that returns the rows that break it (first columns: the key)."""

    name: str
    table: str  # whose publication it guards
    needs: tuple[str, ...]  # tables without which it says nothing
    sentence: str
    severity: Severity
    owner: str
    sql: str
    key_columns: int = 1


@dataclass(frozen=True)
class Suites:
    suites: Mapping[str, Suite]
    reconciliations: tuple[Reconciliation, ...] = ()
    models: tuple[Suite, ...] = ()  # of the models behind the published tables
    tolerance: Tolerance = field(default_factory=Tolerance)

    def get(self, table: str) -> Suite | None:
        return self.suites.get(table)

    @property
    def raw(self) -> tuple[Suite, ...]:
        return tuple(suite for suite in self.suites.values() if suite.is_raw)

    @property
    def published(self) -> tuple[Suite, ...]:
        return tuple(suite for suite in self.suites.values() if not suite.is_raw)
