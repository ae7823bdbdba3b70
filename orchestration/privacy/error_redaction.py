"""What may be shown of an error. DuckDB, Arrow, pandas and PostgreSQL quote the rows they stumble over, so their texts are not
passed on: the kind of error, types, columns and lines are picked out of them, and everything else stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

# Errors about a statement or the machine, not about a row. What they quote is the project's own SQL, files and settings.
OF_STATEMENTS = (
    "Parser Error", "Binder Error", "Catalog Error", "Dependency Error", "Out of Memory Error", "IO Error", "Not implemented Error",
    "Compilation Error", "Permission Error", "Parsing Error", "Dbt Runtime Error", "Env var required", "Connection Error",
    "TransactionContext Error", "INTERNAL Error", "HTTP Error", "Serialization Error", "Interrupt Error",
)  # fmt: skip
# Errors that a value caused.
OF_VALUES = (
    "Conversion Error", "Invalid Input Error", "Constraint Error", "Out of Range Error", "Invalid Error", "Mismatch Type Error",
    "Data Error", "Integrity Error", "ArrowInvalid", "ArrowTypeError", "ArrowNotImplementedError", "ValueError", "TypeError",
    "OverflowError", "UnicodeDecodeError", "KeyError", "OutOfBoundsDatetime", "DateParseError", "ParserError",
)  # fmt: skip
KIND = re.compile("|".join(re.escape(kind) for kind in sorted((*OF_STATEMENTS, *OF_VALUES), key=len, reverse=True)))
DISK_FULL = re.compile(r"(?i)\b(?:database or disk is full|No space left on device)\b")
# Only what can be no value of a row: the project's identifiers in fixed places, types, places.
TELLING = (
    re.compile(r"\bin (?:unit_)?(?:model|test|seed|snapshot) [a-z0-9_]+ \([\w/.\- ]+\)"),
    re.compile(r"\bto ((?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|U?INT\d{1,3}|DOUBLE|FLOAT|BOOL(?:EAN)?|DATE|TIMESTAMP|VARCHAR)(?:\b|$)|DECIMAL\(\d+,\s?\d+\))"),
    re.compile(r"\b(?:NOT NULL|CHECK) constraint failed(?:: [a-z_][a-z0-9_]*\.?[a-z0-9_]*)?"),
    re.compile(r"violates (?:primary key|unique|not-null|check|foreign key) constraint"),
    re.compile(r"\bsource column [a-z_][a-z0-9_]*"),
    re.compile(r"\bLINE \d+"),
    re.compile(r"(?i)\b(?:disk I/O error|attempt to write a readonly database)\b"),
    DISK_FULL,
    # the project's own, macro fail_run: a currency and a date say nothing about anybody, an account's id might; rules are the project's own
    re.compile(r"\bNo rate of [A-Z]{3} for \d{4}-\d{2}-\d{2}: add a day of that month to fx_rates\b"),
    re.compile(r"\bAccounts merge in a circle, correct merged_into\b"),
    re.compile(r"\b(?:class|intervention)_rules\.csv line \d+: .{1,900}"),
)  # fmt: skip
QUOTED = re.compile(
    r"'(?:[^'\n]|'')*'|\"[^\"\n]*[^\w\"\n][^\"\n]*\"|[\w.+%-]+@[\w-]+(?:\.[\w-]+)*|://[^\s/@]+:[^\s/@]+@"
)
LONGEST = 1_000


def scrubbed(text: str) -> str:
    """An error's text without anything a row or a setting could have said."""
    found = KIND.search(text)
    kind = found[0] if found else ""
    if kind in OF_STATEMENTS:
        return QUOTED.sub("...", text)[:LONGEST].strip()
    told = [match[0] for pattern in TELLING for match in pattern.finditer(text)]
    return "; ".join(dict.fromkeys(filter(None, [kind, *told]))) or "an error whose text may quote a row"


def is_disk_full(text: str) -> bool:
    """Whether an error's text, scrubbed or not, tells of a disk without room."""
    return bool(DISK_FULL.search(text))


@contextmanager
def withheld(cause: str) -> Iterator[None]:
    """An unexpected error inside fails the step by its type, place and scrubbed text: Dagster stores what it is given."""
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not be stored
        raise dg.Failure(told_of(error), metadata={"cause": cause}, allow_retries=False) from None


def told_of(error: BaseException) -> str:
    """An unexpected error by its type, place and scrubbed text."""
    # The operating system's own words ("No space left on device") quote nothing.
    system = error.strerror if isinstance(error, OSError) else None
    return f"{type(error).__name__} at {_place(error)}: {system or scrubbed(f'{type(error).__name__}: {error}')}"


def _place(error: BaseException) -> str:
    """File and line of the innermost frame, without the machine's folders."""
    trace = error.__traceback__
    place = "?"
    while trace:
        place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
