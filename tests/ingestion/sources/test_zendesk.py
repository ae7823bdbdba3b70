"""The traps of the helpdesk's exports, each with small pages."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from ingestion.contract import AnswerBroken, RequestRefused, RightMissing, RowsBroken, SettingRefused
from ingestion.extraction import extract
from ingestion.landing import parts as landing
from ingestion.registry import source

AT = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


def page(**body):
    return httpx2.Response(200, json=body)


def ticket(number, at=AT, **more):
    return {"id": number, "status": "open", "generated_timestamp": at, "updated_at": "2026-10-01T00:00:00Z", **more}


def cursor_feed(key, *pages):
    """Pages by cursor c1, c2, ...; the first by start time."""

    def handler(request):
        place = int(request.url.params.get("cursor", "c0")[1:])
        return page(**{key: pages[place]}, after_cursor=f"c{place + 1}", end_of_stream=place + 1 == len(pages))

    return handler


class TestTickets:
    def test_start_time_once_then_only_the_cursor(self, bench):
        bench.run("zendesk", cursor_feed("tickets", [ticket(1)], [ticket(2)], []), ["tickets"])
        asked = [dict(request.url.params) for request in bench.requests]
        assert asked[0]["start_time"] == str(int(datetime(2026, 10, 1, tzinfo=UTC).timestamp()))
        assert asked[0]["include"] == "metric_sets"
        assert [(params.get("cursor"), "start_time" in params) for params in asked] == [
            (None, True),
            ("c1", False),
            ("c2", False),
        ]

    def test_a_page_seen_twice_lands_once(self, bench):
        report = bench.run(
            "zendesk", cursor_feed("tickets", [ticket(1), ticket(2)], [ticket(1), ticket(2)]), ["tickets"]
        )
        assert (report["tickets"].received, report["tickets"].kept, report["tickets"].duplicate) == (4, 2, 2)
        assert len(bench.rows("zendesk", "tickets")) == 2

    def test_a_cursor_that_stands_still_is_an_error(self, bench):
        def handler(_request):
            return page(tickets=[ticket(1)], after_cursor="same", end_of_stream=False)

        with pytest.raises(AnswerBroken, match="does not advance"):
            bench.run("zendesk", handler, ["tickets"])
        assert len(bench.requests) == 2

    def test_version_and_window_are_feed_time_not_updated_at(self, bench):
        bench.run("zendesk", cursor_feed("tickets", [ticket(1)]), ["tickets"])
        (row,) = bench.rows("zendesk", "tickets", "window=2026-11-01")
        assert row["_version"] == AT * 1_000_000
        assert row["updated_at"] == datetime(2026, 10, 1)  # noqa: DTZ001

    def test_a_deleted_ticket_is_a_tombstone(self, bench):
        bench.run("zendesk", cursor_feed("tickets", [ticket(1), ticket(1, AT + 5, status="deleted")]), ["tickets"])
        assert [(row["status"], row["_deleted"]) for row in bench.rows("zendesk", "tickets")] == [
            ("open", False),
            ("deleted", True),
        ]

    def test_values_of_custom_fields_keep_their_type_and_texts_stay_out(self, bench):
        fields = [{"id": 1, "value": v} for v in (None, "x", True, 1.5, ["a", "b"])]
        secret = {"subject": "SECRET", "description": "SECRET", "raw_subject": "SECRET"}
        given = ticket(
            1, custom_fields=fields, fields=fields, via={"channel": "email", "source": {"from": {"address": "SECRET"}}},
            satisfaction_rating={"score": "good", "comment": "SECRET"}, **secret,
        )  # fmt: skip
        bench.run("zendesk", cursor_feed("tickets", [given]), ["tickets"])
        (row,) = bench.rows("zendesk", "tickets")
        assert json.loads(row["custom_fields"]) == fields
        assert (row["channel"], row["satisfaction_score"]) == ("email", "good")
        assert all(b"SECRET" not in path.read_bytes() for path in bench.root.rglob("*") if path.is_file())
        assert "SECRET" not in row["_raw"]

    def test_metrics_come_with_the_ticket(self, bench):
        metrics = {
            "reopens": 1,
            "reply_time_in_minutes": {"calendar": 9, "business": 4},
            "solved_at": "2026-11-01T01:02:03Z",
        }
        bench.run("zendesk", cursor_feed("tickets", [ticket(1, metric_set=metrics)]), ["tickets"])
        (row,) = bench.rows("zendesk", "tickets")
        assert (row["reply_time_calendar_minutes"], row["reply_time_business_minutes"], row["reopens"]) == (9, 4, 1)
        assert row["solved_at"] == datetime(2026, 11, 1, 1, 2, 3)  # noqa: DTZ001
        assert row["full_resolution_calendar_minutes"] is None

    def test_a_gateway_timeout_halves_the_page_and_keeps_the_cursor(self, bench):
        feed = cursor_feed("tickets", [ticket(1)], [ticket(2)])

        def handler(request):
            params = request.url.params
            return httpx2.Response(504) if params.get("cursor") and int(params["per_page"]) > 500 else feed(request)

        bench.run("zendesk", handler, ["tickets"])
        tail = [(r.url.params["cursor"], r.url.params["per_page"]) for r in bench.requests[1:]]
        assert tail == [("c1", "1000"), ("c1", "500")]
        assert len(bench.rows("zendesk", "tickets")) == 2

    def test_the_next_run_overlaps_and_a_late_change_is_added(self, bench):
        bench.run("zendesk", cursor_feed("tickets", [ticket(1)]), ["tickets"])
        closed = int(bench.clock.now().timestamp()) - 120
        before = bench.files()
        bench.clock.moment += timedelta(days=1)
        bench.run("zendesk", cursor_feed("tickets", []), ["tickets"])
        assert int(bench.requests[-1].url.params["start_time"]) == closed - 600
        assert bench.files() == before
        report = bench.run("zendesk", cursor_feed("tickets", [ticket(1, AT + 9)]), ["tickets"])["tickets"]
        assert (report.kept, report.rows) == (1, 2)

    def test_what_is_younger_than_two_minutes_waits(self, bench):
        now = int(bench.clock.now().timestamp())
        report = bench.run("zendesk", cursor_feed("tickets", [ticket(1, now - 121), ticket(2, now - 60)]), ["tickets"])
        assert (report["tickets"].kept, report["tickets"].foreign) == (1, 1)

    def test_a_row_that_breaks_is_quarantined_without_its_texts(self, bench):
        bad = {"id": 2, "status": {}, "generated_timestamp": AT, "subject": "SECRET"}
        report = bench.run("zendesk", cursor_feed("tickets", [ticket(1), bad, {"status": "open"}]), ["tickets"])[
            "tickets"
        ]
        assert (report.received, report.kept, report.quarantined) == (3, 1, 2)
        (path,) = (bench.root.parent / "quarantine/zendesk/tickets").glob("*.parquet")
        assert b"SECRET" not in path.read_bytes()

    def test_too_many_broken_rows_stop_the_table(self, bench):
        with pytest.raises(RowsBroken, match="11 of 12 rows"):
            bench.run("zendesk", cursor_feed("tickets", [ticket(1), *[{"id": 1}] * 11]), ["tickets"])
        assert bench.rows("zendesk", "tickets") == []

    def test_a_new_field_is_drift_and_no_failure(self, bench):
        bench.run("zendesk", cursor_feed("tickets", [ticket(1, subject="x")]), ["tickets"])
        report = bench.run("zendesk", cursor_feed("tickets", [ticket(2, subject="x", brand_new=1)]), ["tickets"])
        assert report["tickets"].drift == ("brand_new",)

    def test_an_earlier_start_date_reads_everything_anew(self, bench):
        bench.run("zendesk", cursor_feed("tickets", [ticket(1)]), ["tickets"])
        bench.run(
            "zendesk", cursor_feed("tickets", []), ["tickets"], start_date=datetime(2025, 1, 1, tzinfo=UTC).date()
        )
        assert bench.requests[-1].url.params["start_time"] == str(int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()))


class TestTimeExport:
    def test_the_boundary_second_comes_twice_and_lands_once(self, bench):
        def org(number, at):
            return {"id": number, "name": "n", "updated_at": datetime.fromtimestamp(at, UTC).isoformat()}

        pages = {AT: ([org(1, AT + 1), org(2, AT + 2)], AT + 2), AT + 2: ([org(2, AT + 2), org(3, AT + 2)], AT + 2)}

        def handler(request):
            start = max(int(request.url.params["start_time"]), AT)
            found, end = pages[start]
            return page(organizations=found, end_time=end, end_of_stream=start == AT + 2)

        report = bench.run("zendesk", handler, ["organizations"])["organizations"]
        assert (report.received, report.kept, report.duplicate) == (4, 3, 1)
        assert bench.requests[-1].url.params["start_time"] == str(AT + 2)

    def test_more_than_a_page_in_one_second_is_read_by_cursor_instead(self, bench):
        stamp = "2026-11-01T00:00:00Z"
        crowd = [{"id": number, "name": "n", "updated_at": stamp} for number in range(250)]

        def handler(request):
            if "incremental" in request.url.path:
                return page(organizations=crowd[:100], end_time=AT, end_of_stream=False)
            start = int(request.url.params.get("page[after]", "0"))
            more = start + 100 < len(crowd)
            return page(
                organizations=crowd[start : start + 100], meta={"has_more": more, "after_cursor": str(start + 100)}
            )

        bench.run("zendesk", handler, ["organizations"])
        assert len(bench.rows("zendesk", "organizations")) == 250

    def test_where_no_cursor_exists_the_second_is_named_and_nothing_loops(self, bench):
        def handler(_request):
            return page(ticket_events=[], end_time=AT, end_of_stream=False)

        with pytest.raises(AnswerBroken, match="more than a page of records in second"):
            bench.run("zendesk", handler, ["ticket_events"])
        assert len(bench.requests) == 2


def events_of(bench, *children, **event):
    told = {
        "id": 7,
        "ticket_id": 5,
        "timestamp": AT,
        "updater_id": -1,
        "via": "Web form",
        "child_events": children,
        **event,
    }

    def handler(_request):
        return page(ticket_events=[told], end_time=AT, end_of_stream=True)

    bench.run("zendesk", handler, ["ticket_events"])
    assert bench.requests[0].url.params["include"] == "comment_events"
    return bench.rows("zendesk", "ticket_events")


class TestTicketEvents:
    def test_the_words_of_a_comment_are_never_landed(self, bench):
        words = {
            "body": "SECRET",
            "html_body": "SECRET",
            "plain_body": "SECRET",
            "attachments": [{"file_name": "SECRET"}],
        }
        comment = {"id": 1, "event_type": "Comment", "author_id": 3, "public": True, **words}
        (row,) = events_of(bench, comment)
        assert (row["event_type"], row["author_id"], row["is_public"], row["field_name"]) == (
            "Comment",
            "3",
            True,
            None,
        )
        assert all(b"SECRET" not in path.read_bytes() for path in bench.root.rglob("*") if path.is_file())

    @pytest.mark.parametrize(
        "shape",
        [
            {"subject": "SECRET"},
            {"description": "SECRET"},
            {"field_name": "subject", "value": "SECRET"},
            {"field_name": "description", "value": "SECRET"},
        ],
    )
    def test_the_words_of_a_ticket_are_never_landed(self, bench, shape):
        (row,) = events_of(bench, {"id": 1, "event_type": "Change", "previous_value": "OLD SECRET", **shape})
        assert (row["event_type"], row["field_value"], row["previous_value"]) == ("Change", None, None)
        assert all(b"SECRET" not in path.read_bytes() for path in bench.root.rglob("*") if path.is_file())

    @pytest.mark.parametrize("shape", [{"status": "open"}, {"field_name": "status", "value": "open"}])
    def test_both_ways_of_saying_which_field_changed(self, bench, shape):
        (row,) = events_of(bench, {"id": 1, "event_type": "Change", "previous_value": "new", **shape})
        assert (row["field_name"], row["field_value"], row["previous_value"]) == ("status", "open", "new")
        assert (row["event_id"], row["ticket_id"], row["updater_id"], row["channel"]) == ("7", "5", "-1", "Web form")

    def test_a_list_is_kept_as_json(self, bench):
        (row,) = events_of(bench, {"id": 1, "event_type": "Change", "tags": ["a", "b"], "previous_value": None})
        assert (row["field_value"], row["previous_value"]) == ('["a","b"]', None)

    def test_a_merge_says_into_which_ticket(self, bench):
        via = {"channel": "web", "source": {"from": {}, "to": {"ticket_id": 99}, "rel": "merge"}}
        (row,) = events_of(bench, {"id": 1, "event_type": "Change", "status": "closed", "via": via})
        assert (row["via_rel"], row["merged_into_ticket_id"], row["channel"]) == ("merge", "99", "web")

    def test_the_older_shape_of_a_merge_refers_to_the_other_ticket(self, bench):
        shape = {"event_type": "Change", "status": "closed", "via": "Merge", "via_reference_id": 98}
        (row,) = events_of(bench, {"id": 1, **shape})
        assert (row["channel"], row["via_reference_id"], row["merged_into_ticket_id"]) == ("Merge", "98", None)


def test_ratings_old_and_new(bench):
    old = {"id": 1, "ticket_id": 5, "score": "good", "comment": "SECRET", "updated_at": "2026-11-01T00:00:00Z"}
    answer = {"type": "rating_scale", "rating": 4, "rating_category": "good", "updated_at": "2026-11-02T00:00:00Z"}
    words = {"type": "open_ended", "value": "SECRET", "updated_at": "2026-11-03T00:00:00Z"}
    new = {
        "id": "R",
        "responder_id": 3,
        "subject_zrns": ["zen:ticket:5"],
        "survey": {"id": "S"},
        "answers": [words, answer],
    }

    def handler(request):
        key, rows = ("survey_responses", [new]) if "guide" in request.url.path else ("satisfaction_ratings", [old])
        return page(**{key: rows}, meta={"has_more": False})

    bench.run("zendesk", handler, ["satisfaction_ratings", "csat_survey_responses"])
    (row,) = bench.rows("zendesk", "satisfaction_ratings")
    assert (row["rating_id"], row["score"]) == ("1", "good")
    (row,) = bench.rows("zendesk", "csat_survey_responses")
    assert (row["ticket_id"], row["rating"], row["rating_category"], row["survey_id"]) == ("5", 4, "good", "S")
    assert (row["answered_at"], row["updated_at"]) == (datetime(2026, 11, 2), datetime(2026, 11, 3))  # noqa: DTZ001
    assert all(b"SECRET" not in path.read_bytes() for path in bench.root.rglob("*") if path.is_file())


FORBIDDEN = {"error": {"title": "Forbidden", "message": "You do not have access to this page. Please contact us"}}
UNSCOPED = {"error": "Forbidden", "description": "You are missing the following required scopes: read"}
FEATURES = {
    "ticket_metric_events": ("/incremental/ticket_metric_events", ["ticket_metric_events"]),
    "satisfaction_ratings": ("/satisfaction_ratings", ["satisfaction_ratings"]),
    "csat_survey_responses": ("/guide/survey_responses", ["csat_survey_responses"]),
    "schedules": ("/business_hours/schedules", ["schedules", "schedule_holidays"]),
}


def account(refused, status, body=None, is_admin=True):
    """A helpdesk that refuses one path; an agent's credentials are refused the exports too."""
    feed = cursor_feed("tickets", [])

    def handler(request):
        if refused in request.url.path:
            return httpx2.Response(status, json=body or {})
        if not is_admin:
            return httpx2.Response(403, json=FORBIDDEN)
        return (
            feed(request) if "tickets" in request.url.path else page(organizations=[], end_time=AT, end_of_stream=True)
        )

    return handler


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("status", [402, 404, 410, 403])
def test_a_feature_the_account_does_not_have_is_off_and_says_so(bench, feature, status):
    path, tables = FEATURES[feature]
    report = bench.run("zendesk", account(path, status, FORBIDDEN), tables)
    assert {report[table].state for table in tables} == {"off"}
    assert f"does not offer it (HTTP {status})" in report[feature].reason
    off = landing.off_tables(bench.root)
    assert {name: f"off: {why}" for name, why in off.items()} == {
        f"zendesk.{one}": report[one].reason for one in tables
    }


