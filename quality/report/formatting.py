"""How the pages for people show numbers, days and words, and the template environment they share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import jinja2

UNKNOWN = "\u2013"
THIN = "\u202f"


def money(value: Any, currency: str = "", *, decimals: int = 0) -> str:
    """An amount in major units, "1 022 853 USD"."""
    if value is None:
        return UNKNOWN
    text = f"{float(value):,.{decimals}f}".replace(",", THIN)
    return f"{text}\u00a0{currency}" if currency else text


def count(value: Any) -> str:
    return UNKNOWN if value is None else f"{int(value):,}".replace(",", THIN)


def share(value: Any, decimals: int = 0) -> str:
    """A fraction in per cent."""
    return UNKNOWN if value is None else f"{float(value) * 100:.{decimals}f}\u00a0%"


def score(value: Any, decimals: int = 0) -> str:
    """A signed score such as the NPS."""
    return UNKNOWN if value is None else f"{float(value):+.{decimals}f}".replace("-", "\u2212")


def number(value: Any, decimals: int = 2) -> str:
    return UNKNOWN if value is None else f"{float(value):.{decimals}f}"


def day(value: Any) -> str:
    """A day as it can be misread by nobody: 20 Nov 2026."""
    return UNKNOWN if not isinstance(value, date) else f"{value.day} {value:%b %Y}"


def month(value: Any) -> str:
    return UNKNOWN if not isinstance(value, date | datetime) else f"{value:%B %Y}"


def quarter(value: Any) -> str:
    return UNKNOWN if not isinstance(value, date) else f"Q{(value.month + 2) // 3} {value.year}"


def person(value: Any) -> str:
    """An owner as people call them: what stands before the @."""
    return UNKNOWN if not value else str(value).split("@", 1)[0]


def environment() -> jinja2.Environment:
    """Templates of this folder: escaped, and an unknown name is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "money": money, "count_": count, "share": share, "score": score, "number": number, "day": day, "month": month,
        "quarter": quarter, "person": person,
    }  # fmt: skip
    return made
