"""The block "Left out of this run", as lines of text: the same in the terminal, in an alert and in Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

TITLE = "Left out of this run"
WEIGHTS = {"critical": "stops", "warning": "warning", "info": "note"}


def block(rows: Iterable[Mapping[str, str | int | None]]) -> list[str]:
    """A line per stream and kind, gravest first, what is off on one line; the title says how many, or nothing.

    `rows` are those of a manifest's `left_out`.
    """
    rows = list(rows)
    lines = [f"  {_weight(row)}: {row['stream']}: {row['why']}" for row in rows if row["kind"] != "is_on"]
    off: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "is_on":
            off.setdefault(str(row["why"]).removeprefix("off; "), []).append(str(row["stream"]))
    lines += [f"  off: {', '.join(streams)} ({why})" for why, streams in off.items()]
    return [f"{TITLE}: {'' if lines else 'nothing'}".rstrip(), *lines]


def _weight(row: Mapping[str, str | int | None]) -> str:
    if row.get("override"):
        return f"overridden by {row['override']}"
    return WEIGHTS[str(row["severity"])]
