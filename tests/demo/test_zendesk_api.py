import base64
from itertools import pairwise

import pytest
from werkzeug.test import Client

from demo.app import create_app

API = "/zendesk/api/v2"


def path_of(url):
    return url.replace("http://localhost", "")


def by_cursor(get, path, name):
    pages, records = 0, []
    while path:
        page = get(path)
        pages += 1
        records.extend(page[name])
        path = None if page["end_of_stream"] else path_of(page["after_url"])
    return records, pages


@pytest.fixture(scope="module")
def tickets(get):
    return by_cursor(get, f"{API}/incremental/tickets/cursor.json?start_time=0&include=metric_sets", "tickets")[0]


def test_the_ticket_export_is_walked_by_cursor_without_a_gap_or_a_duplicate(get, company):
    records, pages = by_cursor(get, f"{API}/incremental/tickets/cursor?start_time=0&per_page=700", "tickets")
    assert pages == -(-len(records) // 700)
    assert len({record["id"] for record in records}) == len(records) == len(company.desk.tickets.records)
    order = [(record["generated_timestamp"], record["id"]) for record in records]
    assert order == sorted(order)
    assert "metric_set" not in records[0]


def test_the_cursor_is_the_time_and_id_of_the_last_record(get):
    page = get(f"{API}/incremental/tickets/cursor?start_time=0&per_page=3")
    last = page["tickets"][-1]
    assert base64.b64decode(page["after_cursor"]).decode() == f"{float(last['generated_timestamp'])}||{last['id']}|"


def test_metric_sets_come_with_the_tickets_that_ask_for_them(tickets):
    solved = [ticket for ticket in tickets if ticket["metric_set"]["solved_at"]]
    assert len(solved) > 1000
    for ticket in solved:
        metrics = ticket["metric_set"]
        assert metrics["ticket_id"] == ticket["id"]
        first, full = metrics["first_resolution_time_in_minutes"], metrics["full_resolution_time_in_minutes"]
        assert 0 <= first["business"] <= first["calendar"] <= full["calendar"]
    assert any(ticket["metric_set"]["reply_time_in_minutes"]["calendar"] is None for ticket in tickets)


def test_tickets_have_every_odd_case(tickets):
    assert (
        {"new", "pending", "open", "solved", "closed", "deleted"}
        >= {ticket["status"] for ticket in tickets}
        >= {"closed", "deleted"}
    )
    assert any(ticket["metric_set"]["reopens"] for ticket in tickets)
    assert any("closed_by_merge" in ticket["tags"] for ticket in tickets)
    assert any(ticket["organization_id"] is None for ticket in tickets)
    assert any(ticket["submitter_id"] != ticket["requester_id"] for ticket in tickets)
    assert {ticket["satisfaction_rating"]["score"] for ticket in tickets} == {"unoffered", "offered", "good", "bad"}
    system_changes = [ticket for ticket in tickets if ticket["status"] == "closed"]
    assert all(ticket["created_at"] <= ticket["updated_at"] for ticket in tickets)
    assert len(system_changes) > 100


def test_the_last_minute_is_left_out(company):
    late = [at for at, _ in company.desk.ticket_events.keys if at > company.now - 60]
    client = Client(create_app(company))
    page = client.get(
        f"{API}/incremental/ticket_events?start_time={company.now - 3600}", headers={"Authorization": "Bearer x"}
    ).json
    assert all(event["timestamp"] <= company.now - 60 for event in page["ticket_events"])
    assert page["end_of_stream"]
    assert len(late) < 5


def test_a_start_in_the_last_minute_or_no_start_is_refused(get, company):
    assert get(f"{API}/incremental/users/cursor?start_time={company.now}", 422)["error"] == "InvalidValue"
    assert get(f"{API}/incremental/users/cursor", 400)["error"] == "InvalidValue"
    assert get(f"{API}/incremental/users/cursor?cursor=nonsense", 400)["description"] == "Invalid cursor"
    assert get(f"{API}/nowhere", 404)["error"] == "InvalidEndpoint"


def test_the_time_export_repeats_the_boundary_and_still_ends(get, company):
    seen, path, pages = [], f"{API}/incremental/organizations.json?start_time=0&per_page=7", 0
    while path:
        page = get(path)
        pages += 1
        assert page["count"] == len(page["organizations"]) >= 1
        seen.extend(one["id"] for one in page["organizations"])
        path = None if page["end_of_stream"] else path_of(page["next_page"])
    assert set(seen) == {one.organization_id for one in company.won}
    assert len(seen) == len(set(seen)) + pages - 1


def test_comments_come_with_their_bodies_where_they_are_asked_for(get):
    def children(include):
        page = get(f"{API}/incremental/ticket_events.json?start_time=0&per_page=500{include}")
        return [child for event in page["ticket_events"] for child in event["child_events"]]

    told = children("&include=comment_events")
    assert {child["event_type"] for child in told} == {"Create", "Change", "Comment"}
    assert all(child["body"] for child in told if child["event_type"] == "Comment")
    assert any(not child["public"] for child in told if child["event_type"] == "Comment")
    assert len({child["id"] for child in told}) == len(told)
    assert "Comment" not in {child["event_type"] for child in children("")}


def test_a_merge_names_its_target(get, tickets):
    page = get(f"{API}/incremental/ticket_events?start_time=0&include=comment_events")
    owner = {ticket["id"]: ticket["organization_id"] for ticket in tickets}
    merges = [
        (event["ticket_id"], child["via"]["source"]["to"]["ticket_id"])
        for event in page["ticket_events"]
        for child in event["child_events"]
        if isinstance(child["via"], dict)
    ]
    assert merges
    assert all(target in owner and target != ticket for ticket, target in merges)


def test_targets_are_those_of_the_priority_at_the_time(get):
    page = get(f"{API}/incremental/ticket_metric_events?start_time=0")
    applied = {}
    for event in page["ticket_metric_events"]:
        if event["type"] == "apply_sla":
            applied.setdefault(event["ticket_id"], []).append(event["sla"]["target"])
    assert {480, 960, 120, 30} == {targets[0] for targets in applied.values()}
    assert any(targets == [480, 120] for targets in applied.values())
    assert {"apply_sla", "fulfill", "breach", "update_status"} == {
        event["type"] for event in page["ticket_metric_events"]
    }
    small = get(f"{API}/incremental/ticket_metric_events?start_time=0&page[size]=500")
    assert len(small["ticket_metric_events"]) == 100
    assert small["meta"]["has_more"]


def test_old_ratings_stop_where_the_new_surveys_begin(get):
    def all_of(path, name):
        records = []
        while path:
            page = get(path)
            records.extend(page[name])
            path = path_of(page["links"]["next"]) if page["meta"]["has_more"] else None
        return records

    old = all_of(f"{API}/satisfaction_ratings?page[size]=100&start_time=0", "satisfaction_ratings")
    new = all_of(f"{API}/guide/survey_responses?page[size]=50", "survey_responses")
    assert {rating["score"] for rating in old} == {"offered", "good", "bad"}
    assert {answer["rating"] for one in new for answer in one["answers"][:1]} <= {1, 2, 3, 4, 5}
    assert not {rating["ticket_id"] for rating in old} & {int(one["subjects"][0]["id"]) for one in new}
    assert len(old) > 50
    assert len(new) > 20


def test_schedules_have_their_holidays(get):
    schedule = get(f"{API}/business_hours/schedules.json")["schedules"][0]
    assert schedule["intervals"][0] == {"start_time": 1_920, "end_time": 2_520}
    holidays = get(f"{API}/business_hours/schedules/{schedule['id']}/holidays")["holidays"]
    assert {"name", "id", "start_date", "end_date"} == set(holidays[0])
    assert "2025-11-27" in {holiday["start_date"] for holiday in holidays}


def test_groups_tell_the_deleted_one_unless_told_not_to(get):
    assert any(group["deleted"] for group in get(f"{API}/groups.json")["groups"])
    assert not any(group["deleted"] for group in get(f"{API}/groups.json?exclude_deleted=true")["groups"])


def test_exports_keep_their_budget_where_a_clock_is_given(company):
    seconds = [0.0]
    client = Client(create_app(company, clock=lambda: seconds[0]))
    path, headers = f"{API}/incremental/users/cursor?start_time=0", {"Authorization": "Bearer x"}
    answers = [client.get(path, headers=headers) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[0].headers["RateLimit-Limit"] == "10"
    seconds[0] = 61.0
    assert client.get(path, headers=headers).status_code == 200


def test_without_a_credential_or_with_a_refused_one_it_is_401(company):
    client = Client(create_app(company, refused=frozenset({"expired"})))
    path = f"{API}/groups"
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"Authorization": "Bearer expired"}).status_code == 401
    assert client.get(path, headers={"Authorization": "Basic YTpi"}).status_code == 200
    assert client.post(path, headers={"Authorization": "Basic YTpi"}).status_code == 405
    assert client.get("/elsewhere", headers={"Authorization": "Basic YTpi"}).status_code == 404


