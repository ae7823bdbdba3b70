"""The quality page: one self-contained HTML file per version. Sentences and counts, no values, no script, no request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from quality.gate.verdict import Verdict
    from quality.publication.release import Currency

TEMPLATE = "quality_page.html.j2"


def write_page(path: Path, verdict: Verdict, currency: Currency | None = None) -> None:
    """Write the page of a verdict, whatever it says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(verdict, currency), encoding="utf-8")


def render(verdict: Verdict, currency: Currency | None = None) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tables = sorted(verdict.by_table().items())
    return environment.get_template(TEMPLATE).render(
        verdict=verdict,
        summary=verdict.summary(),
        currency=currency,
        published={table: checks for table, checks in tables if table in verdict.tables},
        behind={
            table: checks for table, checks in tables if table not in verdict.tables and not table.startswith("raw__")
        },
        raw={table: checks for table, checks in tables if table.startswith("raw__")},
    )
