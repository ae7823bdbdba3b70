"""A typed cell of a workbook or a Parquet file as the text that a CSV would hold, and what is odd about it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

WHOLE_DIGITS = 1e15  # beyond that a spreadsheet keeps no digit of a number
DECIMALS = Decimal("1e-12")  # what an amount may have

# refused: cannot be read in any column; dated, logical, dressed: can be read where the contract wants a date, true and false, a number
Oddity = Literal["refused", "dated", "logical", "dressed"]
DATED = (
    "is a date or a time, typed in as such or made one by the spreadsheet; format the cell as text and write it again"
)
LOGICAL = "is a cell of true or false; format it as text and write it again"
DRESSED = (
    "is a number that the cell shows with more than its digits; format the cell as text and write it as it is shown"
)
LONG = "is a number of more than 15 digits, of which a spreadsheet keeps 15; format the cell as text and write it again"


class Mark(NamedTuple):
    """What is odd about a cell, and the words for it."""

    oddity: Oddity
    reason: str


def text_of(value: object, decimal: str = ".") -> tuple[str | None, Mark | None]:
    """The text of a cell, with `decimal` as the mark before its decimals."""
    mark: Mark | None = None
    match value:
        case None:
            text = ""
        case bool():
            text, mark = str(value).lower(), Mark("logical", LOGICAL)
        case int() | float() if abs(value) >= WHOLE_DIGITS:
            text, mark = str(value), Mark("refused", LONG)
        case float():
            text = number_text(value).replace(".", decimal)
        case Decimal():
            text = format(value, "f").replace(".", decimal)
        case datetime():
            is_day = value.time() == time() and not value.tzinfo
            text, mark = (value.date() if is_day else value).isoformat(), Mark("dated", DATED)
        case date() | time():
            text, mark = value.isoformat(), Mark("dated", DATED)
        case timedelta():
            text, mark = str(value), Mark("dated", DATED)
        case _:
            text = str(value)
    return text.strip() or None, mark


def number_text(value: float) -> str:
    """A binary fraction as spreadsheets show it, with 15 digits: 0.1 + 0.2 is 0.3."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - not a number
        return str(value)
    shown = Decimal(f"{value:.15g}").quantize(DECIMALS)
    return format(shown.normalize() + 0, "f")
