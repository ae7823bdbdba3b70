"""Tickets of the drop folder: through the reader, the landing and the models of a night."""

import csv
import hashlib
import io
import os
import time
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest

from demo import drop_files
from demo.app import create_app
from demo.world import World
from ingestion import registry
from ingestion.contract import Connection
from ingestion.extraction import extract
from quality.gate.suite_files import load_suites
from tests.dbt_project.dropped_helpdesk import COLUMNS, events_of, tickets_of
from tests.dbt_project.nights import LAST_DAY, SUPPORT
from tests.dbt_project.test_file_cases import landed
from tests.ingestion.conftest import Bench

ACCOUNTS = "account_id,name\nacme,Acme\nbolt,Bolt\n"
DOMAINS = "source,source_id,account_id\ndomain,acme.example,acme\n"
NOT_COVERED = {"run_id", "policy_version", "source_name", "has_history"}


def as_csv(names, rows):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, names)
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


@pytest.fixture
def night(project, tmp_path, monkeypatch):
    """Drop files and build the night: texts by file name, in the order of their dropping."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    bench, folder = Bench(tmp_path), tmp_path / "drop"
    folder.mkdir()

    def run(files, as_of=LAST_DAY, **more):
        dropped = {"accounts.csv": ACCOUNTS, "account_identities.csv": DOMAINS, **files}
        for place, (name, content) in enumerate(dropped.items()):
            (folder / name).write_text(content)
            os.utime(folder / name, (1_790_000_000 + place, 1_790_000_000 + place))
        bench.run("drop_folder", base_url=str(folder), **more)
        return project.build(landed(bench), as_of, SUPPORT)

    return run


def tickets(text):
    """Lines of `column=value` words as a file; every ticket is acme's and began on 5 October at nine."""
    rows = []
    for line in text.strip().splitlines():
        given = dict(word.split("=", 1) for word in line.split())
        rows.append({"created_at": "2026-10-05T09:00:00Z", "account_ref": "acme", **given})
    return as_csv(list(dict.fromkeys(name for row in rows for name in row)), rows)


def told(build, columns, table="tickets", where="true"):
    layer = "intermediate" if table.startswith("int_") else "cx"
    return build.execute(f"select {columns} from build.{layer}.{table} where {where} order by all").fetchall()


def at(day, hour, minute=0):
    return datetime(2026, 10, day, hour, minute)  # noqa: DTZ001 - naive UTC


def test_tickets_alone_give_what_their_columns_say_and_the_rest_is_empty_for_a_reason(night):
    build = night({"tickets.csv": tickets("""
        ticket_id=1 status=Resolved first_reply_at=2026-10-05T09:30:00Z solved_at=2026-10-05T12:00:00Z tags=Bug,vip type=Question group=Net
        ticket_id=2 status=Open priority=HIGH
        ticket_id=3 status=Closed closed_at=2026-10-06T09:00:00Z
        ticket_id=4 status=Spam
    """)})  # fmt: skip
    assert told(build, "ticket_id, account_id, is_solved, first_reply_minutes, full_resolution_minutes, support_kind, priority, group_id") == [
        ("1", "acme", True, 30.0, 180.0, "technical", None, "Net"),
        ("2", "acme", False, None, None, None, "high", None),
        ("3", "acme", True, None, 1440.0, None, None, None),
    ]  # fmt: skip
    unknown = "public_replies, reopens, handoffs, is_one_touch, full_resolution_business_minutes, is_sla_met, csat, has_history"
    assert set(told(build, unknown)) == {(None, None, None, None, None, None, None, False)}
    months = "calendar_month, created, solved, reopened, one_touch, backlog, first_reply_count, resolution_business_count, sla_judged, csat"
    assert told(build, months, "support_account_months") == [
        (date(2026, 10, 1), 3, 2, None, None, 1, 1, 0, 0, None),
        (date(2026, 11, 1), 0, 0, None, None, 1, 0, 0, 0, None),
    ]
    assert told(build, "work_id, work_items, missing_reason", "past_patterns") == [("acme:2026-10-01", 2, "not_sent")]
    assert [measure for (measure,) in told(build, "measure", "int_support__inputs_missing")] == [
        "business_minutes", "csat", "handoffs", "one_touch", "public_replies", "reopens", "sla",
    ]  # fmt: skip
    agents = (
        "worker_kind, tickets_handled, replies, replies_after_hours, after_hours_rate, handoffs, reopened, reopen_rate"
    )
    assert told(build, agents, "agent_months", "calendar_month = date '2026-10-01'") == [
        ("group", 1, None, None, None, None, None, None)
    ]


