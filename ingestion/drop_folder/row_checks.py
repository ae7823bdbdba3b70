"""What a cell of a dropped file must look like. Reasons name the rule and never the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pandera.pandas as pa

from ingestion.contract import Table
from ingestion.drop_folder.contracts import CONTRACTS
from ingestion.drop_folder.mappings import FileMapping
from ingestion.drop_folder.texts import seen
from ingestion.drop_folder.values import LAST_DAYS, Unreadable, read_value

MISSING = "is required and empty"
# Raised when a cell is read otherwise than before: files that are landed already are then read anew.
RULES = "3"

CHOICES = {
    (table.name, column.name): column.choices for table in CONTRACTS for column in table.columns if column.choices
}
RANGES: dict[tuple[str, str], tuple[float, float]] = {
    ("agreements", "discount_percent"): (0, 100),
    ("agreements", "interval_count"): (1, 1200),
    ("agreements", "quantity"): (0, 1e15),
    ("qbrs", "service_rating"): (1, 5),
    ("interviews", "sentiment"): (-2, 2),
    ("interviews", "propensity_to_continue"): (0, 10),
    ("interviews", "confidence"): (0, 1),
    ("success_ratings", "tools"): (0, 1),
    ("success_ratings", "investment"): (0, 1),
    ("success_ratings", "desire"): (0, 1),
    ("fx_rates", "rate_to_reporting"): (1e-12, 1e12),
}
# Periods are half-open; the second day may be the first (nothing is covered), never before it.
ORDERED = (
    ("starts_on", "ends_on"), ("valid_from", "valid_to"), ("started_on", "closed_on"), ("created_at", "first_reply_at"),
    ("created_at", "solved_at"), ("created_at", "closed_at"), ("created_at", "satisfaction_at"),
)  # fmt: skip
ONE_OF = {
    "survey_responses": ("account_ref", "respondent_email"),
    "survey_invitations": ("account_ref", "respondent_email"),
    "tickets": ("account_ref", "requester_email"),
}


class Fault(NamedTuple):
    """`row` is the index of the frame."""

    row: int
    column: str
    reason: str


def parse(
    table: Table, cells: pd.DataFrame, timezone: str, mapping: FileMapping, odd: Iterable[Fault] = ()
) -> tuple[pd.DataFrame, list[Fault]]:
    """Text to values, column by column; cells that break a rule are None and a fault. `odd`: faults of typed cells."""
    zone = ZoneInfo(timezone)
    faults = list(odd)
    values = {}
    for column in table.columns:
        if not column.paths:
            continue
        known = {fault.row for fault in faults if fault.column == column.name}
        texts = (
            cells[column.name].where(~cells.index.isin(known), None)
            if column.name in cells
            else pd.Series([None] * len(cells), index=cells.index, dtype=object)
        )
        share = RANGES.get((table.name, column.name)) == (0, 1)
        parsed = _parsed(texts, partial(read_value, column, zone=zone, mapping=mapping, is_share=share))
        faults += [
            Fault(row, column.name, value.reason) for row, value in enumerate(parsed) if isinstance(value, Unreadable)
        ]
        plain = [None if isinstance(value, Unreadable) else value for value in parsed]
        values[column.name] = pd.Series(plain, index=cells.index, dtype=object)
    frame = pd.DataFrame(values, index=cells.index, dtype=object)
    told = {(fault.row, fault.column) for fault in faults}
    faults += [fault for fault in _checked(table, frame, mapping) if (fault.row, fault.column) not in told]
    return frame, sorted(faults)


def _parsed(texts: pd.Series, value: Callable[[str], Any]) -> pd.Series:
    """Each distinct text is parsed once; what cannot be seen is not there."""
    known = {text: value(text) if seen(text) else None for text in texts.dropna().unique()}
    return pd.Series([known.get(text) for text in texts], index=texts.index, dtype=object)


@cache
def _schema(table: Table) -> pa.DataFrameSchema:
    """Rules on values. Parsing and emptiness of other columns stand above."""
    columns = {}
    for column in table.columns:
        if not column.paths:
            continue
        checks = []
        place = (table.name, column.name)
        if column.choices:
            checks.append(pa.Check.isin(column.choices, error=f"is none of: {', '.join(column.choices)}"))
        if place in RANGES:
            low, high = RANGES[place]
            checks.append(pa.Check(_between(low, high), element_wise=True, error=f"is outside {low:g} to {high:g}"))
        if column.name == "currency":
            checks.append(pa.Check(_is_currency, element_wise=True, error="is not a currency code such as EUR"))
        columns[column.name] = pa.Column(object, checks=checks, nullable=not column.is_required)
    return pa.DataFrameSchema(columns)


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: low <= value <= high


def _is_currency(value: str) -> bool:
    return len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()


def _checked(table: Table, frame: pd.DataFrame, mapping: FileMapping) -> list[Fault]:
    faults = []
    try:
        _schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for case in errors.failure_cases.itertuples(index=False):
            reason = MISSING if case.check == "not_nullable" else str(case.check)
            faults.append(Fault(int(case.index), str(case.column), reason))
    for first, second in ORDERED:
        if first in frame and second in frame:
            both = frame[first].notna() & frame[second].notna()
            # a last day that is covered was moved to the day after it: the first day itself may not be that
            least = 1 if mapping.ends == "inclusive" and second in LAST_DAYS else 0
            days = zip(frame.index[both], frame[first][both], frame[second][both], strict=True)
            faults += [
                Fault(int(row), second, f"is before {first}") for row, start, end in days if (end - start).days < least
            ]
    if table.name in ONE_OF:
        names = list(ONE_OF[table.name])
        is_wrong = frame[names].isna().all(axis=1)
        faults += [Fault(int(row), names[0], f"is empty, and so is {names[1]}") for row in frame.index[is_wrong]]
    return faults
