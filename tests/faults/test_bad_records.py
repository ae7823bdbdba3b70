"""Malformed records, thousands per table: kept or held back with a reason, always counted, never a crash."""

import json
import random
from datetime import timedelta
from functools import cache

import httpx2
import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion import registry, stream_sync, table_writer
from ingestion.client.http import Client
from ingestion.contract import Connection, IngestionError, Record, RowsBroken, Sweep, Window
from ingestion.run_context import Run
from ingestion.table_writer import Intake
from tests.faults import victims
from tests.faults.garbling import JUNK, encoded, garbled
from tests.ingestion.conftest import bench, quick_disk  # noqa: F401 - fixtures

EXAMPLES, RECORDS = 11, 200
NIGHT = victims.Stopped(victims.NIGHTS[1])
TABLES = [(source, table) for source in registry.sources() if source.domain != "drop" for table in source.tables]
IDS = [f"{source.name}.{table.name}" for source, table in TABLES]


@cache
def good(source_name, table_name):
    """Records of the demo company as the connector hands them to the intake; of tables it leaves empty, made up ones."""
    source = registry.source(source_name)
    connection = Connection(
        f"http://demo.localhost/{source.name}",
        dict.fromkeys(source.credentials[0], "demo"),
        transport=httpx2.WSGITransport(app=victims.app(victims.NIGHTS[1])),
    )
    stream = next(one for one in source.streams if any(table.name == table_name for table in one.tables))
    sweep = Sweep(Window(connection.started_at(stream), NIGHT.now() - timedelta(minutes=2)))
    found = []
    with Client(source, connection, NIGHT) as client:
        for page in stream.read(client, sweep):
            found += page.records.get(table_name, [])
            if len(found) > 300:
                break
    if found:
        return found
    table = source.table(table_name)
    plain = {"instant": "2026-10-01T10:00:00Z", "epoch": 1_790_000_000, "integer": 1, "number": 1.5, "boolean": True, "decimal": "1.5",
             "date": "2026-10-01", "json": {}}  # fmt: skip
    record = {}
    for column in table.columns:
        if column.paths:
            place, *steps = record, *column.paths[0].split(".")
            for step in steps[:-1]:
                place = place.setdefault(step, {})
            if isinstance(place, dict):
                place.setdefault(steps[-1], plain.get(column.form, "x"))
    return [Record(encoded(record), {column.name: None for column in table.columns if not column.paths})]


def taken(root, source, table):
    run = Run(root, source, Connection("https://vendor.test"), NIGHT, "run", lambda _table, _rows: None)
    return Intake(run, table, NIGHT.now(), NIGHT.now() - timedelta(minutes=2))


def landed(one):
    if one.table.kind == "snapshot":
        one.commit_listing(one.listed())
    else:
        one.flush()
    one.hold_back()


def held_back(root, source, table):
    return [
        row
        for path in (root.parent / "quarantine" / source.name / table.name).glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]