def test_a_403_says_the_plan_only_where_the_same_credentials_read_what_admins_alone_may(bench):
    for body, is_admin in ((FORBIDDEN, False), (UNSCOPED, True)):
        with pytest.raises(RightMissing, match="does not let the credentials read /api/v2/satisfaction_ratings"):
            bench.run("zendesk", account("/satisfaction_ratings", 403, body, is_admin), ["satisfaction_ratings"])
    assert landing.off_tables(bench.root) == {}


def test_the_exports_that_were_read_are_proof_enough(bench):
    bench.run("zendesk", account("/satisfaction_ratings", 403, FORBIDDEN), ["tickets", "satisfaction_ratings"])
    assert [request.url.path.rpartition("/")[2] for request in bench.requests] == ["cursor", "satisfaction_ratings"]


@pytest.mark.parametrize("table", ["tickets", "users", "organizations", "groups", "ticket_events"])
def test_what_every_account_has_is_never_off(bench, table):
    for status, error in ((404, RequestRefused), (403, RightMissing)):
        with pytest.raises(error, match=str(status)):
            bench.run("zendesk", lambda _request, status=status: httpx2.Response(status, json=FORBIDDEN), [table])
    assert landing.off_tables(bench.root) == {}


def test_one_object_that_is_gone_is_no_feature_that_is_off(bench):
    def handler(request):
        return httpx2.Response(404) if "holidays" in request.url.path else page(schedules=[{"id": 4}])

    with pytest.raises(RequestRefused, match="holidays"):
        bench.run("zendesk", handler, ["schedules"])
    assert landing.off_tables(bench.root) == {}


