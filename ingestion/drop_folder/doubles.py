"""Rows of dropped files that another row with the same key stands for, though it says something else."""

from __future__ import annotations

import pandas as pd


def replaced(good: pd.DataFrame, last: pd.DataFrame, key: list[str]) -> list[int]:
    """Lines of rows of one file, `good`, of which another one is used: `last` holds those."""
    earlier = good.drop(index=last.index)
    if earlier.empty:
        return []
    both = earlier.merge(last[[*key, "_raw"]], on=key, suffixes=("", "_used"))
    return sorted(int(line) for line in both.loc[both["_raw"] != both["_raw_used"], "line_number"])


def corrected(files: list[pd.DataFrame], key: list[str]) -> int:
    """How many rows of `files`, the one that wins last, a row of a later file stands for."""
    if len(files) < 2:
        return 0
    rows = pd.concat(files, ignore_index=True).drop_duplicates([*key, "_raw"], keep="last")
    return int(rows.duplicated(key, keep="last").sum())
