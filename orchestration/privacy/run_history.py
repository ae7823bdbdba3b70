"""Takes an erased account out of what Dagster keeps: the failing keys of the gate's checks are where it could be named."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from functools import partial
from pathlib import Path

from quality.publication.erasing import Subject

KEYS = "failing_keys"
STORED = {"event_logs": "event", "asset_check_executions": "evaluation_event"}
PATIENCE = 30  # seconds that a run may hold its file


class HistoryBusyError(Exception):
    """Nothing of the history in question was changed."""


def erase_from_history(dagster_home: Path, subject: Subject) -> int:
    """Replace the account's id among failing keys, in the history of every run; returns how many records were changed.

    Raises:
        HistoryBusyError: a run held its history for longer than our patience.
    """
    if not subject.accounts:
        return 0
    try:
        return sum(_clean(path, subject) for path in sorted((dagster_home / "history" / "runs").glob("*.db")))
    except sqlite3.OperationalError:
        raise HistoryBusyError(
            "a run holds Dagster's history: run the erasure again when no night is running"
        ) from None


def _clean(path: Path, subject: Subject) -> int:
    changed = 0
    with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as history:
        history.create_function("cleaned", 1, partial(_cleaned, subject), deterministic=True)
        history.execute("pragma secure_delete = on")  # else the old text stays in the file's free pages
        tables = {name for (name,) in history.execute("select name from sqlite_master where type = 'table'")}
        for table, column in STORED.items():
            if table not in tables:
                continue
            with history:
                changed += history.execute(
                    f"update {table} set {column} = cleaned({column}) "
                    f"where {column} like '%\"{KEYS}\"%' and cleaned({column}) <> {column}"
                ).rowcount
        history.execute("pragma wal_checkpoint(truncate)")
    return changed


def _cleaned(subject: Subject, event: str) -> str:
    """A stored event without the account among its failing keys, and unchanged where it is not among them."""
    told = json.loads(event)
    evaluation = (told.get("dagster_event") or {}).get("event_specific_data") or {}
    keys = (evaluation.get("metadata") or {}).get(KEYS)
    if keys is None or (text := subject.cleaned_keys(keys["text"])) == keys["text"]:
        return event
    keys["text"] = text
    return json.dumps(told)
