"""Overrides: a named person answers for publishing in spite of one critical check, until a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import yaml

from quality.gate.verdict import Override

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {"check": str, "person": str, "reason": str, "expires_on": date}


class OverrideError(ValueError):
    """A file of overrides that is not understood lets nothing pass."""


def load_overrides(path: Path) -> tuple[Override, ...]:
    """The overrides of a YAML list of {check, person, reason, expires_on}; none where there is no file."""
    if not path.exists():
        return ()
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise OverrideError(f"{path.name} is not YAML") from error
    if not isinstance(entries, list):
        raise OverrideError(f"{path.name} must be a list")
    return tuple(_override(path.name, number, entry) for number, entry in enumerate(entries, start=1))


def _override(file: str, number: int, entry: object) -> Override:
    if not isinstance(entry, dict) or set(entry) != set(FIELDS):
        raise OverrideError(f"{file}: entry {number} must have exactly {', '.join(FIELDS)}")
    for name, kind in FIELDS.items():
        # A moment is a date to Python, and a person of blanks a text.
        if type(entry[name]) is not kind or not str(entry[name]).strip():
            raise OverrideError(f"{file}: entry {number}: {name} must be a {'date' if kind is date else 'text'}")
    return Override(**entry)
