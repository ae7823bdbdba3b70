"""Whether a source can be read, found out by one cheap request a stream, once and without patience."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from ingestion.client.http import Client, Params
from ingestion.contract import Client as Asked
from ingestion.contract import Clock, Connection, IngestionError, Probe, Source, Stream


def asking(path: str, params: Params) -> Probe:
    """A probe that asks for `path` and looks at nothing in the answer."""

    def probe(client: Asked) -> object:
        return client.get(path, params, msgspec.Raw)

    return probe


class Probing:
    """Asks a vendor under a connection. `answered_at` is what the vendor's clock said last (aware UTC), where it says."""

    def __init__(self, source: Source, connection: Connection, clock: Clock) -> None:
        self._source, self._connection, self._clock = source, connection, clock
        self.answered_at: datetime | None = None

    def first(self) -> None:
        """Ask for the first stream alone: enough to know whether the credentials are taken.

        Raises:
            IngestionError: SettingRefused, RequestRefused or SourceUnavailable, as while extracting.
        """
        for stream in self._source.streams[:1]:
            self._ask(stream)

    def each(self) -> Iterator[tuple[Stream, IngestionError | None]]:
        """Every stream with what was wrong, None where it may be read."""
        for stream in self._source.streams:
            try:
                self._ask(stream)
            except IngestionError as error:
                yield stream, error
            else:
                yield stream, None

    def _ask(self, stream: Stream) -> None:
        if stream.probe is None:
            return
        with Client(self._source, self._connection, self._clock, is_once=True) as client:
            try:
                stream.probe(client)
            finally:
                self.answered_at = client.answered_at or self.answered_at