EVENTS = """event_id,ticket_id,occurred_at,event,value,author,author_role,update_id
9,1,2026-10-05T09:00:00Z,assignee,Ben B,,system,
10,1,2026-10-05T09:10:00Z,note,,Ben B,agent,
11,1,2026-10-05T09:20:00Z,reply,,jo@acme.example,customer,
12,1,2026-10-05T10:00:00Z,reply,,Ben B,agent,u1
13,1,2026-10-05T10:00:00Z,status,Pending,Ben B,agent,u1
14,1,2026-10-05T11:00:00Z,status,Resolved,Ben B,agent,
15,1,2026-10-06T11:00:00Z,status,Re-Opened,jo@acme.example,customer,
16,1,2026-10-06T12:00:00Z,assignee,Eve E,Ben B,agent,u2
17,1,2026-10-06T12:00:00Z,group,Second line,Ben B,agent,u2
18,1,2026-10-07T11:00:00Z,status,Done,Eve E,agent,
"""


def test_a_history_tells_reopenings_handoffs_and_replies_by_the_role_of_that_moment(night):
    record = "ticket_id=1 status=Closed closed_at=2026-10-10T00:00:00Z first_reply_at=2026-10-05T09:01:00Z\nticket_id=2 status=Open"
    build = night({"tickets.csv": tickets(record), "ticket_events.csv": EVENTS})
    columns = "ticket_id, first_reply_at, first_solved_at, last_solved_at, public_replies, reopens, handoffs, is_one_touch, has_history"
    assert told(build, columns) == [
        ("1", at(5, 10), at(5, 11), at(7, 11), 1, 1, 1, False, True),
        ("2", None, None, None, None, None, None, None, False),
    ]
    # the working hours of files are not known, so neither is which reply fell outside them
    eve, ben = (hashlib.md5(name.encode(), usedforsecurity=False).hexdigest() for name in ("eve e", "ben b"))
    agents = "worker_id, tickets_handled, replies, replies_after_hours, handoffs, reopened"
    assert sorted(told(build, agents, "agent_months", "worker_kind = 'agent' and calendar_month = date '2026-10-01'")) == sorted([
        (ben, 1, 1, None, 1, 1), (eve, 1, 0, 0, 0, 0),
    ])  # fmt: skip


def test_a_ticket_that_is_open_again_has_no_last_solving_and_is_backlog(night):
    cut = "\n".join(EVENTS.splitlines()[:8])
    build = night({"tickets.csv": tickets("ticket_id=1 status=Open"), "ticket_events.csv": cut})
    assert told(build, "first_solved_at, last_solved_at, is_solved, reopens") == [(at(5, 11), None, False, 1)]
    assert told(build, "backlog", "support_account_months", "calendar_month = date '2026-10-01'") == [(1,)]


def test_an_unknown_status_leaves_the_ticket_out_and_is_told_until_somebody_maps_it(night):
    text = tickets("ticket_id=1 status=Parked\nticket_id=2 status=Open")
    build = night({"tickets.csv": text})
    assert told(build, "ticket_id") == [("2",)]
    assert told(build, "ticket_id, record_kind", "int_support__records_unread") == [("1", "ticket")]
    build = night({"tickets.csv": text, "ticket_statuses.csv": "word,status\nPARKED,hold\nopen,deleted\n"})
    assert told(build, "ticket_id, is_solved") == [("1", False)]
    assert told(build, "*", "int_support__records_unread") == []


def test_an_event_with_an_unknown_status_is_left_out_and_told(night):
    events = "event_id,ticket_id,occurred_at,event,value\ne,1,2026-10-06,status,Parked\n"
    build = night({"tickets.csv": tickets("ticket_id=1 status=Open"), "ticket_events.csv": events})
    assert told(build, "ticket_id, record_kind", "int_support__records_unread") == [("1", "event")]
    assert told(build, "is_solved") == [(False,)]


def test_a_merged_ticket_is_counted_as_merged_and_in_no_other_figure(night):
    build = night({"tickets.csv": tickets("""
        ticket_id=1 status=Open
        ticket_id=2 status=Closed closed_at=2026-10-06T09:00:00Z first_reply_at=2026-10-05T10:00:00Z merged_into=1
    """)})  # fmt: skip
    assert told(build, "ticket_id, is_merged, merged_into, first_reply_at, last_solved_at") == [
        ("1", False, None, None, None), ("2", True, "1", None, None),
    ]  # fmt: skip
    assert told(build, "created, merged, solved", "support_account_months", "calendar_month = date '2026-10-01'") == [
        (1, 1, 0)
    ]


