"""The connectors of production read the demo company, night after night."""

from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest

from demo import drop_files
from demo.app import create_app
from demo.world import World
from ingestion import registry
from ingestion.contract import Connection
from ingestion.extraction import extract
from ingestion.landing import parts as landing

WORLD = World(date(2026, 1, 1), 7, 25)
FIRST = date(2026, 10, 14)


class Night:
    """The clock stands at the end of the day and does not move when somebody sleeps."""

    def __init__(self, as_of):
        self.end = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), UTC)

    def now(self):
        return self.end

    def sleep(self, _seconds):
        return


def read(root, as_of, run="r1"):
    company = WORLD.company(as_of)
    app = create_app(company)
    drop_files.write(company, root.parent / "drop")
    reports = {}
    for source in registry.sources():
        is_drop = source.domain == "drop"
        connection = Connection(
            str(root.parent / "drop") if is_drop else f"http://demo.localhost/{source.name}",
            {} if is_drop else dict.fromkeys(source.credentials[0], "demo"),
            transport=None if is_drop else httpx2.WSGITransport(app=app),
            origin="demo",
        )
        for report in extract(source, connection, root, Night(as_of), run):
            reports[f"{report.source}.{report.table}"] = report
    return reports


def data(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("data.parquet")}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    root = tmp_path_factory.mktemp("home") / "raw"
    return root, read(root, FIRST)


def test_every_table_of_every_vendor_has_rows_and_the_counts_hold(home):
    _, reports = home
    assert len(reports) == sum(len(source.tables) for source in registry.sources())
    # In ten months of a few companies a rare thing may not have happened yet.
    rare = {"stripe.refunds", "stripe.credit_notes", "stripe.credit_note_lines", "zendesk.csat_survey_responses"}
    empty = {name for name, report in reports.items() if not report.rows and report.source != "drop_folder"}
    assert empty <= rare
    assert reports["drop_folder.accounts"].rows
    for name, report in reports.items():
        assert report.received == report.kept + report.duplicate + report.quarantined + report.foreign, name
        assert report.rows == report.kept, name
    quarantined = {name for name, report in reports.items() if report.quarantined}
    assert quarantined <= {"drop_folder.qbrs"}, "only the spreadsheet with the wrong date"


def test_the_keys_of_every_part_are_there_and_typed(home):
    root, _ = home
    for source in registry.sources():
        for table in source.tables:
            for part in landing.parts(root, source.name, table.name):
                rows = landing.read_part(landing.table_folder(root, source.name, table.name) / part, table)
                for key in (*table.key, "_raw", "_version", "_part", "_origin"):
                    assert rows[key].null_count == 0, (table.name, key)


def test_the_same_night_again_leaves_every_byte(home):
    root, _ = home
    before, fingerprint = data(root), landing.fingerprint(root)
    read(root, FIRST, "r2")
    assert data(root) == before
    assert landing.fingerprint(root) == fingerprint


def latest(root, source, table):
    """The last version of every record, without what the run says of it."""
    found = {}
    for part in landing.parts(root, source.name, table.name):
        folder = landing.table_folder(root, source.name, table.name) / part
        for row in landing.read_part(folder, table).to_pylist():
            key = tuple(row[name] for name in table.key)
            if key not in found or row["_version"] >= found[key]["_version"]:
                found[key] = row
    return {key: {name: row[name] for name in table.schema.names} for key, row in found.items()}


@pytest.mark.parametrize("days", [10, 40], ids=lambda days: f"{days} days")
def test_a_home_that_was_read_before_ends_with_the_same_records_as_a_new_one(home, tmp_path, days):
    root, _ = home
    grown = tmp_path / "raw"
    read(grown, FIRST - timedelta(days=days))
    read(grown, FIRST)
    for source in registry.sources():
        for table in source.tables:
            if table.kind == "snapshot":
                continue
            then, now = latest(grown, source, table), latest(root, source, table)
            if table.name == "events":
                # The vendor forgets after 30 days, a landing that saw them does not.
                assert now.items() <= then.items()
            else:
                assert then == now, table.name
