"""typeform"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingestion.contract import Page, Source, Stream, Sweep
from ingestion.sources import typeform_tables as tables

if TYPE_CHECKING:
    from ingestion.http import Client


def pages(client: Client, sweep: Sweep) -> Iterator[Page]:
    raise NotImplementedError


SOURCE = Source(
    "typeform", "Typeform", "survey",
    (
        Stream(pages, (tables.FORMS,)),
        Stream(pages, (tables.RESPONSES,)),
    ),
    base_url_setting="TYPEFORM_BASE_URL",
    credentials=(("TYPEFORM_TOKEN",),),
)
