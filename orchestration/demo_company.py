"""The demo company as sources: the production connectors read it in process, through the vendors' own endpoints."""

from __future__ import annotations

from datetime import date

from ingestion.contract import Connection, Source
from orchestration.settings import Settings

HOST = "http://demo.localhost"


def connection(settings: Settings, as_of: date, source: Source) -> Connection:
    """The demo company's side of one source. Every row it lands says `demo` as its origin."""
    if source.domain == "drop":
        return Connection(
            base_url=str(_drop_folder(settings.home, settings.raw, as_of, settings.demo_accounts)),
            origin="demo",
            reporting_timezone=settings.reporting_timezone,
        )
    import httpx2  # noqa: PLC0415 - only the demo needs it here

    return Connection(
        base_url=f"{HOST}/{source.name}",
        credentials=dict.fromkeys(source.credentials[0], "demo"),
        transport=httpx2.WSGITransport(app=_app(settings.raw, as_of, settings.demo_accounts)),
        origin="demo",
        reporting_timezone=settings.reporting_timezone,
    )
