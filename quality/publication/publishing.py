"""The only way to publish: a release goes to a target only with a verdict of the gate that it passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quality.gate.suite import TABLE_NAME
from quality.publication.build_snapshot import BuildSnapshot, PublicationRefused
from quality.publication.quality_page import write_page
from quality.publication.release import Currency, PublishedTable, Release
from quality.publication.targets.target import Publication, RolledBackError

if TYPE_CHECKING:
    from pathlib import Path

    from quality.gate.suite import Suites
    from quality.gate.verdict import Verdict
    from quality.publication.targets.target import Target

__all__ = ["Publication", "PublicationRefused", "PublishedTable", "Release", "publish"]


def publish(  # noqa: PLR0913 - everything that a publication needs, by name
    build: Path, verdict: Verdict, target: Target, release: Release, *, suites: Suites, page: Path, again: bool = False
) -> Publication:
    """Publish all tables of the release from the closed file `build`, or none.

    Writes the quality page first, so that a refused run can be read too. Raises PublicationRefused for a failed verdict, a
    verdict of another run, a table that was not judged, a run that was rolled back (unless `again`); TargetError and
    BuildInUseError where the target or the build cannot be used. A run that is live already is left as it is.
    """
    for table in release.tables:
        if not TABLE_NAME.fullmatch(table.name):
            raise ValueError(f"{table.name!r} is not a valid name of a published table")
    write_page(page, verdict, release.currency)
    keyed = tuple(_with_currency(_with_key(table, suites), release.currency) for table in release.tables)
    spill = page.parent / "spill"
    try:
        with BuildSnapshot(build, verdict, replace(release, tables=keyed), spill) as snapshot:
            return target.publish(snapshot, page, again=again)
    except RolledBackError as error:
        raise PublicationRefused(str(error), verdict) from error


def _with_key(table: PublishedTable, suites: Suites) -> PublishedTable:
    suite = suites.get(table.name)
    return replace(table, key=suite.key) if suite and not table.key else table


def _with_currency(table: PublishedTable, currency: Currency | None) -> PublishedTable:
    """A table that holds money says which in its comment, for whoever meets it without the other tables."""
    if currency is None or not any(column.endswith("_minor") for column in table.columns):
        return table
    return replace(table, description=f"{table.description} {currency.words}".strip())
