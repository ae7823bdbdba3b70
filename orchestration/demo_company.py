"""The demo company as sources: the production connectors read it in process, through the vendors' own endpoints."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import httpx2

from demo import drop_files, world
from demo.app import App, create_app
from ingestion.contract import Connection, Source
from orchestration.settings import Settings

HOST = "http://demo.localhost"
ORIGIN = "demo"


def connection(settings: Settings, as_of: date, source: Source) -> Connection:
    """The demo company's side of one source. Every row it lands says `demo` as its origin."""
    if source.name in settings.sources_off:
        return Connection(base_url="", is_switched_off=True)
    app = _app(settings.raw, as_of, settings.demo_accounts)
    if source.domain == "drop":
        folder = _drop_folder(settings.home / "drop", app)
        return Connection(base_url=str(folder), origin=ORIGIN, reporting_timezone=settings.reporting_timezone)
    return Connection(
        base_url=f"{HOST}/{source.name}",
        credentials=dict.fromkeys(source.credentials[0], ORIGIN),
        transport=httpx2.WSGITransport(app=app),
        origin=ORIGIN,
        reporting_timezone=settings.reporting_timezone,
    )


@cache
def _app(raw: Path, as_of: date, accounts: int) -> App:
    """The company at the end of `as_of`; its world is pinned in `raw` on the first run."""
    return create_app(world.pin(raw, as_of, accounts).company(as_of))


@cache
def _drop_folder(folder: Path, app: App) -> Path:
    drop_files.write(app.company, folder)
    return folder
