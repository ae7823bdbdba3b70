"""What to do about rows that were refused, by the reason that is most frequent. No remedy quotes a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ingestion.drop_folder.mappings import FILE
from ingestion.drop_folder.values import (
    CURRENCY,
    DAY,
    GROUPED,
    INSTANT,
    NUMBER,
    PERCENT,
    UNDECLARED_COMMA,
    UNDECLARED_DAY,
)
from ingestion.landing.quarantine import BrokenRow

REMEDIES = {
    UNDECLARED_COMMA: (
        f"amounts are written 1200.50; this file uses a decimal comma: say `decimal: ','` in its mapping ({FILE}), or re-save it"
    ),
    CURRENCY: "amounts are written 1200.50; their currency stands in a column of its own",
    GROUPED: f"amounts are written 1200.50; say the mark between thousands in the file's mapping ({FILE}), or re-save it",
    PERCENT: "numbers are written 12.5, without a percent sign",
    NUMBER: "amounts are written 1200.50",
    UNDECLARED_DAY: "dates are written 2026-01-31",
    DAY: "dates are written 2026-01-31",
    INSTANT: "timestamps are written 2026-01-31T17:30:00+01:00",
}


def remedy(broken: Iterable[BrokenRow]) -> str:
    """What to do about the most frequent reason that has a remedy; empty where there is none."""
    found = Counter(row.reason for row in broken if row.reason in REMEDIES)
    return REMEDIES[found.most_common(1)[0][0]] if found else ""
