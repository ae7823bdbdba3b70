"""Tokens by grant: renewed before they end and once after a refusal, by one thread, and told to nobody."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import httpx2
import pytest

from demo.app import create_app
from demo.faults import Faults, FaultyApp
from demo.tokens import Tokens
from ingestion import registry
from ingestion.client.http import ATTEMPTS, Client
from ingestion.contract import AnswerBroken, Connection, SettingRefused, SourceUnavailable
from ingestion.credentials import Grant
from ingestion.extraction import extract
from tests.faults import victims
from tests.faults.test_bad_answers import served

ZENDESK = registry.source("zendesk")
CLIENT = {"ZENDESK_CLIENT_ID": "cx", "ZENDESK_CLIENT_SECRET": "s3cret"}
NIGHT = victims.NIGHTS[1]
HOURS = 3600


class Ticking:
    """One clock for a vendor and its client: every request takes time, and so does every sleep."""

    def __init__(self, as_of=NIGHT):
        self.start = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), UTC)
        self.passed = 0.0

    def now(self):
        return self.start + timedelta(seconds=self.passed)

    def sleep(self, seconds):
        self.passed += seconds


class Vendor:
    """A served Zendesk of small pages; every request takes `step` seconds of its clock, every token ends after five minutes."""

    def __init__(self, clock, step=60, after=None):
        self.clock = clock
        self.step = step
        self.tokens = Tokens(lambda: clock.passed, lasts=300, clients={"cx": "s3cret"})
        app = create_app(victims.app(NIGHT).company, tokens=self.tokens)
        app.__dict__["zendesk"] = victims.app(NIGHT).zendesk
        self.faulty = FaultyApp(app, Faults(size_above=25))
        self.after = after or (lambda _vendor, _number: None)

    def __call__(self, environ, start_response):
        self.clock.passed += self.step
        self.after(self, self.faulty.requests)
        return self.faulty(environ, start_response)

    @property
    def refused(self):
        return sum(status == 401 for _, status in self.faulty.log)


def load(root, vendor, clock):
    with served(vendor) as url:
        connection = Connection(f"{url}/zendesk", CLIENT, origin="demo")
        return list(extract(ZENDESK, connection, root / "raw", clock, "run"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a load without any trouble lands."""
    root = tmp_path_factory.mktemp("whole")
    connection = Connection(
        "http://demo.localhost/zendesk", CLIENT, transport=httpx2.WSGITransport(app=victims.app(NIGHT)), origin="demo"
    )
    list(extract(ZENDESK, connection, root / "raw", victims.Stopped(NIGHT), "run"))
    return victims.landed(root / "raw")


def test_a_load_of_two_hours_with_tokens_of_five_minutes_ends_complete(tmp_path, whole):
    vendor = Vendor(Ticking())
    reports = load(tmp_path, vendor, vendor.clock)
    assert vendor.clock.passed > 2 * HOURS
    assert vendor.tokens.given > 2 * HOURS / 300
    assert vendor.refused == 0, "each was renewed before it ended"
    assert victims.landed(tmp_path / "raw")[1] == whole[1], "keys, versions and records"
    assert sum(report.requests for report in reports) == vendor.faulty.requests


def test_tokens_that_end_earlier_than_a_client_s_clock_says_are_renewed_after_the_refusal(tmp_path, whole):
    vendor = Vendor(Ticking())
    load(tmp_path, vendor, victims.Stopped(NIGHT))
    assert vendor.clock.passed > 2 * HOURS
    assert vendor.refused == vendor.tokens.given - 1 > 20
    assert victims.landed(tmp_path / "raw") == whole


def test_a_token_that_dies_early_is_renewed_once(tmp_path, whole):
    def dies(vendor, number):
        if number == 20:
            vendor.tokens.end_all()

    vendor = Vendor(Ticking(), step=1, after=dies)
    load(tmp_path, vendor, victims.Stopped(NIGHT))
    assert vendor.clock.passed < 300
    assert (vendor.tokens.given, vendor.refused) == (2, 1)
    assert victims.landed(tmp_path / "raw") == whole


def test_a_client_that_is_revoked_ends_with_the_names_of_the_settings(tmp_path):
    def revoked(vendor, number):
        if number == 40:
            vendor.tokens.revoke("cx")

    vendor = Vendor(Ticking(), step=1, after=revoked)
    with pytest.raises(SettingRefused, match=r"check ZENDESK_CLIENT_ID \+ ZENDESK_CLIENT_SECRET") as caught:
        load(tmp_path, vendor, victims.Stopped(NIGHT))
    assert "invalid_client" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert [status for _, status in vendor.faulty.log][-2:] == [401, 401]
    assert vendor.refused == 2, "the request, and the asking for another token"


