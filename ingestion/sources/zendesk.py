"""zendesk"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingestion.contract import Page, Source, Stream, Sweep
from ingestion.sources import zendesk_tables as tables

if TYPE_CHECKING:
    from ingestion.http import Client


def pages(client: Client, sweep: Sweep) -> Iterator[Page]:
    raise NotImplementedError


SOURCE = Source(
    "zendesk", "Zendesk Support", "helpdesk",
    (
        Stream(pages, (tables.ORGANIZATIONS,)),
        Stream(pages, (tables.USERS,)),
        Stream(pages, (tables.GROUPS,)),
        Stream(pages, (tables.TICKETS,)),
        Stream(pages, (tables.TICKET_EVENTS,)),
        Stream(pages, (tables.TICKET_METRIC_EVENTS,)),
        Stream(pages, (tables.SATISFACTION_RATINGS,)),
        Stream(pages, (tables.CSAT_SURVEY_RESPONSES,)),
        Stream(pages, (tables.SCHEDULES, tables.SCHEDULE_HOLIDAYS,)),
    ),
    base_url_setting="ZENDESK_BASE_URL",
    credentials=(("ZENDESK_OAUTH_TOKEN",), ("ZENDESK_EMAIL", "ZENDESK_API_TOKEN")),
)
