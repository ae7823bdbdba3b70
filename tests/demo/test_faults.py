import json
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from threading import Thread

import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client

from demo.faults import Faults, FaultyApp

GROUPS = "/zendesk/api/v2/groups"
TICKETS = "/zendesk/api/v2/incremental/tickets/cursor"
HEADERS = {"Authorization": "Bearer x"}


@pytest.fixture
def played(app):
    def play(**switches):
        faulty = FaultyApp(app, Faults(**switches), sleep=slept.append, wall=lambda: 1_800_000_000.0)
        client = Client(faulty)
        return lambda path: client.get(path, headers=HEADERS)

    slept = []
    play.slept = slept
    return play


def test_every_third_request_is_throttled(played):
    get = played(throttle_every=3, retry_after=7)
    answers = [get(GROUPS) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 429]
    assert answers[2].headers["Retry-After"] == "7"


def test_retry_after_may_be_a_date(played):
    answer = played(throttle_every=1, retry_after=90, retry_after_as_date=True)(GROUPS)
    assert parsedate_to_datetime(answer.headers["Retry-After"]).timestamp() == 1_800_000_090


def test_server_errors_come_as_html(played):
    get = played(error_every=2, error_status=502)
    assert get(GROUPS).status_code == 200
    failed = get(GROUPS)
    assert failed.status_code == 502
    assert failed.mimetype == "text/html"


def test_large_pages_time_out_and_small_ones_do_not(played):
    get = played(size_above=250)
    assert get(f"{TICKETS}?start_time=0&per_page=1000").status_code == 504
    assert get(f"{TICKETS}?start_time=0&per_page=250").status_code == 200


def test_a_page_is_repeated(played):
    get = played(repeat_every=2)
    first = get("/stripe/v1/invoices?limit=5").json
    again = get(f"/stripe/v1/invoices?limit=5&starting_after={first['data'][-1]['id']}").json
    assert again == first


def test_json_is_cut(played):
    get = played(cut_every=1)
    answer = get(GROUPS)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.data)


def test_a_cursor_is_stuck(played):
    get = played(stuck_cursor=True)
    first = get(f"{TICKETS}?start_time=0&per_page=5").json
    second = get(f"{TICKETS}?cursor={first['after_cursor']}&per_page=5").json
    assert second["after_cursor"] == first["after_cursor"]
    assert not second["end_of_stream"]
    assert get("/stripe/v1/coupons").json["has_more"]
    organizations = get("/zendesk/api/v2/incremental/organizations?start_time=0").json
    assert organizations["next_page"].endswith("start_time=0")


def test_answers_are_slow_by_the_clock_that_is_handed_in(played):
    played(slow_seconds=2.5)(GROUPS)
    assert played.slept == [2.5]


def test_the_company_is_served_over_a_socket(app):
    server = make_server("127.0.0.1", 0, FaultyApp(app, Faults()), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", GROUPS, headers=HEADERS)
        assert json.load(connection.getresponse())["count"] == 4
        connection.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