def test_two_threads_renew_once():
    vendor = Vendor(Ticking())
    meet = threading.Barrier(2)
    found = []

    def ask(client):
        meet.wait(10)
        found.append(client.get("/api/v2/groups", {"page[size]": 10}, dict))

    with served(vendor) as url, Client(ZENDESK, Connection(f"{url}/zendesk", CLIENT), victims.Stopped(NIGHT)) as client:
        client.get("/api/v2/groups", {"page[size]": 10}, dict)
        for given, end in ((2, vendor.tokens.end_all), (3, lambda: vendor.clock.sleep(HOURS))):
            end()
            threads = [threading.Thread(target=ask, args=(client,)) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
            assert vendor.tokens.given == given
    assert len(found) == 4


def asked(bench, answer, grant=None, credentials=None):
    """A client whose token comes from `answer(request)`; everything else is fine."""

    def handler(request):
        if request.method == "POST":
            return answer(request)
        return httpx2.Response(200, json={"fine": request.headers["authorization"]})

    source = replace(ZENDESK, authorize=lambda _: grant) if grant else ZENDESK
    connection = replace(bench.connection(source, handler), credentials=credentials or CLIENT)
    return Client(source, connection, bench.clock)


def token(value="t0k3n", **more):
    return httpx2.Response(200, json={"access_token": value, "token_type": "bearer", **more})


def test_what_zendesk_is_asked_for(bench):
    with asked(bench, lambda _: token()) as client:
        assert client.get("/api/v2/groups", {}, dict) == {"fine": "Bearer t0k3n"}
    grant, request = bench.requests
    assert (grant.method, grant.url.path) == ("POST", "/oauth/tokens")
    sent = json.loads(grant.read())
    assert 300 <= sent.pop("expires_in") <= 172_800
    assert sent == {
        "grant_type": "client_credentials", "client_id": "cx", "client_secret": "s3cret", "scope": "read",
    }  # fmt: skip
    assert "s3cret" not in str(request.url) + str(request.headers)


REFUSED = [
    (401, {"error": "invalid_client", "error_description": "s3cret"}, "invalid_client.*check ZENDESK_CLIENT_ID"),
    (400, {"error": "invalid_scope"}, "invalid_scope.*scope that is asked for.*check ZENDESK_CLIENT_ID"),
    (400, {"error": "unauthorized_client"}, "unauthorized_client.*check ZENDESK_CLIENT_ID"),
    (403, {"error": "s3cret"}, "HTTP 403, it does not say why.*check ZENDESK_CLIENT_ID"),
    (401, {"error": {"title": "s3cret"}}, "HTTP 401, it does not say why.*check ZENDESK_CLIENT_ID"),
    (404, {}, "HTTP 404.*check ZENDESK_BASE_URL"),
    (302, {}, "HTTP 302.*check ZENDESK_BASE_URL"),
]


@pytest.mark.parametrize(("status", "body", "told"), REFUSED)
def test_a_token_that_is_not_given_names_the_setting_at_once(bench, status, body, told):
    with (
        pytest.raises(SettingRefused, match=told) as caught,
        asked(bench, lambda _: httpx2.Response(status, json=body)) as client,
    ):
        client.get("/api/v2/groups", {}, dict)
    assert len(bench.requests) == 1
    assert "s3cret" not in str(caught.value)
    assert "/oauth/tokens" in str(caught.value)


def test_a_refusal_as_a_page_names_the_setting_too(bench):
    page = httpx2.Response(401, content=b"<html>s3cret</html>", headers={"content-type": "text/html"})
    with pytest.raises(SettingRefused, match="ZENDESK_CLIENT_ID"), asked(bench, lambda _: page) as client:
        client.get("/api/v2/groups", {}, dict)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx2.Response(200, content=b"<html>s3cret", headers={"content-type": "text/html"}), "text/html, 12 bytes"),
        (httpx2.Response(200, json={"token": "s3cret"}), "no token"),
        (httpx2.Response(200, json=["s3cret"]), "no token"),
        (token(""), "no token"),
        (token("s3cret\r\nx: y"), "no token"),
        (token("s3crét"), "no token"),
    ],
)
def test_an_answer_that_is_no_token_ends_at_once(bench, answer, told):
    with pytest.raises(AnswerBroken, match=told) as caught, asked(bench, lambda _: answer) as client:
        client.get("/api/v2/groups", {}, dict)
    assert len(bench.requests) == 1
    assert "s3cr" not in str(caught.value)


@pytest.mark.parametrize(
    "trouble",
    [
        httpx2.Response(429, headers={"retry-after": "7"}),
        httpx2.Response(503, content=b"<html>"),
        httpx2.Response(200, content=b'{"access_tok', headers={"content-type": "application/json"}),
    ],
)
def test_a_busy_giver_of_tokens_is_asked_again(bench, trouble):
    answers = [trouble, token()]
    with asked(bench, lambda _: answers.pop(0)) as client:
        assert client.get("/api/v2/groups", {}, dict) == {"fine": "Bearer t0k3n"}
    assert bench.clock.naps == [7.0 if trouble.status_code == 429 else 1.0]
    assert client.requests == 3


