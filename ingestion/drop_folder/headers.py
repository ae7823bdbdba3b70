"""What a file has instead of the columns it must have: names that all but are theirs, another delimiter, a header further down.

Only names of the contract, and what all but is one, are told: the first row of a file without a header is a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice

from ingestion.drop_folder.mappings import DELIMITERS, FILE
from ingestion.drop_folder.readers import DroppedFile, Row

ROWS_SEARCHED = 30
CLOSE = 0.82


def found_instead(
    file: DroppedFile, header: Sequence[str], rows: Iterable[Row], missing: Sequence[str], known: Sequence[str]
) -> str:
    """What was found in place of `missing`, as sentences with the remedy; empty where nothing resembles it."""
    told = (
        _delimited(file, missing)
        or _further_down(rows, known, len(known) - len(missing))
        or _renamed(header, missing, known)
    )
    return f". {told}" if told else ""


def plain(name: str) -> str:
    """`Line ID`, `line-id` and `LineId` as `line_id`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _renamed(header: Sequence[str], missing: Sequence[str], known: Sequence[str]) -> str:
    strangers = {plain(name): name for name in header if name not in known}
    pairs = []
    for column in missing:
        near = get_close_matches(column, strangers, n=1, cutoff=CLOSE)
        if near:
            pairs.append((strangers[near[0]], column))
    if not pairs:
        return ""
    found = ", ".join(f"`{name}` in place of `{column}`" for name, column in pairs)
    declared = ", ".join(f"{name}: {column}" for name, column in pairs)
    return f"Found {found}: rename it, or say `columns: {{{declared}}}` in its mapping ({FILE})"


def _delimited(file: DroppedFile, missing: Sequence[str]) -> str:
    if file.path.suffix.lower() != ".csv":
        return ""
    lines = file.content.decode("utf-8-sig", "replace").splitlines()[:1]
    for name, mark in DELIMITERS.items():
        cells = {plain(cell.strip('"')) for line in lines for cell in line.split(mark)}
        if len(cells) > 1 and set(missing) <= cells and name not in {"comma", "semicolon"}:
            return f"The columns are separated by {name}s: say `delimiter: {name}` in its mapping ({FILE}), or save it with commas"
    return ""


def _further_down(rows: Iterable[Row], known: Sequence[str], better_than: int) -> str:
    """The first row that names more columns of the contract than the header does, and at least two."""
    for row in islice(rows, ROWS_SEARCHED):
        named = sum(plain(cell or "") in known for cell in row.cells)
        if named > max(better_than, 1):
            return f"The header seems to stand in line {row.line}: remove what is above it, or say `header: {row.line}` in its mapping ({FILE})"
    return ""