def test_a_feature_that_is_back_is_on_again(bench):
    def handler(_request):
        return page(survey_responses=[], meta={"has_more": False})

    tables = ["csat_survey_responses"]
    bench.run("zendesk", handler, tables)
    read = landing.watermarks(bench.root)
    bench.run("zendesk", lambda _request: httpx2.Response(404), tables)
    assert landing.watermarks(bench.root) == {}, "what is off is not stale"
    bench.run("zendesk", handler, tables)
    assert landing.off_tables(bench.root) == {}
    assert landing.watermarks(bench.root) == read


def test_schedules_with_their_holidays_and_deleted_groups(bench):
    def handler(request):
        path = request.url.path
        if path.endswith("/holidays"):
            return page(holidays=[{"id": 9, "name": "New Year", "start_date": "2027-01-01", "end_date": "2027-01-01"}])
        if path.endswith("/schedules"):
            return page(
                schedules=[
                    {"id": 4, "name": "s", "time_zone": "Berlin", "intervals": [{"start_time": 1, "end_time": 2}]}
                ]
            )
        assert request.url.params["exclude_deleted"] == "false"
        return page(groups=[{"id": 1, "name": "g", "deleted": True}], meta={"has_more": False})

    bench.run("zendesk", handler, ["schedules", "groups"])
    (row,) = bench.rows("zendesk", "schedule_holidays")
    assert (row["holiday_id"], row["schedule_id"], row["start_on"].isoformat()) == ("9", "4", "2027-01-01")
    assert json.loads(bench.rows("zendesk", "schedules")[0]["intervals"]) == [{"start_time": 1, "end_time": 2}]
    assert bench.rows("zendesk", "groups")[0]["is_deleted"] is True


