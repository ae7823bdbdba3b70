"""Vendors that throttle, fail, cut, repeat, hang and lie, over a real socket; the landing is that of a good vendor."""

import contextlib
import random
import socket
import threading

import httpx2
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.faults import Faults, FaultyApp
from ingestion import registry
from ingestion.client.http import ATTEMPTS
from ingestion.contract import AnswerBroken, Connection, IngestionError, SourceUnavailable
from ingestion.extraction import extract
from ingestion.landing import parts as landing
from tests.faults import victims
from tests.faults.garbling import flipped
from tests.ingestion.conftest import bench, quick_disk  # noqa: F401 - fixtures

NIGHT = victims.NIGHTS[1]
VENDORS = [source for source in registry.sources() if source.domain != "drop"]


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        """Nobody reads it."""


@contextlib.contextmanager
def served(app):
    with make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    root = tmp_path_factory.mktemp("clean") / "raw"
    reports = victims.extraction(root, NIGHT)
    return victims.landed(root), reports


CASES = {
    "429 in seconds": {"throttle_every": 3, "retry_after": 2},
    "429 as a date": {"throttle_every": 3, "retry_after": 2, "retry_after_as_date": True},
    "503": {"error_every": 3},
    "500": {"error_every": 4, "error_status": 500},
    "504 on big pages": {"size_above": 200},
    "cut bodies": {"cut_every": 3},
    "pages twice": {"repeat_every": 3},
    "everything": {"throttle_every": 5, "error_every": 7, "cut_every": 4, "repeat_every": 6, "size_above": 400},
}


@pytest.mark.parametrize("case", CASES)
def test_a_faulty_vendor_is_read_as_a_good_one(tmp_path, clean, case):
    clock = victims.Stopped(NIGHT)
    faulty = FaultyApp(victims.app(NIGHT), Faults(**CASES[case]), wall=lambda: clock.now().timestamp())
    with served(faulty) as url:
        reports = victims.extraction(tmp_path / "raw", NIGHT, base_url=url)
    assert victims.landed(tmp_path / "raw") == clean[0]
    for name, report in reports.items():
        assert report.received == report.kept + report.duplicate + report.quarantined + report.foreign, name
        assert report.rows == clean[1][name].rows, name
    assert sum(report.requests for report in reports.values()) == faulty.requests
    if case != "pages twice":
        assert sum(sum(report.retries.values()) for report in reports.values()) > 0
    assert faulty.requests < 3_000


@pytest.mark.parametrize("source", VENDORS, ids=lambda source: source.name)
def test_a_stuck_cursor_ends_with_an_error(tmp_path, source):
    faulty = FaultyApp(victims.app(NIGHT), Faults(stuck_cursor=True))
    connection = Connection(
        f"http://demo.localhost/{source.name}",
        dict.fromkeys(source.credentials[0], "demo"),
        transport=httpx2.WSGITransport(app=faulty),
        origin="demo",
    )
    if source.name == "typeform":  # its pages go by the token of the last response: there is no cursor that could stick
        list(extract(source, connection, tmp_path / "raw", victims.Stopped(NIGHT), "run"))
    else:
        with pytest.raises(AnswerBroken, match="does not advance"):
            list(extract(source, connection, tmp_path / "raw", victims.Stopped(NIGHT), "run"))
    assert faulty.requests < 100


def test_a_cursor_that_leads_in_a_circle_ends_with_an_error(bench):  # noqa: F811 - the fixture
    def exports(request):
        following = {"a": "b", "b": "c", "c": "a"}[request.url.params.get("cursor", "c")]
        return httpx2.Response(200, json={"tickets": [], "after_cursor": following, "end_of_stream": False})

    def lists(request):
        following = {"a": "b", "b": "a"}[request.url.params.get("page[after]", "b")]
        return httpx2.Response(200, json={"groups": [], "meta": {"has_more": True, "after_cursor": following}})

    def ids(request):
        following = {"a": "b", "b": "a"}[request.url.params.get("starting_after", "b")]
        return httpx2.Response(200, json={"data": [{"id": following}], "has_more": True})

    for source, table, handler in (
        ("zendesk", "tickets", exports),
        ("zendesk", "groups", lists),
        ("stripe", "coupons", ids),
    ):
        asked = len(bench.requests)
        with pytest.raises(AnswerBroken, match="does not advance"):
            bench.run(source, handler, [table])
        assert len(bench.requests) - asked <= 4


class Impatient(httpx2.HTTPTransport):
    """A second of the client's minute is a hundredth here."""

    def handle_request(self, request):
        request.extensions["timeout"] = {"connect": 1.0, "read": 0.2, "write": 1.0, "pool": 1.0}
        return super().handle_request(request)


def test_a_hung_vendor_is_given_up(tmp_path):
    source = registry.source("typeform")
    with socket.create_server(("127.0.0.1", 0)) as hung:
        url = f"http://127.0.0.1:{hung.getsockname()[1]}"
        transport = Impatient()
        connection = Connection(url, dict.fromkeys(source.credentials[0], "s3cret"), transport=transport)
        with pytest.raises(SourceUnavailable, match=f"did not answer in time on .*{ATTEMPTS} times") as caught:
            list(extract(source, connection, tmp_path / "raw", victims.Stopped(NIGHT), "run"))
    assert "s3cret" not in str(caught.value)
    assert landing.watermarks(tmp_path / "raw") == {}


class Garbling(httpx2.BaseTransport):
    """Good answers whose bytes are turned here and there."""

    def __init__(self, chance):
        self.good = httpx2.WSGITransport(app=victims.app(NIGHT))
        self.chance = chance
        self.broken = 0

    def handle_request(self, request):
        answer = self.good.handle_request(request)
        content = answer.read()
        if self.chance.random() < 0.5:
            content = flipped(content, self.chance, 1, 6)
            self.broken += 1
        return httpx2.Response(answer.status_code, content=content)


@pytest.mark.parametrize("source", VENDORS, ids=lambda source: source.name)
def test_flipped_bytes_in_answers(tmp_path, record_property, source, seed):
    """Read, counted, or refused with one of our own errors: never a crash, never a state that says more than was landed."""
    chance = random.Random(seed)
    transport, refused = Garbling(chance), 0
    for number in range(12):
        root = tmp_path / str(number) / "raw"
        connection = Connection(
            f"http://demo.localhost/{source.name}",
            dict.fromkeys(source.credentials[0], "demo"),
            transport=transport,
            origin="demo",
        )
        try:
            for report in extract(source, connection, root, victims.Stopped(NIGHT), "run"):
                assert report.received == report.kept + report.duplicate + report.quarantined + report.foreign
        except IngestionError:
            refused += 1
    record_property("broken", transport.broken)
    assert refused < 12
