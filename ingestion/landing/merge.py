"""How fresh rows meet landed ones: added, replaced or recognised; never lost."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.contract import Table

SEPARATOR = "\x1f"


class Union(NamedTuple):
    """`kept` fresh rows are in `rows`; when `is_changed` is False `rows` are exactly the landed ones."""

    rows: pa.Table
    kept: int
    is_changed: bool


def union(landed: pa.Table, fresh: pa.Table, table: Table) -> Union:
    """Feeds by key and version, ledgers by key; of equal ones the last seen wins, unless its record is the same."""
    before = landed.num_rows
    if table.parent:
        landed = _without_orphans(landed, fresh, table)
    both = pa.concat_tables([landed, fresh])
    chosen = _last_seen(both, (*table.key, "_version"))
    if table.kind == "ledger":
        chosen = _newest(both, chosen, table.key)
    is_fresh = pc.greater_equal(chosen, landed.num_rows)
    kept = pc.sum(is_fresh).as_py() or 0
    if not kept and len(chosen) == before:
        return Union(landed, 0, is_changed=False)
    return Union(both.take(chosen), kept, is_changed=True)


def listing(fresh: pa.Table, table: Table) -> pa.Table:
    """The rows of a full listing, each key once: the last seen."""
    return fresh.take(_last_seen(fresh, table.key, keep_same=False))


def identity(rows: pa.Table, names: tuple[str, ...]) -> pa.ChunkedArray:
    texts = [rows[name].cast(pa.string()) for name in names]
    return pc.binary_join_element_wise(*texts, SEPARATOR, null_handling="replace", null_replacement="\x00")


def _last_seen(rows: pa.Table, names: tuple[str, ...], *, keep_same: bool = True) -> pa.Array:
    """Indices, ascending, of one row per identity."""
    places = pa.table({"id": identity(rows, names), "place": pa.array(range(rows.num_rows), pa.int64())})
    groups = places.group_by("id").aggregate([("place", "min"), ("place", "max")])
    first, last = groups["place_min"].combine_chunks(), groups["place_max"].combine_chunks()
    if keep_same:
        is_same = pc.equal(rows["_raw"].take(first).combine_chunks(), rows["_raw"].take(last).combine_chunks())
        last = pc.if_else(is_same, first, last)
    return last.take(pc.sort_indices(last))


def _newest(rows: pa.Table, chosen: pa.Array, key: tuple[str, ...]) -> pa.Array:
    """Of `chosen`, the row with the highest version of each key; of equal versions the last."""
    picked = rows.select([*key, "_version"]).take(chosen)
    order = pc.sort_indices(
        pa.table({"version": picked["_version"], "place": chosen}),
        sort_keys=[("version", "ascending"), ("place", "ascending")],
    )
    ranked = pa.table({"id": identity(picked.take(order), key), "rank": pa.array(range(len(order)), pa.int64())})
    best = ranked.group_by("id").aggregate([("rank", "max")])["rank_max"].combine_chunks()
    places = chosen.take(order.take(best))
    return places.take(pc.sort_indices(places))


def _without_orphans(landed: pa.Table, fresh: pa.Table, table: Table) -> pa.Table:
    """A parent that was read again brought all its children: landed ones that are not among them are gone."""
    is_reread = pc.is_in(landed[table.parent], value_set=fresh[table.parent].combine_chunks())
    is_there = pc.is_in(identity(landed, table.key), value_set=identity(fresh, table.key).combine_chunks())
    return landed.filter(pc.or_(pc.invert(is_reread), is_there))
