"""One cell's text as the value its column wants. Reasons name the rule and never the value."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ingestion.columns import Column
from ingestion.drop_folder.mappings import FILE, FileMapping
from ingestion.drop_folder.texts import is_error, seen

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# ISO 8601: the time to hours, minutes, seconds or nanoseconds; the offset in hours, with or without minutes.
CLOCK = re.compile(r"(?P<time>\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?)?)(?P<offset>[Zz]|[+-]\d{2}(:?\d{2}(:?\d{2})?)?)?")
DECIMAL = re.compile(r"[+-]?\d{1,26}([.]\d{1,12})?")
INTEGER = re.compile(r"[+-]?\d{1,18}")
COMMA = re.compile(r"[+-]?\d{1,3}([. ']?\d{3})*,\d+|[+-]?\d+,\d+")
SIGNS = re.compile(r"[€$£¥₹]|(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])|kr\b|zł|Fr\.?")
THOUSANDS = re.compile(r"[+-]?\d{1,3}([,.' \u2019\u00a0\u202f]\d{3})+([.,]\d{1,12})?")
OTHER_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([T ].*)?")

LAST_DAYS = {"ends_on", "valid_to", "contract_end"}
PERCENTAGES = {"discount_percent"}

ERROR = "is an error that a spreadsheet wrote (#N/A, #REF! and the like)"
PERCENT = "is a percentage; this column holds a plain number"
NUMBER = "is not a plain decimal number such as 12.50"
CURRENCY = "is written with a currency beside the number"
GROUPED = "is written with marks between thousands"
COMMA_NUMBER = "is not a decimal number such as 12,50"
UNDECLARED_COMMA = f"has a decimal comma; write 12.50, or say decimal: ',' in {FILE}"
DAY = "is not a date written YYYY-MM-DD"
UNDECLARED_DAY = f"{DAY}; where a file writes dates otherwise, say dates: DD.MM.YYYY (its own order) in {FILE}"
INSTANT = "is not an ISO 8601 timestamp"


class Unreadable(NamedTuple):
    """In place of a value: why there is none."""

    reason: str


def read_value(column: Column, text: str, *, zone: ZoneInfo, mapping: FileMapping, is_share: bool) -> Any:
    """The value of a text that is not empty, or Unreadable. `is_share`: the column holds 0 to 1."""
    if column.form == "text" and (column.pii == "free_text" or column.name == "name"):
        prose = unicodedata.normalize("NFC", text).strip()
        return Unreadable(ERROR) if column.pii != "free_text" and is_error(prose) else prose
    plain = seen(text)
    if is_error(plain):
        return Unreadable(ERROR)
    try:
        return _typed(column, plain, zone, mapping, is_share=is_share)
    except (ValueError, OverflowError):
        return Unreadable({"instant": INSTANT, "date": DAY}.get(column.form, NUMBER))


def _typed(column: Column, text: str, zone: ZoneInfo, mapping: FileMapping, *, is_share: bool) -> Any:
    value: Any = text
    match column.form:
        case "instant":
            value = _instant(text, zone, mapping)
        case "date":
            value = _date(text, column, mapping)
        case "decimal" | "number":
            value = _number(text, column, mapping, is_share=is_share)
            value = float(value) if column.form == "number" and isinstance(value, Decimal) else value
        case "integer":
            digits = _ungrouped(text, mapping)
            value = int(digits) if INTEGER.fullmatch(digits) else Unreadable("is not a whole number")
        case "boolean":
            value = {"true": True, "false": False}.get(text.lower(), Unreadable("is neither true nor false"))
    return value


def _day(text: str, mapping: FileMapping) -> date | None:
    pattern = mapping.date_pattern
    if pattern and (parts := pattern.fullmatch(text)):
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    return date.fromisoformat(text) if DATE.fullmatch(text) else None


def _date(text: str, column: Column, mapping: FileMapping) -> date | Unreadable:
    day = _day(text, mapping)
    if day is None:
        return Unreadable(UNDECLARED_DAY if OTHER_DATE.fullmatch(text) and not mapping.dates else DAY)
    is_last = mapping.ends == "inclusive" and column.name in LAST_DAYS
    return day + timedelta(days=1) if is_last and day < date.max else day


def _instant(text: str, zone: ZoneInfo, mapping: FileMapping) -> datetime | Unreadable:
    whole = re.fullmatch(r"(?P<day>\S+?)([Tt ](?P<clock>.+))?", text)
    clock = CLOCK.fullmatch(whole["clock"] or "00") if whole else None
    day = _day(whole["day"], mapping) if whole and clock else None
    if not (clock and day):
        return Unreadable(INSTANT)
    moment = datetime.fromisoformat(f"{day.isoformat()}T{clock['time']}{(clock['offset'] or '').upper()}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _ungrouped(text: str, mapping: FileMapping) -> str:
    """Without the declared marks between groups of three digits; as it is where they stand elsewhere."""
    mark = mapping.thousands
    if mark and re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(mark)}\d{{3}})+([{mapping.decimal}]\d*)?", text):
        return text.replace(mark, "")
    return text


def _number(text: str, column: Column, mapping: FileMapping, *, is_share: bool) -> Decimal | Unreadable:
    factor = Decimal(1)
    if text.endswith("%"):
        if column.name not in PERCENTAGES and not is_share:
            return Unreadable(PERCENT)
        text, factor = text[:-1].rstrip(), Decimal(1) if column.name in PERCENTAGES else Decimal("0.01")
    plain = _ungrouped(text, mapping)
    if mapping.decimal == ",":
        if "." in plain:
            return Unreadable(COMMA_NUMBER)
        plain = plain.replace(",", ".")
    if DECIMAL.fullmatch(plain):
        return Decimal(plain) * factor
    if mapping.decimal == ",":
        return Unreadable(COMMA_NUMBER)
    return Unreadable(_why_no_number(text))


def _why_no_number(text: str) -> str:
    """How a text that is no number is written, as far as it is one after all."""
    if COMMA.fullmatch(text):
        return UNDECLARED_COMMA
    bare = SIGNS.sub("", text).strip()
    if bare != text and re.search(r"\d", bare):
        return CURRENCY
    return GROUPED if THOUSANDS.fullmatch(text) else NUMBER
