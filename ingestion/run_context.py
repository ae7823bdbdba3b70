"""One run of one source: what every row it lands says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from ingestion.client.patience import Patience
from ingestion.contract import Clock, Connection, Progress, Source, address


@dataclass(frozen=True)
class Run:
    """`origin` is what `_origin` says of every row: base URL, `demo`, or the drop folder as a whole."""

    root: Path
    source: Source
    connection: Connection
    clock: Clock
    run_id: str
    progress: Progress
    patience: Patience | None = None

    @cached_property
    def origin(self) -> str:
        """Never a password that stands in a URL."""
        if self.connection.origin:
            return self.connection.origin
        if self.source.domain == "drop":
            return "drop folder"
        url = urlsplit(address(self.source, self.connection))
        port = f":{url.port}" if url.port else ""
        return f"{url.scheme}://{url.hostname or ''}{port}{url.path.rstrip('/')}"