def test_a_requester_belongs_to_the_account_of_the_address_or_of_the_other_tickets(night):
    text = (
        "ticket_id,created_at,status,account_ref,requester_email\n"
        "1,2026-10-05,Open,,jo@acme.example\n2,2026-10-05,Open,bolt,Zoe@gmail.com\n3,2026-10-05,Open,,zoe@gmail.com\n4,2026-10-05,Open,,who@nobody.example\n"
    )
    build = night({"tickets.csv": text})
    assert told(build, "ticket_id, account_id") == [("1", "acme"), ("2", "bolt"), ("3", "bolt"), ("4", None)]
    assert [ident for (ident,) in told(build, "source_id", "account_identities") if "@" in ident] == []
    ids = told(build, "requester_id", where="ticket_id = '3'")
    assert ids == [(hashlib.md5(b"zoe@gmail.com", usedforsecurity=False).hexdigest(),)]


def test_due_times_judge_the_sla_and_a_stated_verdict_counts_where_there_are_none(night):
    build = night({"tickets.csv": tickets("""
        ticket_id=1 status=Closed closed_at=2026-10-05T12:00:00Z first_reply_at=2026-10-05T09:20:00Z sla_first_reply_due_at=2026-10-05T09:30:00Z sla_resolution_due_at=2026-10-05T17:00:00Z
        ticket_id=2 status=Closed closed_at=2026-10-05T18:00:00Z first_reply_at=2026-10-05T09:20:00Z sla_first_reply_due_at=2026-10-05T09:30:00Z sla_resolution_due_at=2026-10-05T17:00:00Z is_sla_met=true
        ticket_id=3 status=Open first_reply_at=2026-10-05T09:20:00Z sla_resolution_due_at=2026-10-06T17:00:00Z
        ticket_id=4 status=Open sla_resolution_due_at=2026-12-31T00:00:00Z
        ticket_id=5 status=Closed closed_at=2026-10-07T00:00:00Z is_sla_met=false
        ticket_id=6 status=Open is_sla_met=true
        ticket_id=7 status=Closed closed_at=2026-10-05T12:00:00Z
    """)})  # fmt: skip
    assert told(build, "ticket_id, is_sla_met, sla_clocks, sla_breached_clocks, first_reply_target_minutes") == [
        ("1", True, 2, 0, 30), ("2", False, 2, 1, 30), ("3", False, 1, 1, None), ("4", None, 1, 0, None),
        ("5", False, 1, 1, None), ("6", None, 1, 0, None), ("7", None, None, None, None),
    ]  # fmt: skip
    assert told(build, "sla_judged, sla_met", "support_account_months", "calendar_month = date '2026-10-01'") == [
        (4, 1)
    ]


def test_a_score_is_an_answer_about_its_ticket_and_one_that_cannot_be_read_says_why(night):
    build = night({"tickets.csv": tickets("""
        ticket_id=1 status=Closed closed_at=2026-10-05T12:00:00Z satisfaction=4 satisfaction_at=2026-10-06T12:00:00Z
        ticket_id=2 status=Closed closed_at=2026-10-05T12:00:00Z satisfaction=4
        ticket_id=3 status=Closed closed_at=2026-10-05T12:00:00Z satisfaction=7 satisfaction_at=2026-10-06T12:00:00Z
        ticket_id=4 status=Closed closed_at=2026-10-05T12:00:00Z satisfaction_sent_at=2026-10-06T12:00:00Z
    """)})  # fmt: skip
    assert told(build, "ticket_id, csat, csat_normalised_score", where="csat is not null") == [("1", 1.0, 0.75)]
    assert told(build, "response_id, rejection_reason", "int_voice__responses_rejected") == [
        ("ticket-2", "time_missing"), ("ticket-3", "score_outside_scale"),
    ]  # fmt: skip
    assert told(build, "sum(answers)", "int_voice__answers_landed") == [(3,)]
    assert told(build, "response_id, account_id, trigger_id", "survey_responses") == [("ticket-1", "acme", "1")]
    assert told(build, "surveys_sent, surveys_returned, csat", "past_patterns") == [(3, 1, 1.0)]


