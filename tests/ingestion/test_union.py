"""Overlapping, repeated and re-ordered pages: keys are unique, the last version wins, nothing is lost."""

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion import registry
from ingestion.contract import Connection, Record
from ingestion.decoding import Decoder
from ingestion.landing import parts as landing
from ingestion.landing.merge import union
from ingestion.run_context import Run
from ingestion.sources.stripe_tables import INVOICE_LINES, REFUNDS
from ingestion.sources.zendesk_tables import TICKETS
from ingestion.table_writer import Intake

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
ZENDESK = registry.source("zendesk")
START = datetime(2026, 8, 1, tzinfo=UTC)
# A few tickets, versions an hour to months apart, so that windows, repeats and corrections all occur.
CHANGES = st.tuples(st.integers(1, 5), st.integers(0, 100), st.sampled_from(["open", "solved", "deleted"]))
PAGES = st.lists(st.lists(CHANGES, max_size=6), max_size=8)


def ticket(number, day, status):
    at = START + timedelta(days=day)
    raw = {"id": number, "status": status, "generated_timestamp": int(at.timestamp()), "subject": "s"}
    return Record(json.dumps(raw).encode())


def landed(intake, root):
    parts = landing.parts(root, "zendesk", intake.table.name)
    folder = landing.table_folder(root, "zendesk", intake.table.name)
    return [row for part in parts for row in landing.read_part(folder / part, intake.table).to_pylist()]


def intake(root, table=TICKETS, until=NOW):
    run = Run(root, ZENDESK, Connection("https://z.test"), None, "r", lambda _table, _rows: None)
    return Intake(run, table, NOW, until)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=PAGES, flushes=st.sets(st.integers(0, 7)), data=st.data())
def test_pages_in_any_order_and_number_land_the_same_versions(tmp_path_factory, pages, flushes, data):
    root = tmp_path_factory.mktemp("home") / "raw"
    one = intake(root)
    for number, page in enumerate(pages):
        one.take([ticket(*change) for change in page], number + 1)
        if number in flushes:
            one.flush()
    one.flush()
    rows = landed(one, root)
    seen = {(str(number), day) for page in pages for number, day, _ in page}
    assert sorted((row["ticket_id"], row["_version"]) for row in rows) == sorted(
        (number, int((START + timedelta(days=day)).timestamp()) * 1_000_000) for number, day in seen
    )
    last = {(str(number), day): status for page in pages for number, day, status in page}
    told = {(row["ticket_id"], (row["generated_at"].replace(tzinfo=UTC) - START).days): row["status"] for row in rows}
    assert told == last
    assert one.received == one.kept + one.duplicate + one.quarantined + one.foreign == sum(map(len, pages))

    before = {path: path.read_bytes() for path in root.rglob("data.parquet")}
    again = intake(root)
    unchanged = [(number, day, last[str(number), day]) for page in pages for number, day, _ in page]
    for number, page in enumerate([data.draw(st.permutations(unchanged))]):
        again.take([ticket(*change) for change in page], number + 1)
    again.flush()
    assert again.kept == 0
    assert before == {path: path.read_bytes() for path in root.rglob("data.parquet")}


def test_a_part_is_named_for_the_month_of_feed_time_and_sorted_by_it(tmp_path):
    root = tmp_path / "raw"
    one = intake(root)
    one.take([ticket(1, 40, "open"), ticket(2, 1, "open"), ticket(1, 0, "new")], 1)
    one.flush()
    assert list(landing.parts(root, "zendesk", "tickets")) == ["window=2026-08-01", "window=2026-09-01"]
    assert [row["ticket_id"] for row in landed(one, root)] == ["1", "2", "1"]


def test_what_the_vendor_has_not_settled_is_foreign_and_comes_next_time(tmp_path):
    root = tmp_path / "raw"
    until = START + timedelta(days=3)
    one = intake(root, until=until)
    one.take([ticket(1, 2, "open"), ticket(2, 3, "open"), ticket(3, 9, "open")], 1)
    one.flush()
    assert (one.kept, one.foreign) == (1, 2)
    assert [row["ticket_id"] for row in landed(one, root)] == ["1"]


def rows_of(table, *records):
    decoded = Decoder(table).decode([Record(json.dumps(raw).encode(), parent) for raw, parent in records])
    assert not decoded.rejected
    count = len(decoded.raws)
    version = decoded.envelope[table.version].cast(pa.int64())
    technical = {
        "_raw": [raw.decode() for raw in decoded.raws], "_extracted_at": [None] * count, "_run_id": ["r"] * count,
        "_page": [1] * count, "_row": [1] * count, "_api_version": ["v"] * count, "_deleted": [False] * count,
        "_version": version, "_origin": ["o"] * count, "_part": ["p"] * count,
    }  # fmt: skip
    arrays = [
        pa.array(v, table.landed_schema.field(n).type) if isinstance(v, list) else v for n, v in technical.items()
    ]
    return pa.table([*decoded.envelope.columns, *arrays], schema=table.landed_schema)


def test_a_ledger_holds_each_object_once_and_the_last_seen_wins():
    first = rows_of(REFUNDS, ({"id": "re_1", "created": 5, "status": "pending"}, {}))
    later = rows_of(REFUNDS, ({"id": "re_1", "created": 5, "status": "succeeded"}, {}))
    found = union(first, later, REFUNDS)
    assert (found.rows["status"].to_pylist(), found.kept, found.is_changed) == (["succeeded"], 1, True)
    assert union(found.rows, later, REFUNDS) == (found.rows, 0, False)


def test_an_older_version_that_comes_late_does_not_win_in_a_ledger():
    def line(updated, amount):
        parent = {"invoice_id": "in_1", "invoice_created_at": 1, "invoice_updated_at": updated}
        return rows_of(INVOICE_LINES, ({"id": "il_1", "amount": amount}, parent))

    found = union(line(9, 900), line(5, 500), INVOICE_LINES)
    assert found.rows["amount_minor"].to_pylist() == [900]
    assert not found.is_changed


def test_a_line_that_left_its_draft_invoice_is_gone_when_the_invoice_is_read_again():
    def lines(updated, *names):
        parent = {"invoice_id": "in_1", "invoice_created_at": 1, "invoice_updated_at": updated}
        return rows_of(INVOICE_LINES, *(({"id": name, "amount": 1}, parent) for name in names))

    found = union(lines(1, "il_1", "il_2"), lines(2, "il_2", "il_3"), INVOICE_LINES)
    assert sorted(found.rows["line_id"].to_pylist()) == ["il_2", "il_3"]
