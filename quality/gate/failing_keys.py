"""Failing keys for a person to look up: keys alone, up to twenty, never a value, never personal data.

Great Expectations' own samples hold values, so they are switched off and these come from queries of our own.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from quality.connections import identifier, quoted
from quality.gate.expectation_catalogue import FORMS, OWN_FORMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from quality.gate.suite import Expectation, Suite

LIMIT = 20

# What a key of a machine looks like. A name, an address or a sentence does not match, and is shown as a digest.
MACHINE_KEY = re.compile(r"(?=.*[0-9])[A-Za-z0-9_.:|-]{1,64}")
PLAIN_WORD = re.compile(r"[a-z][a-z0-9_]{0,30}")
# Key columns that name nobody: what a figure is cut by (a company's own words for its segments, products, regions), and when.
OPEN = frozenset(
    {
        "segment_dimension", "segment_value", "calendar_month", "window_days", "level", "metric", "survey_kind", "rate_date",
        "currency", "first_paid_month", "age_months", "predictor", "predicted_group", "horizon_days", "scope",
    }
)  # fmt: skip
OPEN_TEXT = re.compile(r"[^@\x00-\x1f]{1,80}")


def shown(value: object, *, is_personal: bool = False, is_open: bool = False) -> str:
    """A key as it may be printed: machine keys and what cuts are called as they are, whatever could name a person as a digest."""
    if value is None:
        return "NULL"
    if is_personal:
        return digest(str(value))
    if isinstance(value, (bool, int, date, datetime, Decimal)):
        return str(value)
    text = str(value)
    if is_open and OPEN_TEXT.fullmatch(text):
        return text
    if MACHINE_KEY.fullmatch(text) or PLAIN_WORD.fullmatch(text):
        return text
    return digest(text)


def digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:12]


def failing_keys(
    connection: duckdb.DuckDBPyConnection, relation: str, suite: Suite, expectation: Expectation
) -> tuple[str, ...]:
    """Keys of up to twenty rows that break an expectation; none where it is not about rows, or the table has no key."""
    condition = failing_condition(expectation)
    if condition is None or not suite.key:
        return ()
    keys = ", ".join(identifier(column) for column in suite.key)
    query = f"select distinct {keys} from {relation} qualify {condition} order by all limit {LIMIT}"
    if "over (" not in condition:
        query = f"select distinct {keys} from {relation} where {condition} order by all limit {LIMIT}"
    return tuple(
        "|".join(
            shown(value, is_personal=column in suite.personal_keys, is_open=column in OPEN)
            for value, column in zip(row, suite.key, strict=True)
        )
        for row in connection.execute(query).fetchall()
    )


def failing_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, expectation: Expectation
) -> tuple[int, int] | None:
    """Rows that break an expectation, and rows there are; None where it is not about rows."""
    condition = failing_condition(expectation)
    if condition is None:
        return None
    query = f"select count(*) filter (where fails), count(*) from (select coalesce({condition}, false) as fails from {relation})"
    failed, rows = connection.execute(query).fetchall()[0]
    return int(failed), int(rows)


def failing_condition(expectation: Expectation) -> str | None:
    """The SQL condition of the rows that break an expectation, from the catalogue's template."""
    template = {**FORMS, **OWN_FORMS}[expectation.expectation].failing
    if template is None:
        return None
    columns = [identifier(column) for column in expectation.columns]
    args = {"or_equal": False, **expectation.args}
    one = columns[0] if columns else ""
    filled = template.format(
        c=one,
        cs=", ".join(columns),
        known=" or ".join(f"{column} is not null" for column in columns),
        a=one,
        b=columns[-1] if columns else "",
        between=_between(one, args),
        length_between=_between(f"length({one})", args),
        expression=args.get("expression", ""),
    )
    for name, value in args.items():
        filled = filled.replace(f":{name}", _literal(value))
    return filled


def _between(subject: str, args: Mapping[str, Any]) -> str:
    low, high = args.get("min_value"), args.get("max_value")
    parts = [
        *([f"{subject} {'>' if args.get('strict_min') else '>='} {_literal(low)}"] if low is not None else []),
        *([f"{subject} {'<' if args.get('strict_max') else '<='} {_literal(high)}"] if high is not None else []),
    ]
    return " and ".join(parts) or "true"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "(" + ", ".join(_literal(item) for item in value) + ")"
    if value is None:
        return "null"
    return quoted(value.isoformat() if isinstance(value, date) else str(value))
