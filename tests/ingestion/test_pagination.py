"""A page that does not say whether more follows is broken: of every way of paging, of every vendor, and inside objects."""

import httpx2
import pytest

from ingestion.contract import AnswerBroken

AT = 1_791_900_000
CUSTOMER = {"id": "cus_1", "object": "customer", "created": 1}


def listed(key, **more):
    return {key: [{"id": 1}], **more}


SILENT = [
    ("stripe", "customers", {"object": "list", "data": [CUSTOMER]}),
    ("stripe", "customers", {"object": "list", "data": [CUSTOMER], "has_more": None}),
    ("stripe", "events", {"object": "list", "data": []}),
    ("stripe", "subscriptions", {"data": [{"id": "sub_1", "items": {"data": []}}], "has_more": False}),
    ("stripe", "invoices", {"data": [{"id": "in_1", "created": 1, "lines": {"data": []}}], "has_more": False}),
    ("stripe", "credit_notes", {"data": [{"id": "cn_1", "lines": {"has_more": False}}], "has_more": False}),
    ("zendesk", "tickets", listed("tickets", after_cursor="c")),
    ("zendesk", "users", listed("users", after_cursor="c", end_of_stream=None)),
    ("zendesk", "organizations", listed("organizations", end_time=AT, count=1)),
    ("zendesk", "ticket_events", listed("ticket_events", end_time=AT, end_of_stream=None)),
    ("zendesk", "ticket_metric_events", listed("ticket_metric_events", count=1)),
    ("zendesk", "groups", listed("groups")),
    ("zendesk", "groups", listed("groups", meta={"after_cursor": "x"})),
    ("zendesk", "groups", listed("groups", next_page=None, count=1)),
    ("zendesk", "satisfaction_ratings", listed("satisfaction_ratings", meta={})),
    ("zendesk", "csat_survey_responses", listed("survey_responses", links={"next": None})),
    ("typeform", "forms", {"items": [{"id": "f"}]}),
]


@pytest.mark.parametrize(
    ("source", "table", "body"), SILENT, ids=[f"{number}-{case[1]}" for number, case in enumerate(SILENT)]
)
def test_a_list_that_does_not_say_whether_more_follows_is_broken(bench, source, table, body):
    with pytest.raises(AnswerBroken):
        bench.run(source, lambda _request: httpx2.Response(200, json=body), [table])
    assert len(bench.requests) == 1
    assert bench.rows(source, table) == []


def test_responses_of_a_form_that_do_not_say_how_many_pages_there_are_are_broken(bench):
    def handler(request):
        if request.url.path == "/forms":
            return httpx2.Response(200, json={"items": [{"id": "f"}], "page_count": 1, "total_items": 1})
        return httpx2.Response(200, json={"items": [{"token": "t"}]})

    with pytest.raises(AnswerBroken, match="page_count"):
        bench.run("typeform", handler, ["responses"])


@pytest.mark.parametrize("said", [{"meta": {"has_more": True}}, {"next_page": "https://z.test/2"}])
def test_a_list_without_pages_that_names_a_next_one_is_not_taken_as_whole(bench, said):
    with pytest.raises(AnswerBroken, match="does not advance"):
        bench.run("zendesk", lambda _request: httpx2.Response(200, json=listed("schedules", **said)), ["schedules"])


def test_a_time_export_may_say_by_its_next_page_whether_more_follows(bench):
    def handler(request):
        start = int(request.url.params["start_time"])
        more = f"https://z.test/x?start_time={AT}" if start < AT else None
        one = {"id": start, "updated_at": "2026-10-02T00:00:00Z"}
        return httpx2.Response(200, json={"organizations": [one], "end_time": AT, "next_page": more})

    assert bench.run("zendesk", handler, ["organizations"])["organizations"].kept == 2
