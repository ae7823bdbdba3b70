"""Retries, pacing, page sizes and errors of the client, over a played transport and over a real socket."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import msgspec
import pytest
from werkzeug import Response

from ingestion import registry
from ingestion.client.http import ATTEMPTS, GOOD_PAGES_TO_RESTORE, Client
from ingestion.client.pacing import Pacer, retry_after
from ingestion.contract import AnswerBroken, Connection, RequestRefused, RightMissing, SettingRefused, SourceUnavailable

ZENDESK = registry.source("zendesk")


def answers(*given):
    """Each answer once, the last for ever."""
    left = list(given)

    def handler(_request):
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return found

    return handler


def ok(body=b'{"fine":1}', **headers):
    return httpx2.Response(200, content=body, headers=headers)


def client(bench, handler, source=ZENDESK):
    return Client(source, bench.connection(source, handler), bench.clock)


def get(bench, handler, path="/api/v2/groups", size="", **params):
    with client(bench, handler) as opened:
        return opened.get(path, params, dict[str, int], size=size), opened


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_a_busy_vendor_is_asked_again(bench, status):
    found, opened = get(bench, answers(httpx2.Response(status), ok()))
    assert found == {"fine": 1}
    assert opened.requests == 2
    assert opened.retries == {str(status): 1}


@pytest.mark.parametrize(
    "fault", [httpx2.ReadTimeout("x"), httpx2.ConnectError("x"), httpx2.RemoteProtocolError("cut")]
)
def test_a_broken_connection_is_tried_again(bench, fault):
    found, opened = get(bench, answers(fault, ok()))
    assert found == {"fine": 1}
    assert opened.retries.total() == 1


def test_a_body_that_is_cut_is_asked_for_again(bench):
    found, opened = get(bench, answers(ok(b'{"fine":'), ok()))
    assert found == {"fine": 1}
    assert opened.retries == {"body": 1}


@pytest.mark.parametrize(
    "whole", [b'{"fine":1,"a":[true,null],"n":1.5e3}', '{"fine":1,"k":"Caf\u00e9 \U0001f600"}'.encode()]
)
def test_wherever_a_body_is_cut_it_is_asked_for_again(bench, whole):
    cut = [whole[:place] for place in range(len(whole))]
    bodies = [body for piece in cut for body in (piece, whole)]
    with client(bench, lambda _request: ok(bodies.pop(0))) as opened:
        for piece in cut:
            assert opened.get("/x", {}, dict[str, object])["fine"] == 1, piece
    assert opened.retries == {"body": len(whole)}


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        (b"<html>s3cret log in</html>", {"content-type": "text/html; charset=utf-8"}, "text/html, 26 bytes"),
        (b"<html>s3cret log in</html>", {}, "an undeclared type, 26 bytes"),
        (b"<html>s3cret log in</html>", {"content-type": "application/json"}, "application/json, 26 bytes"),
        (b"id;name\n1;s3cret", {"content-type": "text/csv"}, "text/csv, 16 bytes"),
        (b"%PDF-1.7 s3cret", {"content-type": "application/pdf"}, "application/pdf, 15 bytes"),
        (b'{"fine":1', {"content-type": "application/octet-stream"}, "application/octet-stream, 9 bytes"),
        ('{"fine":1}'.encode("utf-16"), {"content-type": "application/json"}, "application/json, 22 bytes"),
        (b"\xef\xbb\xbf" + b'{"fine":1}', {"content-type": "application/json"}, "application/json, 13 bytes"),
        (b'{"s3cret":"Caf\xe9 x"}', {"content-type": "application/json"}, "application/json, 19 bytes"),
        (b'{"fine":1}{"fine":2}', {"content-type": "application/json"}, "application/json, 20 bytes"),
        (
            b'{"s3cret":1}',
            {"content-type": "application/json", "content-encoding": "gzip"},
            "application/json, 12 bytes in gzip that can't be unpacked",
        ),
    ],
)
def test_what_is_no_json_ends_at_once_with_its_type_and_size(bench, body, headers, told):
    def handler(_request):
        return httpx2.Response(200, stream=httpx2.ByteStream(body), headers=headers)

    with (
        pytest.raises(AnswerBroken, match=re.escape(told)) as caught,
        client(bench, handler) as opened,
    ):
        opened.get("/api/v2/groups", {}, object)
    assert len(bench.requests) == 1
    assert "ZENDESK_BASE_URL" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "log in" not in str(caught.value)


def test_the_page_of_a_proxy_that_fails_is_asked_for_again(bench):
    page = httpx2.Response(502, content=b"<html>bad gateway</html>", headers={"content-type": "text/html"})
    found, opened = get(bench, answers(page, httpx2.Response(520), ok()))
    assert found == {"fine": 1}
    assert opened.retries == {"502": 1, "520": 1}


def test_a_packed_body_is_read(bench):
    body = gzip.compress(b'{"fine":1}')
    found, _ = get(bench, lambda _request: httpx2.Response(200, content=body, headers={"content-encoding": "gzip"}))
    assert found == {"fine": 1}


def test_a_body_that_only_drips_is_given_up(bench):
    """A byte a minute keeps every read within its timeout."""

    def handler(_request):
        def drops():
            for _ in range(1_000):
                bench.clock.moment += timedelta(seconds=59)
                yield b" "
            yield b"{}"

        return httpx2.Response(200, content=drops())

    with pytest.raises(SourceUnavailable, match="did not answer in time"):
        get(bench, handler)
    assert len(bench.requests) == ATTEMPTS


def test_an_answer_of_another_shape_is_not_retried(bench):
    with pytest.raises(AnswerBroken, match="another shape"):
        get(bench, answers(ok(b'{"fine":"x"}')))
    assert len(bench.requests) == 1


def test_retry_after_is_kept_to_the_second(bench):
    get(bench, answers(httpx2.Response(429, headers={"retry-after": "17"}), ok()))
    assert bench.clock.naps == [17.0]


def test_retry_after_as_a_date_is_kept(bench):
    later = format_datetime(bench.clock.now() + timedelta(seconds=40), usegmt=True)
    get(bench, answers(httpx2.Response(503, headers={"retry-after": later}), ok()))
    assert bench.clock.naps == [40.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 1.0),
        ("-5", 1.0),
        ("nan", 1.0),
        ("soon", None),
        ("Fri, 01 Jan 99999999999 00:00:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_never_becomes_a_hot_loop(value, seconds):
    assert retry_after(value, datetime(2026, 1, 1, tzinfo=UTC)) == seconds


def test_waits_grow_and_the_budget_of_one_request_ends(bench):
    with pytest.raises(SourceUnavailable, match="HTTP 500"):
        get(bench, answers(httpx2.Response(500)))
    assert len(bench.requests) == ATTEMPTS
    assert bench.clock.naps == [1, 2, 4, 8, 16, 32, 60]


def test_a_wait_of_an_hour_is_an_error_not_a_nap(bench):
    with pytest.raises(SourceUnavailable, match="wait 3600 s"):
        get(bench, answers(httpx2.Response(429, headers={"retry-after": "3600"})))
    assert bench.clock.naps == []


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_name_their_settings(bench, status):
    with pytest.raises(SettingRefused, match="ZENDESK_OAUTH_TOKEN or ZENDESK_EMAIL") as caught:
        get(bench, answers(httpx2.Response(status)))
    assert len(bench.requests) == 1
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        (
            "stripe",
            {"error": {"message": "The key 'rk_s3cret' does not have the required permissions for this endpoint"}},
            "a scope or a permission is missing.*check STRIPE_API_KEY",
        ),
        (
            "typeform",
            {"code": "FORBIDDEN", "description": "s3cret"},
            "role, scope or plan lacks it.*check TYPEFORM_TOKEN",
        ),
    ],
)
def test_a_right_that_is_missing_names_the_setting_and_is_never_the_plan_s(bench, name, body, told):
    """Neither vendor has a stream that is not in every plan."""
    source = registry.source(name)
    with (
        pytest.raises(RightMissing, match=told) as caught,
        client(bench, answers(httpx2.Response(403, json=body)), source) as opened,
    ):
        opened.get("/v1/credit_notes", {}, dict)
    assert "s3cret" not in str(caught.value)
    assert not any(stream.is_optional for stream in source.streams)
    assert not opened.has_rights()


@pytest.mark.parametrize("status", [400, 404, 410, 422, 301])
def test_a_refused_request_is_an_error_at_once(bench, status):
    with pytest.raises(RequestRefused, match=str(status)) as caught:
        get(bench, answers(httpx2.Response(status)))
    assert caught.value.status == status
    assert len(bench.requests) == 1


def test_no_error_quotes_a_query_or_a_secret(bench):
    for handler in (answers(httpx2.Response(404)), answers(httpx2.ConnectError("https://u:s3cret@x.test/?token=abc"))):
        with pytest.raises((RequestRefused, SourceUnavailable)) as caught:
            get(bench, handler, token="abc")
        assert "abc" not in str(caught.value)
        assert "s3cret" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_page_that_is_too_big_is_halved_and_grows_back(bench):
    sizes = []

    def handler(request):
        size = int(request.url.params["per_page"])
        sizes.append(size)
        return httpx2.Response(504) if size > 250 else ok()

    with client(bench, handler) as opened:
        for _ in range(GOOD_PAGES_TO_RESTORE + 1):
            opened.get("/api/v2/groups", {"per_page": 1000}, dict[str, int], size="per_page")
    assert sizes[:3] == [1000, 500, 250]
    assert sizes[3 : 2 + GOOD_PAGES_TO_RESTORE] == [250] * (GOOD_PAGES_TO_RESTORE - 1)
    assert 1000 in sizes[3:]


@pytest.mark.parametrize(
    "headers",
    [
        {"rate-limit-remaining": "0", "rate-limit-reset": "25"},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "25"},
        {"zendesk-ratelimit-incremental-exports": "total=10; remaining=0; resets=25"},
    ],
)
def test_an_empty_budget_in_the_headers_holds_the_next_request_back(bench, headers):
    with client(bench, answers(ok(**headers), ok())) as opened:
        for _ in range(2):
            opened.get("/api/v2/groups", {}, dict[str, int])
    assert bench.clock.naps == [25.0]


@pytest.mark.parametrize(
    ("name", "path"), [("zendesk", "/api/v2/incremental/users"), ("stripe", "/v1/x"), ("typeform", "/forms")]
)
def test_the_documented_rate_is_never_passed(bench, name, path):
    source = registry.source(name)
    times = []

    def handler(_request):
        times.append(bench.clock.now())
        return ok()

    with client(bench, handler, source) as opened:
        for _ in range(60):
            opened.get(path, {}, dict[str, int])
    rate = next(rate for prefix, rate in source.rates.items() if path.startswith(prefix))
    span = timedelta(seconds=rate.seconds)
    assert all(later - first >= span for first, later in zip(times, times[rate.requests :], strict=False))


def test_a_clock_that_stands_still_does_not_wait_longer_and_longer():
    naps = []

    class Frozen:
        def now(self):
            return datetime(2026, 1, 1, tzinfo=UTC)

        def sleep(self, seconds):
            naps.append(seconds)

    pacer = Pacer(ZENDESK.rates, Frozen())
    for _ in range(40):
        pacer.wait("/api/v2/incremental/tickets")
    assert naps == [60.0, 60.0, 60.0]


def test_basic_and_bearer():
    assert (
        ZENDESK.authorize({"ZENDESK_EMAIL": "a@b.c", "ZENDESK_API_TOKEN": "t"})["authorization"]
        == "Basic YUBiLmMvdG9rZW46dA=="
    )
    assert ZENDESK.authorize({"ZENDESK_OAUTH_TOKEN": "t"})["authorization"] == "Bearer t"


@pytest.mark.parametrize("base_url", ["ftp://x.test", "x.test", "http://[", "https://"])
def test_a_base_url_that_is_none_names_its_setting(bench, base_url):
    connection = Connection(base_url, {"ZENDESK_OAUTH_TOKEN": "t"})
    with pytest.raises(SettingRefused, match="ZENDESK_BASE_URL"), Client(ZENDESK, connection, bench.clock) as opened:
        opened.get("/api/v2/groups", {}, dict[str, int])


def test_over_a_real_socket_the_header_and_the_retry_work(bench, httpserver):
    httpserver.expect_ordered_request("/base/api/v2/groups").respond_with_response(
        Response(status=429, headers={"Retry-After": "3"})
    )
    httpserver.expect_ordered_request("/base/api/v2/groups", headers={"Authorization": "Bearer t"}).respond_with_json(
        {"fine": 1}
    )
    connection = Connection(httpserver.url_for("/base"), {"ZENDESK_OAUTH_TOKEN": "t"})
    with Client(ZENDESK, connection, bench.clock) as opened:
        assert opened.get("/api/v2/groups", {}, dict[str, int]) == {"fine": 1}
    assert bench.clock.naps == [3.0]


def test_the_exact_bytes_of_a_record_survive(bench):
    with client(bench, answers(ok(b'{"a": 1.10,\n "b":"\xc3\xa9"}'))) as opened:
        assert bytes(opened.get("/x", {}, msgspec.Raw)) == b'{"a": 1.10,\n "b":"\xc3\xa9"}'
