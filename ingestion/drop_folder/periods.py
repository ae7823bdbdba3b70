"""Rows of which only one may hold at a time: two periods of one id that overlap contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from ingestion.contract import Table
from ingestion.drop_folder.row_checks import Fault

# table: columns of the id, first day, first day no longer covered (both may be empty: always)
EXCLUSIVE = {"account_identities": (("source", "source_id"), "valid_from", "valid_to")}


class Period(NamedTuple):
    """One row's period. `place` orders files as they replace each other."""

    since: date
    until: date
    place: int
    row: int


def is_exclusive(table: Table) -> bool:
    return table.name in EXCLUSIVE


def overlaps(
    table: Table, files: Sequence[tuple[str, pd.DataFrame]], lines: Sequence[Mapping[int, int]]
) -> list[list[Fault]]:
    """Faults by file. files: name and good rows, the one that wins last; lines: line by row, for each file."""
    columns, first, last = EXCLUSIVE[table.name]
    periods: dict[tuple[str, ...], dict[tuple[date, date], Period]] = {}
    for place, (_, frame) in enumerate(files):
        for row, *values in frame[[*columns, first, last]].itertuples(name=None):
            *names, since, until = values
            span = (since or date.min, until or date.max)
            # the same period again replaces the row before it, as everywhere
            periods.setdefault((names[0].lower(), *names[1:]), {})[span] = Period(*span, place, int(row))
    faults: list[dict[int, Fault]] = [{} for _ in files]
    for found in periods.values():
        widest: Period | None = None
        for period in sorted(found.values()):
            if widest and period.since < widest.until and period.since < period.until:
                for one, other in ((period, widest), (widest, period)):
                    where = f"line {lines[other.place][other.row]}"
                    where += "" if one.place == other.place else f" of {files[other.place][0]}"
                    reason = f"overlaps {where}: an id is one account's at a time"
                    faults[one.place].setdefault(one.row, Fault(one.row, first, reason))
            if widest is None or period.until > widest.until:
                widest = period
    return [sorted(found.values()) for found in faults]