def test_a_giver_of_tokens_that_stays_busy_is_given_up(bench):
    with (
        pytest.raises(SourceUnavailable, match="HTTP 429 on /oauth/tokens"),
        asked(bench, lambda _: httpx2.Response(429)) as client,
    ):
        client.get("/api/v2/groups", {}, dict)
    assert len(bench.requests) == ATTEMPTS


def test_a_second_refusal_is_the_error(bench):
    def handler(request):
        return token() if request.method == "POST" else httpx2.Response(401)

    connection = replace(bench.connection(ZENDESK, handler), credentials=CLIENT)
    with (
        pytest.raises(SettingRefused, match=r"ZENDESK_CLIENT_ID \+ ZENDESK_CLIENT_SECRET"),
        Client(ZENDESK, connection, bench.clock) as client,
    ):
        client.get("/api/v2/groups", {}, dict)
    assert [request.method for request in bench.requests] == ["POST", "GET", "POST", "GET"]


@pytest.mark.parametrize(
    ("told", "asked_for", "lasts"),
    [(1800, None, 1740), ("1800", 7200, 1740), (None, 600, 540), (100, 7200, 80), (0, 600, 540), ("soon", 600, 540)],
)
def test_a_token_is_renewed_shortly_before_the_end_that_is_said_or_was_asked_for(bench, told, asked_for, lasts):
    grant = Grant("/token", {"grant_type": "x"}, lasts_seconds=asked_for)
    with asked(bench, lambda _: token(**({} if told is None else {"expires_in": told})), grant) as client:
        for seconds, requests in ((0, 2), (lasts - 1, 3), (1, 5)):
            bench.clock.moment += timedelta(seconds=seconds)
            client.get("/x", {}, dict)
            assert len(bench.requests) == requests


def test_a_token_without_an_end_is_kept_until_it_is_refused(bench):
    with asked(bench, lambda _: token(), Grant("/token", {})) as client:
        for _ in range(3):
            client.get("/x", {}, dict)
            bench.clock.moment += timedelta(days=30)
    assert [request.method for request in bench.requests] == ["POST", "GET", "GET", "GET"]


VENDORS = {
    "HaloPSA": Grant(
        "/auth/token",
        {"grant_type": "client_credentials", "client_id": "i", "client_secret": "s", "scope": "all", "tenant": "acme"},
    ),
    "HubSpot": Grant(
        "/oauth/v1/token",
        {"grant_type": "refresh_token", "client_id": "i", "client_secret": "s", "refresh_token": "r"},
    ),
    "Salesforce": Grant(
        "https://login.example/services/oauth2/token",
        {"grant_type": "client_credentials", "client_id": "i", "client_secret": "s"},
        headers={"sforce-query-options": "batchSize=2000"},
    ),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_grants_of_other_vendors_fit_the_same_seam(bench, vendor):
    grant = VENDORS[vendor]
    with asked(bench, lambda _: token(expires_in=1800), grant) as client:
        client.get("/x", {}, dict)
    post, get = bench.requests
    assert post.url == (grant.url if grant.url.startswith("https") else f"https://zendesk.test{grant.url}")
    assert post.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(post.read().decode())) == grant.fields
    assert "authorization" not in post.headers
    assert get.headers["authorization"] == "Bearer t0k3n"
    assert grant.headers.items() <= get.headers.items()


def test_a_grant_and_a_token_do_not_show_their_secrets():
    grant = ZENDESK.authorize(CLIENT)
    assert isinstance(grant, Grant)
    assert "s3cret" not in repr(grant)


def test_the_ways_in_are_tried_in_their_order():
    api = {"ZENDESK_EMAIL": "a@b.c", "ZENDESK_API_TOKEN": "t"}
    assert ZENDESK.authorize({**api, "ZENDESK_OAUTH_TOKEN": "o"}) == {"authorization": "Bearer o"}
    assert isinstance(ZENDESK.authorize({**api, "ZENDESK_OAUTH_TOKEN": "o", **CLIENT}), Grant)
    assert not isinstance(ZENDESK.authorize({**api, "ZENDESK_CLIENT_ID": "half"}), Grant)


def test_an_api_token_is_told_its_last_day(bench):
    api = {"ZENDESK_EMAIL": "a@b.c", "ZENDESK_API_TOKEN": "t"}
    assert "30 April 2027" in ZENDESK.advice(api)
    assert ZENDESK.advice({**api, "ZENDESK_OAUTH_TOKEN": "o"}) == ""
    assert ZENDESK.advice({**api, **CLIENT}) == ""
    with pytest.raises(SettingRefused, match="30 April 2027"):
        bench.run("zendesk", lambda _request: httpx2.Response(401), ["groups"])
