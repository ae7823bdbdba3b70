"""A vendor that does not answer: who is told when, and when the night stops waiting."""

from datetime import timedelta

import httpx2
import pytest

from ingestion.client.http import Client
from ingestion.client.patience import Patience
from ingestion.contract import PatienceSpent, SourceUnavailable
from ingestion.extraction import extract
from ingestion.registry import source
from tests.ingestion.conftest import NOW, SteppedClock

TYPEFORM = source("typeform")


class Told:
    def __init__(self, clock):
        self._clock = clock
        self.calls = []

    def __call__(self, source, what, since):
        self.calls.append((source.name, what, since, self._clock.now()))


def test_a_person_is_told_once_and_within_ten_minutes_while_the_night_goes_on():
    clock = SteppedClock()
    told = Told(clock)
    patience = Patience(clock, 7200, told)

    def night():
        while True:
            clock.sleep(60)  # a request that hangs
            patience.failed(TYPEFORM, "did not answer in time on /forms", 60)
            clock.sleep(60)

    with pytest.raises(PatienceSpent, match="CX_PATIENCE_MINUTES"):
        night()
    ((name, what, since, at),) = told.calls
    assert (name, what) == ("typeform", "did not answer in time on /forms")
    assert since == NOW + timedelta(seconds=60)
    assert at - NOW < timedelta(minutes=10)
    waited = clock.now() - NOW
    assert timedelta(minutes=115) < waited <= timedelta(minutes=122)


def test_an_answer_ends_a_silence_but_gives_no_patience_back():
    clock = SteppedClock()
    told = Told(clock)
    patience = Patience(clock, 1000, told)
    for _ in range(3):
        patience.failed(TYPEFORM, "answered HTTP 503 on /forms", 250)
        clock.sleep(250)
        patience.answered(TYPEFORM)
    assert told.calls == []
    with pytest.raises(PatienceSpent):
        patience.failed(source("stripe"), "cannot be reached on /v1/events", 251)


def test_a_dead_vendor_is_not_asked_for_its_other_streams_once_the_patience_is_spent(bench):
    patience = Patience(bench.clock, 30, Told(bench.clock))
    connection = bench.connection(source("stripe"), lambda _: httpx2.Response(503))
    with pytest.raises(PatienceSpent, match=r"Stripe answered HTTP 503 on /v1/customers"):
        list(extract(source("stripe"), connection, bench.root, bench.clock, "run-1", patience=patience))
    assert {request.url.path for request in bench.requests} == {"/v1/customers"}
    assert sum(bench.clock.naps) <= 30


def test_without_patience_of_a_night_a_stream_gives_up_by_itself(bench):
    connection = bench.connection(TYPEFORM, lambda _: httpx2.Response(503))
    with pytest.raises(SourceUnavailable, match="8 times"):
        list(extract(TYPEFORM, connection, bench.root, bench.clock, "run-1"))


def test_a_probe_asks_once(bench):
    connection = bench.connection(TYPEFORM, lambda _: httpx2.Response(503))
    with Client(TYPEFORM, connection, bench.clock, is_once=True) as client, pytest.raises(SourceUnavailable):
        TYPEFORM.streams[0].probe(client)
    assert len(bench.requests) == 1
    assert bench.clock.naps == []