def test_every_listing_of_schedules_that_says_something_new_is_kept(bench):
    def night(closes):
        hours = [{"start_time": 540, "end_time": closes}]

        def handler(request):
            key = "holidays" if request.url.path.endswith("/holidays") else "schedules"
            return page(
                **{key: [] if key == "holidays" else [{"id": 4, "time_zone": "UTC", "intervals": hours}]},
                meta={"has_more": False},
            )

        bench.run("zendesk", handler, ["schedules"])
        bench.clock.moment += timedelta(days=1)

    bench.clock.moment = datetime(2026, 11, 2, tzinfo=UTC)
    for closes in (600, 600, 660, 660, 660, 600, 600, 600, 600, 600):
        night(closes)
    parts = sorted(path.name for path in (bench.root / "zendesk/schedules/v1").iterdir())
    assert parts == [
        "schema=empty", "snapshot=2026-11-02", "snapshot=2026-11-04", "snapshot=2026-11-07",
        "snapshot=2026-11-09", "snapshot=2026-11-10", "snapshot=2026-11-11",
    ]  # fmt: skip


def test_people_and_organizations_are_read_from_the_beginning_whatever_the_start_date(bench):
    """Whom a ticket of today names may not have changed for years, and the exports list by the last change."""
    at = "2019-05-06T00:00:00Z"

    def handler(request):
        start = int(request.url.params["start_time"])
        found = (
            [{"id": 1, "name": "n", "role": "agent", "active": True, "updated_at": at}] if start < 1_557_100_800 else []
        )
        key = "users" if "users" in request.url.path else "organizations"
        return page(**{key: found}, after_cursor="c", end_time=None, end_of_stream=True)

    bench.run("zendesk", handler, ["users", "organizations"])
    assert [len(bench.rows("zendesk", table)) for table in ("users", "organizations")] == [1, 1]
    asked = len(bench.requests)
    bench.clock.moment += timedelta(days=1)
    bench.run("zendesk", handler, ["users", "organizations"])
    assert all(int(one.url.params["start_time"]) > 1_700_000_000 for one in bench.requests[asked:])