@pytest.fixture(scope="module")
def audits(get):
    """Every ticket's audits in the order of time."""
    told, path = {}, f"{API}/incremental/ticket_events?start_time=0&include=comment_events"
    while path:
        page = get(path)
        for event in page["ticket_events"]:
            told.setdefault(event["ticket_id"], {})[event["id"]] = event
        path = None if page["end_of_stream"] else path_of(page["next_page"])
    return {
        ticket_id: sorted(events.values(), key=lambda event: event["timestamp"]) for ticket_id, events in told.items()
    }


def public_words_of_the_desk(events):
    return [
        event["timestamp"]
        for event in events
        for child in event["child_events"]
        if child["event_type"] == "Comment" and child["public"] and 30_000_000 <= event["updater_id"] < 40_000_000
    ]


def statuses_told(events):
    children = [child for event in events for child in event["child_events"] if "status" in child]
    return [(child["status"], child.get("previous_value")) for child in children]


def settled(tickets, company):
    return [one for one in tickets if one["status"] != "deleted" and one["generated_timestamp"] < company.now - 120]


def test_replies_of_the_metric_sets_are_those_of_the_events(tickets, audits, company):
    compared = 0
    for ticket in settled(tickets, company):
        if ticket["submitter_id"] == ticket["requester_id"]:
            replies, events = public_words_of_the_desk(audits[ticket["id"]]), audits[ticket["id"]]
            minutes = (replies[0] - events[0]["timestamp"]) // 60 if replies else None
            assert ticket["metric_set"]["reply_time_in_minutes"]["calendar"] == minutes
            assert ticket["metric_set"]["replies"] == len(replies)
            compared += 1
    assert compared > 1000


def test_statuses_of_the_events_follow_each_other_and_end_in_the_tickets(tickets, audits, company):
    for ticket in settled(tickets, company):
        statuses = statuses_told(audits[ticket["id"]])
        for (before, _), (_, previous) in pairwise(statuses):
            assert before == previous
        assert ticket["metric_set"]["reopens"] == statuses.count(("open", "solved"))
        last = statuses[-1][0]
        assert ticket["status"] == last or (ticket["status"], last) == ("closed", "solved")


def test_stations_of_the_metric_sets_are_those_of_the_events(tickets, audits, company):
    for ticket in settled(tickets, company):
        hands = [
            c["assignee_id"] for event in audits[ticket["id"]] for c in event["child_events"] if "assignee_id" in c
        ]
        assert ticket["metric_set"]["assignee_stations"] == len(hands)
        assert str(ticket["assignee_id"]) == (hands[-1] if hands else "None")
