"""The kept publications: which there are, what differs between two, and the way back to an older one."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from orchestration.settings import Settings
from orchestration.warehouses import Warehouses
from quality.publication.manifest import Manifest, TableChange
from quality.publication.targets.target import Target, TargetError


def listed(settings: Settings) -> Iterator[Table]:
    """One table per warehouse, newest version first."""
    for name, target in Warehouses.of(settings).targets.items():
        live = target.live()
        table = _table(f"Versions ({name})", "version", "as of", "published (UTC)", "rows", "verdict", "current")
        for manifest in target.versions():
            table.add_row(
                manifest.version,
                manifest.as_of.isoformat(),
                f"{manifest.published_at:%Y-%m-%d %H:%M}",
                f"{sum(facts.rows for facts in manifest.tables.values()):,}",
                verdict(manifest),
                "current" if live and live.version == manifest.version else "past date" if manifest.is_aside else "",
            )
        yield table


def verdict(manifest: Manifest) -> str:
    """What the gate said, in words: how many warnings and overrides came with the publication."""
    counts = manifest.verdict
    notes = [f"{counts[name]} {name}" for name in ("critical", "warnings") if counts.get(name)]
    if manifest.overrides:
        notes.append(f"{len(manifest.overrides)} overridden")
    return f"passed ({', '.join(notes)})" if notes else "passed"


def compared(settings: Settings, old: str, new: str) -> Iterator[Table]:
    """Tables, then headline figures, of two versions. Empty: the current version, against the one before it.

    Raises:
        TargetError: there is no such version, or nothing to compare with.
    """
    target = Warehouses.of(settings).file
    new = new or _live(target).version
    old = old or _before(target, new)
    manifests = {manifest.version: manifest for manifest in target.versions()}
    changes = target.diff(old, new)
    table = _table(f"{old} -> {new}", "table", "rows before", "rows now", "change", "columns")
    for change in changes:
        if change.is_changed or change.columns_added or change.columns_removed:
            table.add_row(change.table, *_rows(change), _columns(change))
    unchanged = sum(not change.is_changed for change in changes)
    table.caption = f"{unchanged} of {len(changes)} tables hold the same rows"
    yield table
    figures = _table("Headline figures", "figure", "before", "now", "change")
    before, now = manifests[old].headlines, manifests[new].headlines
    for name in sorted({*before, *now}):
        was, is_now = before.get(name), now.get(name)
        figures.add_row(name, _figure(was), _figure(is_now), _difference(was, is_now))
    yield figures


def rolled_back(settings: Settings, version: str, by: str, reason: str) -> list[str]:
    """Make `version` the current one in every warehouse; returns a line for each. Nothing is done unless all have it.

    Raises:
        TargetError: it is not kept somewhere, or it is live everywhere already.
    """
    return Warehouses.of(settings).make_current(version, by=by, reason=reason)


def _live(target: Target) -> Manifest:
    live = target.live()
    if live is None:
        raise TargetError("nothing is published yet")
    return live


def _before(target: Target, version: str) -> str:
    older = [manifest.version for manifest in target.versions()]
    place = older.index(version) + 1 if version in older else len(older)
    if place >= len(older):
        raise TargetError(f"no older version than {version} is kept to compare with")
    return older[place]


def _table(title: str, *columns: str) -> Table:
    table = Table(*columns, title=title, title_justify="left", caption_justify="left", box=None, pad_edge=False)
    table.padding = (0, 1)
    for column in table.columns:
        if column.header in {"rows", "rows before", "rows now", "change", "before", "now"}:
            column.justify = "right"
        column.no_wrap = column.header in {"version", "as of", "published (UTC)", "current", "table", "figure"}
    return table


def _rows(change: TableChange) -> tuple[str, str, str]:
    if change.old_rows is None or change.new_rows is None:
        shown = [("-" if count is None else f"{count:,}") for count in (change.old_rows, change.new_rows)]
        return shown[0], shown[1], "new" if change.old_rows is None else "gone"
    moved = change.new_rows - change.old_rows
    return f"{change.old_rows:,}", f"{change.new_rows:,}", f"{moved:+,}" if moved else "values"


def _columns(change: TableChange) -> str:
    return " ".join([*(f"+{name}" for name in change.columns_added), *(f"-{name}" for name in change.columns_removed)])


def _figure(value: float | str | None) -> str:
    return "unknown" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def _difference(was: float | str | None, now: float | str | None) -> str:
    if isinstance(was, int | float) and isinstance(now, int | float):
        return f"{now - was:+.4f}" if isinstance(now - was, float) else f"{now - was:+d}"
    return "" if was == now else "changed"
