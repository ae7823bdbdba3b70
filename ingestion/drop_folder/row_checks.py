"""What a cell of a dropped file must look like. Reasons name the rule and never the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pandera.pandas as pa

from ingestion.columns import Column, Form
from ingestion.contract import Table

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?")
DECIMAL = re.compile(r"[+-]?\d{1,26}([.]\d{1,12})?")
INTEGER = re.compile(r"[+-]?\d{1,18}")

REASONS: dict[Form, str] = {
    "date": "is not a date written YYYY-MM-DD",
    "instant": "is not an ISO 8601 timestamp",
    "decimal": "is not a plain decimal number such as 12.50",
    "number": "is not a plain decimal number such as 12.50",
    "integer": "is not a whole number",
    "boolean": "is neither true nor false",
}
MISSING = "is required and empty"

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("accounts", "coverage_model"): ("strategic", "smb", "tech_touch", "operational"),
    ("accounts", "csm_structure"): ("firefighter", "sales", "service", "integrated", "partnership"),
    ("agreements", "kind"): ("recurring", "usage", "one_time"),
    ("agreements", "interval"): ("day", "week", "month", "year"),
    ("agreements", "status"): ("active", "trial", "paused", "past_due"),
    ("projects", "kind"): ("project", "onboarding", "migration"),
    ("interventions", "status"): ("done", "dismissed", "open", "overdue", "settled", "expired", "lapsed"),
    ("interventions", "decision"): ("rescue", "wind_down"),
    ("milestones", "owner_party"): ("customer", "supplier"),
    ("milestones", "asks_for"): ("testimonial", "case_study", "survey"),
    ("survey_responses", "metric"): ("nps", "csat", "ces", "review"),
    ("survey_responses", "survey_kind"): ("transactional", "relationship", "agent"),
    ("survey_responses", "scale_direction"): ("higher_is_better", "lower_is_better"),
    ("survey_responses", "trigger_kind"): ("project", "ticket", "onboarding", "qbr", "periodic"),
    ("survey_questions", "metric"): ("nps", "csat", "ces", "review", "none"),
    ("survey_questions", "survey_kind"): ("transactional", "relationship", "agent"),
    ("survey_questions", "scale_direction"): ("higher_is_better", "lower_is_better"),
    ("survey_invitations", "trigger_kind"): ("project", "ticket", "onboarding", "qbr", "periodic"),
    ("ticket_events", "event"): ("status", "assignee", "group", "reply", "note"),
    ("ticket_events", "author_role"): ("agent", "customer", "system"),
    ("ticket_statuses", "status"): ("new", "open", "pending", "hold", "solved", "closed", "deleted"),
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
    "survey_questions": ("survey_id", "question"),
}


class Fault(NamedTuple):
    """`row` is the index of the frame."""

    row: int
    column: str
    reason: str


def parse(table: Table, cells: pd.DataFrame, timezone: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Text to values, column by column; cells that break a rule are None and a fault."""
    zone = ZoneInfo(timezone)
    faults: list[Fault] = []
    values = {}
    for column in table.columns:
        if not column.paths:
            continue
        texts = (
            cells[column.name]
            if column.name in cells
            else pd.Series([None] * len(cells), index=cells.index, dtype=object)
        )
        parsed = _parsed(column, texts, zone)
        is_wrong = texts.notna() & parsed.isna()
        faults += [Fault(int(row), column.name, REASONS[column.form]) for row in texts.index[is_wrong]]
        values[column.name] = parsed
    frame = pd.DataFrame(values, index=cells.index, dtype=object)
    told = {(fault.row, fault.column) for fault in faults}
    faults += [fault for fault in _checked(table, frame) if (fault.row, fault.column) not in told]
    return frame, sorted(faults)


def _parsed(column: Column, texts: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Each distinct text is parsed once."""
    known = {text: _value(column.form, text, zone) for text in texts.dropna().unique()}
    return pd.Series([known.get(text) for text in texts], index=texts.index, dtype=object)


def _value(form: Form, text: str, zone: ZoneInfo) -> Any:
    try:
        return PARSERS[form](text, zone) if form in PARSERS else text
    except (ValueError, OverflowError):
        return None


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    if not INSTANT.fullmatch(text):
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _date(text: str, _zone: ZoneInfo) -> date | None:
    return date.fromisoformat(text) if DATE.fullmatch(text) else None


def _decimal(text: str, _zone: ZoneInfo) -> Decimal | None:
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def _number(text: str, _zone: ZoneInfo) -> float | None:
    return float(text) if DECIMAL.fullmatch(text) else None


def _integer(text: str, _zone: ZoneInfo) -> int | None:
    return int(text) if INTEGER.fullmatch(text) else None


def _boolean(text: str, _zone: ZoneInfo) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


PARSERS: dict[Form, Callable[[str, ZoneInfo], Any]] = {
    "instant": _instant,
    "date": _date,
    "decimal": _decimal,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
}


@cache
def _schema(table: Table) -> pa.DataFrameSchema:
    """Rules on values. Parsing and emptiness of other columns stand above."""
    columns = {}
    for column in table.columns:
        if not column.paths:
            continue
        checks = []
        place = (table.name, column.name)
        if place in CHOICES:
            checks.append(pa.Check.isin(CHOICES[place], error=f"is none of: {', '.join(CHOICES[place])}"))
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


def _checked(table: Table, frame: pd.DataFrame) -> list[Fault]:
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
            is_wrong = both & (frame[second].where(both, None) < frame[first].where(both, None)).where(
                both, other=False
            )
            faults += [Fault(int(row), second, f"is before {first}") for row in frame.index[is_wrong.astype(bool)]]
    if table.name in ONE_OF:
        names = list(ONE_OF[table.name])
        is_wrong = frame[names].isna().all(axis=1)
        faults += [Fault(int(row), names[0], f"is empty, and so is {names[1]}") for row in frame.index[is_wrong]]
    return faults