def test_one_stream_that_fails_does_not_keep_the_others_from_landing(bench):
    def handler(request):
        if "tickets" in request.url.path:
            return page(tickets=[ticket(1)], after_cursor="c", end_of_stream=True)
        return httpx2.Response(400)

    with pytest.raises(RequestRefused, match="organizations") as caught:
        bench.run("zendesk", handler, ["organizations", "users", "tickets"])
    also = "also failed: Zendesk Support answered HTTP 400 on /api/v2/incremental/users/cursor: the request itself is wrong"
    assert caught.value.__notes__ == [also]
    assert len(bench.rows("zendesk", "tickets")) == 1


def test_refused_credentials_end_the_source_at_once(bench):
    with pytest.raises(SettingRefused, match="ZENDESK_API_TOKEN"):
        bench.run("zendesk", lambda _request: httpx2.Response(401))
    assert len(bench.requests) == 1


def test_secrets_and_query_strings_are_in_no_file(bench):
    bench.run(
        "zendesk",
        cursor_feed("tickets", [ticket(1)]),
        ["tickets"],
        base_url="https://user:s3cret@z.test/x?token=s3cret",
    )
    files = [path for path in bench.root.parent.rglob("*") if path.is_file()]
    assert files
    assert all(b"s3cret" not in path.read_bytes() for path in files)
    assert bench.rows("zendesk", "tickets")[0]["_origin"] == "https://z.test/x"


def test_reports_come_as_they_are_landed(bench):
    handler = cursor_feed("tickets", [ticket(1)])
    zendesk = source("zendesk")
    told = []
    reports = extract(
        zendesk,
        bench.connection(zendesk, handler),
        bench.root,
        bench.clock,
        "r",
        ["tickets"],
        lambda *args: told.append(args),
    )
    assert next(reports).rows == 1
    assert told == [("zendesk.tickets", 1)]
