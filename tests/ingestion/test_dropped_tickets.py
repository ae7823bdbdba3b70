"""Tickets of a helpdesk without a connector, as far as the landing: what is refused by name, and what is never written down."""

import csv
import io
import time
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from tests.ingestion.test_drop_folder import Folder, as_csv


@pytest.fixture
def folder(bench, tmp_path):
    return Folder(bench, tmp_path)


def test_what_somebody_wrote_in_a_ticket_never_reaches_the_disk(folder):
    """An export has subjects in a column of its own; a row that breaks its contract or cannot be split has them too."""
    secret = "printer-of-jane-doe"
    rows = [
        {"ticket_id": "1", "created_at": "2026-01-05", "status": "Open", "account_ref": "acme", "subject": secret},
        {"ticket_id": "2", "created_at": "yesterday", "status": "Open", "account_ref": "acme", "subject": secret},
    ]
    folder.put("tickets.csv", as_csv(rows) + f"3,2026-01-05,Open,acme,{secret},one cell too many\n")
    report = folder.land()["tickets"]
    assert (report.kept, report.quarantined, report.drift) == (1, 2, ("subject",))
    home = folder.bench.root.parent
    written = [path for path in home.rglob("*") if path.is_file() and path.parent != folder.path]
    tables = [str(pq.read_table(path, partitioning=None).to_pylist()) for path in written if path.suffix == ".parquet"]
    others = [path.read_bytes() for path in written if path.suffix != ".parquet"]
    assert len(tables) >= 2
    assert [text for text in tables if secret in text] == []
    assert [content for content in others if secret.encode() in content] == []


@pytest.mark.parametrize("late", ["first_reply_at", "solved_at", "closed_at", "satisfaction_at"])
def test_what_happens_before_the_ticket_is_there_is_refused_by_name(folder, late):
    folder.put(
        "tickets.csv",
        f"ticket_id,created_at,status,account_ref,{late}\n1,2026-01-05,Open,acme,2026-01-04\n2,2026-01-05,Open,acme,\n",
    )
    folder.land()
    assert folder.broken("tickets") == [("tickets.csv", 2, late, "is before created_at")]


def test_a_ticket_names_its_account_or_who_asked(folder):
    folder.put(
        "tickets.csv",
        "ticket_id,created_at,status,account_ref,requester_email\n1,2026-01-05,Open,,\n2,2026-01-05,Open,,a@b.example\n",
    )
    folder.land()
    assert folder.broken("tickets") == [("tickets.csv", 2, "account_ref", "is empty, and so is requester_email")]
    assert [row["ticket_id"] for row in folder.rows("tickets")] == ["2"]


def test_a_time_without_an_offset_is_one_of_the_reporting_time_zone(folder):
    folder.put(
        "tickets.csv",
        "ticket_id,created_at,solved_at,status,account_ref\n1,2026-07-01 09:00,2026-07-01T21:30:00+05:30,Solved,acme\n",
    )
    folder.land(reporting_timezone="America/New_York")
    (row,) = folder.rows("tickets")
    assert (row["created_at"], row["solved_at"]) == (datetime(2026, 7, 1, 13), datetime(2026, 7, 1, 16))  # noqa: DTZ001


def test_an_event_of_an_unknown_kind_or_role_is_refused_by_name(folder):
    folder.put(
        "ticket_events.csv",
        "event_id,ticket_id,occurred_at,event,author_role\n1,1,2026-01-05,escalation,agent\n2,1,2026-01-05,reply,robot\n3,1,2026-01-05,reply,agent\n",
    )
    folder.land()
    assert folder.broken("ticket_events") == [
        ("ticket_events.csv", 2, "event", "is none of: status, assignee, group, reply, note"),
        ("ticket_events.csv", 3, "author_role", "is none of: agent, customer, system"),
    ]


def test_a_hundred_thousand_tickets_are_read_in_seconds(folder):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["ticket_id", "created_at", "status", "account_ref", "requester_email", "solved_at", "assignee"])
    for number in range(100_000):
        day = f"2026-{1 + number % 12:02}-{1 + number % 28:02}"
        writer.writerow(
            [
                number,
                f"{day}T09:00:00Z",
                "Closed",
                f"a{number % 500}",
                f"p{number % 9000}@x.example",
                f"{day}T17:{number % 60:02}:00Z",
                f"agent {number % 40}",
            ]
        )
    folder.put("tickets.csv", text.getvalue())
    started = time.process_time()
    report = folder.land()["tickets"]
    assert (report.kept, report.quarantined) == (100_000, 0)
    assert time.process_time() - started < 60