@pytest.mark.parametrize(("source", "table"), TABLES, ids=IDS)
def test_records_are_kept_or_quarantined_and_counted(tmp_path_factory, monkeypatch, record_property, source, table):
    monkeypatch.setattr(table_writer, "BROKEN_ROWS_ALLOWED", 10**9)
    monkeypatch.setattr(Intake, "_is_money", lambda _self, _column: False)
    fed = {"malformed": 0}

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(junk=JUNK, seed=st.integers(0, 2**32))
    def feed(junk, seed):
        chance = random.Random(seed)
        root = tmp_path_factory.mktemp("any") / "raw"
        one = taken(root, source, table)
        examples = good(source.name, table.name)
        for page in range(2):
            records = [
                Record(garbled(chosen.raw, chance, junk), chosen.parent)
                for chosen in (chance.choice(examples) for _ in range(RECORDS // 2))
            ]
            one.take([*records, chance.choice(examples)], page + 1)
        landed(one)
        assert one.received == RECORDS + 2
        fed["malformed"] += RECORDS
        assert one.received == one.kept + one.duplicate + one.quarantined + one.foreign
        back = held_back(root, source, table)
        assert len({(row["file"], row["line"]) for row in back}) == one.quarantined
        assert all(row["reason"] for row in back)
        manifests = [json.loads(path.read_bytes()) for path in root.rglob("data.manifest.json")]
        for manifest in manifests:
            assert manifest["received"] == sum(
                manifest[name] for name in ("kept", "duplicate", "quarantined", "foreign")
            )
        assert sum(manifest["rows"] for manifest in manifests) == one.report(is_first=True).rows

    feed()
    record_property("malformed", fed["malformed"])
    assert fed["malformed"] >= 2_000


def ticket(number, **more):
    return {"id": number, "status": "open", "generated_timestamp": 1_790_000_000, **more}


def tickets(*records, after=None):
    body = {"tickets": list(records), "after_cursor": after, "end_of_stream": after is None}
    return httpx2.Response(200, json=body)


def test_too_many_bad_records_stop_the_stream(bench):  # noqa: F811 - the fixture
    bad = [ticket(number, generated_timestamp="yesterday") for number in range(11)]
    with pytest.raises(RowsBroken, match=r"zendesk\.tickets: 11 of 12 rows broke the envelope"):
        bench.run("zendesk", lambda _request: tickets(*bad, ticket(99)), ["tickets"])
    assert bench.rows("zendesk", "tickets") == []
    assert len(held_back(bench.root, registry.source("zendesk"), registry.source("zendesk").table("tickets"))) == 11


def test_an_amount_that_cannot_be_read_stops_the_stream(bench):  # noqa: F811 - the fixture
    def handler(_request):
        body = {"data": [{"id": "re_1", "amount": "ten SECRET", "created": 1_790_000_000}], "has_more": False}
        return httpx2.Response(200, json=body)

    with pytest.raises(RowsBroken, match="an amount in `amount` broke the envelope") as caught:
        bench.run("stripe", handler, ["refunds"])
    assert "SECRET" not in str(caught.value)
    assert len(held_back(bench.root, registry.source("stripe"), registry.source("stripe").table("refunds"))) == 1


def test_what_was_held_back_survives_a_crash(bench, monkeypatch):  # noqa: F811 - the fixture
    """A page behind the checkpoint is never asked for again: what was held back of it must be on disk by then."""
    monkeypatch.setattr(stream_sync, "FLUSH_ROWS", 2)

    class Killed(BaseException):
        """Stands for a kill: no handler of errors may catch it."""

    def handler(request):
        match request.url.params.get("cursor"):
            case None:
                return tickets(ticket(1), ticket(2), ticket(None), after="2")
            case "2" if not bench.is_back:
                raise Killed
        return tickets(ticket(3), ticket("", status=5))

    bench.is_back = False
    with pytest.raises(Killed):
        bench.run("zendesk", handler, ["tickets"])
    bench.is_back = True
    report = bench.run("zendesk", handler, ["tickets"])["tickets"]
    assert (report.received, report.kept, report.quarantined) == (2, 1, 1)
    source = registry.source("zendesk")
    back = held_back(bench.root, source, source.table("tickets"))
    assert sorted((row["file"], row["line"]) for row in back) == [("page 1", 3), ("page 2", 2)]
    assert sorted(row["ticket_id"] for row in bench.rows("zendesk", "tickets")) == ["1", "2", "3"]


def test_a_new_field_is_kept_and_told(bench):  # noqa: F811 - the fixture
    bench.run("zendesk", lambda _request: tickets(ticket(1)), ["tickets"])
    report = bench.run("zendesk", lambda _request: tickets(ticket(2, colour="red")), ["tickets"])["tickets"]
    assert report.drift == ("colour",)
    kept = {row["ticket_id"]: msgspec.json.decode(row["_raw"]) for row in bench.rows("zendesk", "tickets")}
    assert kept["2"]["colour"] == "red"


@pytest.mark.parametrize(
    "record",
    [
        {"status": "open", "generated_timestamp": 1_790_000_000},
        {"ticket": 1, "generated_timestamp": 1_790_000_000},
        {"id": {"no": 1}, "generated_timestamp": 1_790_000_000},
        {"id": 1},
        {"id": 1, "generated_at": 1_790_000_000},
        {"id": 1, "generated_timestamp": "2026-10-01"},
    ],
    ids=["key gone", "key renamed", "key retyped", "version gone", "version renamed", "version retyped"],
)
def test_a_retyped_or_renamed_field_stops_the_stream(bench, record):  # noqa: F811 - the fixture
    bench.run("zendesk", lambda _request: tickets(ticket(1)), ["tickets"])
    before = bench.files()
    with pytest.raises(IngestionError, match=r"zendesk\.tickets: 20 of 20 rows broke the envelope"):
        bench.run("zendesk", lambda _request: tickets(*[record] * 20), ["tickets"])
    assert bench.files() == before