def test_a_file_that_is_dropped_later_replaces_the_ticket(night):
    build = night({
        "tickets_a.csv": tickets("ticket_id=1 status=Open\nticket_id=2 status=Open"),
        "tickets_b.csv": tickets("ticket_id=1 status=Closed closed_at=2026-10-06T09:00:00Z"),
    })  # fmt: skip
    assert told(build, "ticket_id, is_solved") == [("1", True), ("2", False)]


def test_a_past_night_does_not_know_what_came_later(night):
    text = tickets(
        "ticket_id=1 status=Closed closed_at=2026-10-20T09:00:00Z satisfaction=5 satisfaction_at=2026-10-21T09:00:00Z"
    )
    build = night({"tickets.csv": text}, as_of=date(2026, 10, 10))
    assert told(build, "is_solved, csat, last_solved_at") == [(False, None, None)]
    assert told(build, "*", "int_voice__responses_rejected") == []


def test_without_tickets_nothing_of_support_is_there(night):
    build = night({})
    assert [told(build, "*", name) for name in SUPPORT if name not in ("account_identities", "past_patterns")] == [
        []
    ] * (len(SUPPORT) - 2)


class Still:
    """A clock that stands at the end of the night's day."""

    def now(self):
        return datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) + timedelta(days=1)

    def sleep(self, _seconds):
        return


