"""The drop folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingestion.contract import Page, Source, Stream, Sweep
from ingestion.sources.drop_contracts import CONTRACTS

if TYPE_CHECKING:
    from ingestion.http import Client


def pages(client: Client, sweep: Sweep) -> Iterator[Page]:
    raise NotImplementedError


SOURCE = Source(
    "drop_folder",
    "Drop folder",
    "drop",
    tuple(Stream(pages, (table,)) for table in CONTRACTS),
    base_url_setting="CX_DROP_DIR",
)
