"""What the restatement log says of support and satisfaction of a closed month that a later night tells otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from tests.dbt_project.helpdesks import AGENT, CUSTOMER, change, comment, company, land, landed, schedule, update
from tests.dbt_project.helpdesks import ticket as record

FIRST, SECOND = date(2026, 11, 10), date(2026, 11, 20)
OCTOBER = date(2026, 10, 1)
TARGETS = ("support_account_months", "satisfaction_trend", "metric_restatements", "account_history", "account_months")


def desk(*more, **also):
    """Two tickets of October, one answered in an hour and solved, one open; a rating."""
    tickets = [
        record(1, "solved", "2026-10-06T10:00:00Z", "2026-10-06T12:00:00Z"),
        record(2, "open", "2026-10-07T10:00:00Z", "2026-10-07T11:00:00Z"),
    ]
    events = [
        update(1, "2026-10-06T10:00:00Z", change("status", "new"), comment(CUSTOMER), by=CUSTOMER),
        update(1, "2026-10-06T11:00:00Z", comment(AGENT)),
        update(1, "2026-10-06T12:00:00Z", change("status", "solved", "new")),
        update(2, "2026-10-07T10:00:00Z", change("status", "open"), comment(CUSTOMER), by=CUSTOMER),
    ]
    return company(
        **{
            "tickets": tickets,
            "ticket_events": events + list(more),
            "satisfaction_ratings": [rating(1, "good")],
            **also,
        }
    )


def rating(number, score, at="2026-10-06T13:00:00Z"):
    return {
        "id": number,
        "ticket_id": number,
        "requester_id": CUSTOMER,
        "score": score,
        "created_at": at,
        "updated_at": at,
    }


class Nights:
    def __init__(self, project, root):
        self.project, self.root, self.published = project, root, None

    def night(self, world, day, accounts=(), **more):
        # each night reads from an earlier day on, and with it all that the vendor has
        land(self.root, world, day, date(2026, 1, 31 - day.day))
        rows = landed(self.root)
        rows["drop_folder", "accounts"] = list(accounts)
        self.published = self.project.build(rows, day, TARGETS, previous=self.published, **more)
        return {
            (metric, month, cut, account): (old, new, cause)
            for metric, month, cut, account, old, new, cause in self.published.execute(
                "select metric, calendar_month, segment_value, account_id, old_value, new_value, cause from build.cx.metric_restatements"
            ).fetchall()
        }


@pytest.fixture
def nights(project, tmp_path):
    made = Nights(project, tmp_path / "raw")
    assert made.night(desk(), FIRST) == {}
    return made


def test_a_night_that_knows_nothing_new_restates_nothing_and_edited_hours_move_no_closed_month(nights):
    assert nights.night(desk(schedules=[schedule(501, 6, 22, updated_at="2026-11-15T12:00:00Z")]), SECOND) == {}


def test_late_tickets_restate_the_account_and_the_whole(nights):
    """Ticket 2 was answered after two hours and solved in October, says a night in November; ticket 1 is rated bad after all."""
    world = desk(
        update(2, "2026-10-07T12:00:00Z", comment(AGENT), change("status", "solved", "open")),
        satisfaction_ratings=[rating(1, "good"), rating(2, "bad")],
    )
    world["tickets"][1] |= record(2, "solved", "2026-10-07T10:00:00Z", "2026-10-07T12:00:00Z")
    found = nights.night(world, SECOND)
    assert {key[0]: (*value, key[1:]) for key, value in found.items() if key[3]} == {
        name: (old, new, "late_data", (OCTOBER, "all", "desk"))
        for name, old, new in (
            ("account_tickets_solved", 1, 2),
            ("account_tickets_backlog", 1, 0),
            ("account_first_reply_minutes_p50", 60, 90),
            ("account_first_reply_business_minutes_p50", 60, 90),
            ("account_resolution_minutes_p50", 120, 120),
            ("account_ticket_csat", 1, 0.5),
        )
        if old != new
    }
    assert {key[0]: value for key, value in found.items() if not key[3]} == {
        "tickets_solved": (1, 2, "late_data"),
        "tickets_backlog": (1, 0, "late_data"),
        "ticket_csat": (1, 0.5, "late_data"),
        "satisfaction_csat_transactional": (1, 0.5, "late_data"),
    } | {key[0]: value for key, value in found.items() if key[2] != "all"}
    # told once: the next night adds nothing
    assert nights.night(world, SECOND) == found


def test_other_models_and_other_policies_are_named_before_the_data(nights):
    world = desk(update(2, "2026-10-07T12:00:00Z", comment(AGENT)))
    found = nights.night(world, SECOND, previous_models="other")
    assert {cause for _, _, cause in found.values()} == {"model"}
    assert ("account_first_reply_minutes_p50", OCTOBER, "all", "desk") in found


def test_another_policy(nights):
    world = desk(update(2, "2026-10-07T12:00:00Z", comment(AGENT)))
    found = nights.night(world, SECOND, policy_version="0123456789ab")
    assert {cause for _, _, cause in found.values()} == {"policy"}


def test_a_merge_moves_accounts_and_no_total(nights):
    merged = [
        {"account_id": "desk", "name": "Desk", "merged_into": "heir", "merged_on": date(2026, 11, 15)},
        {"account_id": "heir", "name": "Heir"},
    ]
    found = nights.night(desk(), SECOND, merged)
    assert found[("account_tickets_created", OCTOBER, "all", "desk")] == (2, 0, "merge")
    assert found[("account_tickets_created", OCTOBER, "all", "heir")] == (0, 2, "merge")
    assert found[("account_ticket_csat", OCTOBER, "all", "desk")] == (1, None, "merge")
    assert not {key for key in found if key[0].startswith(("tickets_", "ticket_", "sla_")) and key[3] is None}
