"""What is killed: extraction, judging and publishing, each as one function over paths."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import httpx2

from demo import drop_files
from demo.app import create_app
from demo.world import World
from ingestion import registry, stream_sync
from ingestion.contract import Connection
from ingestion.extraction import extract
from ingestion.landing import parts as landing
from quality.publication.targets.postgres import Postgres

WORLD = World(date(2026, 8, 1), 7, 20)
NIGHTS = (date(2026, 10, 4), date(2026, 10, 14))


class Stopped:
    """The clock stands at the end of the day and does not move when somebody sleeps."""

    def __init__(self, as_of):
        self.end = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), UTC)

    def now(self):
        return self.end

    def sleep(self, _seconds):
        return


@cache
def app(as_of):
    """The vendors of one night; asked once for everything, so that a victim does not spend its life generating."""
    made = create_app(WORLD.company(as_of))
    assert made.company.ledger
    assert made.company.desk
    assert isinstance(made.company.asked, list)
    return made


def dropped(folder, as_of):
    """The drop folder as a spreadsheet's owner leaves it."""
    drop_files.write(app(as_of).company, Path(folder))


def extraction(root, as_of, drop="", base_url="", transport=None):
    """All vendors, and the drop folder if one is named, into `root`; the reports by table."""
    stream_sync.FLUSH_ROWS = 300  # flushed often: more ways to die
    root = Path(root)
    reports = {}
    for source in registry.sources():
        if source.domain == "drop":
            if not drop:
                continue
            connection = Connection(drop, origin="demo")
        else:
            connection = Connection(
                f"{base_url or 'http://demo.localhost'}/{source.name}",
                dict.fromkeys(source.credentials[0], "demo"),
                transport=transport or (None if base_url else httpx2.WSGITransport(app=app(as_of))),
                origin="demo",
            )
        for report in extract(source, connection, root, Stopped(as_of), "run"):
            reports[f"{report.source}.{report.table}"] = report
    return reports


SAID_OF_THE_SWEEP = {"_page", "_row", "_extracted_at", "_run_id"}


def landed(root):
    """All rows of a landing, sorted, without what the sweep says of itself; and its fingerprint."""
    found = {}
    for source in registry.sources():
        for table in source.tables:
            names = [name for name in table.landed_schema.names if name not in SAID_OF_THE_SWEEP]
            for part in landing.parts(root, source.name, table.name):
                rows = landing.read_part(landing.table_folder(root, source.name, table.name) / part, table)
                found[source.name, table.name, part] = sorted(map(repr, rows.select(names).to_pylist()))
    return found, landing.fingerprint(root)


def publication(house, verdict, now, keep):
    house.published(verdict, house.target(keep=keep), now=now)


def publication_on_server(house, verdict, now, url):
    target = Postgres(url, spill=house.folder / "spill", keep=3, wait_seconds=30)
    house.published(verdict, target, now=now)


def judgement(house, result):
    """The verdict's rows as JSON."""
    rows = house.judged().rows()
    Path(result).write_text(json.dumps(rows, default=str, sort_keys=True))
