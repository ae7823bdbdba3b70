import os
from datetime import UTC, datetime, timedelta

import httpx2
import pyarrow.parquet as pq
import pytest

from ingestion import registry
from ingestion.contract import Connection
from ingestion.extraction import extract

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


class SteppedClock:
    """Time that moves only while somebody sleeps."""

    def __init__(self, now=NOW):
        self.moment = now
        self.naps = []

    def now(self):
        return self.moment

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.moment += timedelta(seconds=seconds)


class Bench:
    """A landing, a clock and a vendor played by a function of the request."""

    def __init__(self, folder):
        self.root = folder / "raw"
        self.clock = SteppedClock()
        self.requests = []

    def connection(self, source, handler=None, **more):
        def answer(request):
            self.requests.append(request)
            return handler(request)

        names = source.credentials[-1] if source.credentials else ()
        transport = httpx2.MockTransport(answer) if handler else None
        more = {
            "base_url": f"https://{source.name}.test",
            "start_date": datetime(2026, 10, 1, tzinfo=UTC).date(),
            **more,
        }
        return Connection(credentials=dict.fromkeys(names, "s3cret"), transport=transport, **more)

    def run(self, name, handler=None, tables=None, **more):
        source = registry.source(name)
        reports = extract(source, self.connection(source, handler, **more), self.root, self.clock, "run-1", tables)
        return {report.table: report for report in reports}

    def rows(self, source, table, part="*"):
        found = []
        for path in sorted((self.root / source / table / "v1").glob(f"{part}/data.parquet")):
            found += pq.read_table(path, partitioning=None).to_pylist()
        return found

    def files(self):
        """Every data file with its bytes."""
        return {path.relative_to(self.root): path.read_bytes() for path in sorted(self.root.rglob("data.parquet"))}


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """The order of writes is tested, not the platter."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)