def test_a_zendesk_written_out_as_files_gives_the_same_figures_as_its_api(project, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    bench = Bench(tmp_path)
    company = World(date(2026, 1, 1), 7, 10).company(LAST_DAY)
    app = create_app(company)
    drop_files.write(company, tmp_path / "drop")
    for name in ("zendesk", "drop_folder"):
        source = registry.source(name)
        is_drop = name == "drop_folder"
        connection = Connection(
            str(tmp_path / "drop") if is_drop else f"http://demo.localhost/{name}",
            {} if is_drop else dict.fromkeys(source.credentials[0], "demo"),
            transport=None if is_drop else httpx2.WSGITransport(app=app),
            origin="demo",
        )
        list(extract(source, connection, bench.root, Still(), "run"))
    rows = landed(bench)
    api = project.build(rows, LAST_DAY, SUPPORT)
    verdicts = {
        number: (is_met, judged_at)
        for number, is_met, judged_at in told(api, "ticket_id, is_sla_met, sla_judged_at", "int_support__sla_judged", "is_sla_met is not null")
    }  # fmt: skip
    written = {"tickets": tickets_of(rows, verdicts), "ticket_events": events_of(rows)}
    assert len(written["tickets"]) > 100
    for name, lines in written.items():
        (tmp_path / "drop" / f"{name}.csv").write_text(as_csv(COLUMNS[name], lines))
    reports = bench.run("drop_folder", base_url=str(tmp_path / "drop"), origin="demo")
    assert [(reports[name].quarantined, reports[name].duplicate) for name in written] == [(0, 0), (0, 0)]
    # who is whose stays known from the helpdesk's people and companies; everything about tickets comes from the files
    kept = {
        key: found
        for key, found in landed(bench).items()
        if key[0] != "zendesk" or key[1] in ("organizations", "users")
    }
    files = project.build(kept, LAST_DAY, SUPPORT)

    def figures(build, table, keys, left_out, where="true"):
        names = [name for (name,) in build.execute(f"select column_name from (describe build.cx.{table})").fetchall()]
        shared = [name for name in names if name not in NOT_COVERED | left_out and "business" not in name]
        found = build.execute(
            f"select {', '.join(shared)} from build.cx.{table} where {where} order by {keys}"
        ).fetchall()
        return [dict(zip(shared, row, strict=True)) for row in found]

    people = {"requester_id", "assignee_id"}
    clocks = {"sla_clocks", "sla_breached_clocks", "first_reply_target_minutes"}
    for table, keys, left_out, where in (
        ("tickets", "ticket_id", people | clocks, "true"),
        ("support_account_months", "account_id, calendar_month", set(), "true"),
        ("past_patterns", "work_id", set(), "work_kind = 'ticket_batch'"),
    ):
        ours, theirs = (figures(build, table, keys, left_out, where) for build in (files, api))
        differences = {
            (name, str(one.get("ticket_id") or one.get("work_id") or one.get("account_id")), one[name], other[name])
            for one, other in zip(ours, theirs, strict=True)
            for name in one
            if one[name] != other[name]
        }
        assert differences == set(), table
        assert len(ours) > 5
    hashed = told(api, "ticket_id, md5(assignee_id)", where="assignee_id is not null")
    assert told(files, "ticket_id, assignee_id", where="assignee_id is not null") == hashed


def test_two_helpdesks_with_the_same_ids_do_not_meet(project):
    """Ticket 1 of the API and ticket 1 of the files: each has its own account, its own answer, its own group."""
    begun, ended, rated = at(5, 9), at(5, 12), at(6, 9)
    rows = {
        ("drop_folder", "accounts"): [{"account_id": "acme", "name": "Acme"}, {"account_id": "bolt", "name": "Bolt"}],
        ("zendesk", "organizations"): [{"organization_id": "7", "name": "Acme", "external_id": "acme", "created_at": begun}],
        ("zendesk", "tickets"): [
            {"ticket_id": "1", "status": "open", "organization_id": "7", "created_at": begun, "tags": "[]", "group_id": "g", "assignee_id": "5"}
        ],
        ("zendesk", "satisfaction_ratings"): [
            {"rating_id": "r", "ticket_id": "1", "requester_id": "3", "score": "bad", "created_at": rated, "updated_at": rated}
        ],
        ("drop_folder", "tickets"): [
            {"ticket_id": "1", "status": "Closed", "account_ref": "bolt", "created_at": begun, "closed_at": ended, "satisfaction": 5.0, "satisfaction_at": rated, "group": "g", "assignee": "5"}
        ],
    }  # fmt: skip
    build = project.build(rows, LAST_DAY, SUPPORT)
    assert told(build, "source_name, ticket_id, account_id, is_solved, csat") == [
        ("drop_folder", "1", "bolt", True, 1.0), ("zendesk", "1", "acme", False, 0.0),
    ]  # fmt: skip
    assert told(build, "source_name, account_id", "survey_responses") == [("drop_folder", "bolt"), ("zendesk", "acme")]
    assert told(build, "source_name, tickets_handled", "agent_months", "worker_kind = 'group' and calendar_month = date '2026-10-01'") == [
        ("drop_folder", 1), ("zendesk", 0),
    ]  # fmt: skip


def test_a_hundred_thousand_tickets_are_built_in_seconds(project):
    begun = datetime(2024, 12, 1, 8)  # noqa: DTZ001 - naive UTC
    rows = {
        ("drop_folder", "accounts"): [{"account_id": f"a{number}", "name": f"A {number}"} for number in range(300)],
        ("drop_folder", "tickets"): [
            {
                "ticket_id": str(number), "account_ref": f"a{number % 300}", "created_at": begun + timedelta(minutes=7 * number), "status": "Closed",
                "closed_at": begun + timedelta(minutes=7 * number + 90), "assignee": f"agent {number % 40}",
            }
            for number in range(100_000)
        ],
    }  # fmt: skip
    started = time.process_time()
    build = project.build(rows, LAST_DAY, ("tickets", "support_account_months"))
    assert told(build, "count(*), sum(full_resolution_minutes)") == [(100_000, 9_000_000.0)]
    assert time.process_time() - started < 120


def broken(build, name):
    """What a sentence of the gate finds on the night."""
    (sentence,) = [one for one in load_suites().reconciliations if one.name == name]
    build.execute("use build")
    return build.execute(f"{sentence.sql} order by all").fetchall()


def test_the_gate_tells_what_was_left_out_and_which_measure_lacks_what(night):
    events = "event_id,ticket_id,occurred_at,event,author_role\ne,9,2026-10-06,reply,agent\n"
    lines = [f"ticket_id=t{number} status=Open" for number in range(20)]
    lines += ["ticket_id=u status=Parked", "ticket_id=v status=Closed"]
    build = night({"tickets.csv": tickets("\n".join(lines)), "ticket_events.csv": events})
    assert broken(build, "every_ticket_is_read") == [
        ("drop_folder", "u", "ticket", "u", "status_unmapped"),
        ("drop_folder", "v", "ticket", "v", "solving_undated"),
    ]
    assert broken(build, "most_tickets_are_read") == []
    assert broken(build, "every_event_has_its_ticket") == [("drop_folder", "9")]
    missing = {measure: reason for _, measure, reason in broken(build, "every_measure_of_support_has_its_input")}
    assert missing["reopens"] == "no changes of status among the events"
    assert "public_replies" not in missing
    build = night({"tickets.csv": tickets("\n".join(lines).replace("Open", "Parked", 3))})
    assert broken(build, "most_tickets_are_read") == [("drop_folder",)]
