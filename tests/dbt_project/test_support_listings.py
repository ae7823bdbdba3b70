"""What a helpdesk listed on a day judges what happened then: hours, holidays, default schedule, names of groups, roles."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.dbt_project.helpdesks import (
    AGENT,
    CUSTOMER,
    FORMER,
    change,
    comment,
    company,
    landed,
    schedule,
    update,
    user,
)
from tests.dbt_project.helpdesks import ticket as record
from tests.dbt_project.nights import Project
from tests.dbt_project.test_support_vendor_cases import Desk, ticket

EVER, FOREVER = datetime(1970, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - naive UTC
FIRST, SECOND, THIRD = date(2026, 11, 10), date(2026, 11, 20), date(2026, 12, 2)


def replied(
    number: int,
    created: str,
    at: str,
    *also: dict[str, object],
    by: int = AGENT,
    first: tuple[dict[str, object], ...] = (),
) -> dict[str, list]:
    """A ticket of a customer, created and answered; what else happens at these two instants."""
    return {
        "tickets": [record(number, "open", created, at)],
        "ticket_events": [
            update(number, created, change("status", "new"), comment(CUSTOMER), *first, by=CUSTOMER),
            update(number, at, comment(by), change("status", "open", "new"), *also, by=by),
        ],
    }  # fmt: skip


def together(*worlds: dict[str, list]) -> dict[str, list]:
    return {name: [one for world in worlds for one in world[name]] for name in ("tickets", "ticket_events")}


@pytest.fixture(scope="module")
def nights(project: Project, tmp_path_factory):
    """Three nights: hours, a holiday, the oldest schedule and a group's name change between the first and the second."""
    desk = Desk(project, tmp_path_factory.mktemp("listings") / "raw")
    tickets = together(
        replied(1, "2026-11-03T16:00:00Z", "2026-11-04T10:00:00Z"),  # Tuesday, Wednesday
        replied(2, "2026-11-05T10:00:00Z", "2026-11-06T10:00:00Z"),  # Friday 6 is a holiday
        replied(3, "2026-11-09T10:00:00Z", "2026-11-09T12:00:00Z", first=(change("schedule_id", "502"),)),
    )
    later = together(
        tickets,
        replied(4, "2026-11-16T16:00:00Z", "2026-11-17T10:00:00Z"),  # Monday, Tuesday: under the new hours
        replied(5, "2026-11-12T10:00:00Z", "2026-11-13T10:00:00Z"),  # the 13th becomes a holiday afterwards
        replied(6, "2026-11-30T10:00:00Z", "2026-12-01T10:00:00Z"),  # 501 is listed no more
    )
    holidays = [{"id": 1, "name": "a", "start_date": "2026-11-06", "end_date": "2026-11-06", "schedule_id": 501}]
    # a listing that loses three of ten is refused, whatever it lists
    others = [
        {
            "id": 10 + day,
            "name": "b",
            "start_date": f"2027-01-{day:02}",
            "end_date": f"2027-01-{day:02}",
            "schedule_id": 502,
        }
        for day in range(1, 9)
    ]
    added = [{"id": 4, "name": "c", "start_date": "2026-11-13", "end_date": "2026-11-13", "schedule_id": 501}]
    hours, night_shift = schedule(501, 9, 17), schedule(502, 0, 24)
    edited = schedule(501, 8, 20, updated_at="2026-11-15T12:00:00Z")
    first = desk.night(company(**tickets, holidays=holidays + others, schedules=[hours, night_shift]), FIRST)
    second = desk.night(
        company(
            **later,
            holidays=others + added,
            schedules=[edited, night_shift],
            groups=[{"id": 1, "name": "Renamed", "deleted": False}],
        ),
        SECOND,
    )
    third = desk.night(
        company(
            **later,
            holidays=others + added,
            schedules=[night_shift],
            groups=[{"id": 1, "name": "Renamed", "deleted": False}],
        ),
        THIRD,
    )
    return first, second, third


RIGHT = {
    "1": 2 * 60,  # 16 to 17, 9 to 10: the hours of then
    "2": 7 * 60,  # Thursday 10 to 17; Friday was a holiday when it was Friday
    "3": 2 * 60,  # around the clock
    "4": 6 * 60,  # 16 to 20, 8 to 10: the hours since Sunday
    "5": 8 * 60,  # Thursday 10 to 17, Friday 9 to 10: what becomes a holiday afterwards was a working day
}


@pytest.mark.parametrize("number", RIGHT)
def test_business_minutes_are_those_of_the_hours_listed_then(nights, number):
    told = [ticket(night, "first_reply_business_minutes", number=number) for night in nights[int(number) > 3 :]]
    assert told == [RIGHT[number]] * len(told)


def test_the_default_is_the_oldest_schedule_of_the_day_and_stays_so_for_tickets_of_then(nights):
    """501 is gone in December: tickets from then on are under 502, the ones before under 501."""
    third = nights[2]
    spans = third.execute(
        "select ticket_id, schedule_id from build.intermediate.int_support__ticket_schedules_spanned"
    ).fetchall()
    assert dict(spans) == {"1": "501", "2": "501", "3": "502", "4": "501", "5": "501", "6": "501"}


def test_what_was_listed_last_holds_on_where_later_nights_could_not_list(project, tmp_path):
    desk = Desk(project, tmp_path / "raw")
    desk.night(company(**replied(1, "2026-11-03T16:00:00Z", "2026-11-04T10:00:00Z")), FIRST)
    later = project.build(
        landed(tmp_path / "raw"), THIRD, ("int_support__schedules_unioned", "int_support__schedule_intervals_unioned")
    )
    assert later.execute("select listed_until from build.intermediate.int_support__schedules_unioned").fetchall() == [
        (FOREVER,)
    ]
    assert later.execute(
        "select distinct valid_from, valid_to from build.intermediate.int_support__schedule_intervals_unioned"
    ).fetchall() == [(EVER, FOREVER)]


def test_a_closed_month_keeps_the_name_a_group_had_at_its_end(nights):
    def names(night):
        found = night.execute(
            "select calendar_month, group_name from build.cx.agent_months where worker_kind = 'group'"
        ).fetchall()
        return dict(found)

    assert names(nights[0])[date(2026, 11, 1)] == "First line"
    assert names(nights[2])[date(2026, 11, 1)] == "Renamed"


def test_who_had_a_ticket_answered_as_an_agent_also_before_it_was_assigned_and_unlisted(project, tmp_path):
    """Today's end user 22 answers before the ticket is assigned to 22; 23 is not listed at all; 24 never had a ticket; 25 is said to
    be an end user for years, and had one all the same.
    """
    world = company(**together(
        replied(1, "2026-09-01T10:00:00Z", "2026-09-01T11:00:00Z", by=FORMER),
        replied(2, "2026-09-01T10:00:00Z", "2026-09-01T12:00:00Z", change("assignee_id", "23"), by=23),
        replied(3, "2026-09-01T10:00:00Z", "2026-09-01T13:00:00Z", by=24),
        replied(4, "2026-09-01T10:00:00Z", "2026-09-01T14:00:00Z", by=AGENT),
        replied(5, "2026-09-01T10:00:00Z", "2026-09-01T15:00:00Z", change("assignee_id", "25"), by=25),
    ))  # fmt: skip
    world["ticket_events"].append(update(1, "2026-09-01T12:00:00Z", change("assignee_id", str(FORMER), "21")))
    world["users"] += [
        user(24, "end-user", updated_at="2026-10-01T00:00:00Z"),
        user(25, "end-user", updated_at="2024-01-01T00:00:00Z"),
    ]
    build = Desk(project, tmp_path / "raw").night(world)
    assert [ticket(build, "first_reply_minutes", number=number) for number in "12345"] == [60, 120, None, 240, 300]


def test_a_customer_who_becomes_an_agent_asked_for_a_company_all_the_same(project, tmp_path):
    """The tickets of 26 name no organization; on the second night 26 works for the helpdesk and has none."""
    desk = Desk(project, tmp_path / "raw")
    asked = replied(1, "2026-11-03T10:00:00Z", "2026-11-03T12:00:00Z")
    asked["tickets"][0] |= {"organization_id": None, "requester_id": 26, "submitter_id": 26}
    world = company(**asked)
    world["users"].append(user(26, "end-user", organization_id=9001, email="x@elsewhere.example"))
    assert ticket(desk.night(world, FIRST), "account_id", "first_reply_minutes") == ("desk", 120)
    world["users"][-1] |= {"role": "agent", "organization_id": None, "updated_at": "2026-11-15T12:00:00Z"}
    assert ticket(desk.night(world, SECOND), "account_id", "first_reply_minutes") == ("desk", 120)


SHAPES = {
    "an event of its own": {"event_type": "ScheduleAssignment", "previous_schedule_id": None, "new_schedule_id": "502"},
    "an event of its own, as numbers": {"event_type": "ScheduleAssignment", "new_schedule_id": 502, "previous_schedule_id": 501},
    "a change of a field": {"event_type": "Change", "schedule_id": "502", "previous_value": "501"},
    "a change that names its field": {"event_type": "Change", "field_name": "schedule_id", "value": "502", "previous_value": "501"},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_schedule_is_set_by_whichever_event_says_so(project, tmp_path, shape):
    """Saturday: nobody works from nine to five, 502 works around the clock."""
    world = company(**replied(1, "2026-09-12T14:00:00Z", "2026-09-12T16:00:00Z", first=(SHAPES[shape],)))
    world["schedules"].append(schedule(502, 0, 24, intervals=[{"start_time": 0, "end_time": 10080}]))
    assert ticket(Desk(project, tmp_path / "raw").night(world), "first_reply_business_minutes") == 120


def test_a_schedule_that_is_taken_away_gives_the_ticket_back_to_the_default(project, tmp_path):
    always = {"event_type": "ScheduleAssignment", "previous_schedule_id": None, "new_schedule_id": "502"}
    gone = {"event_type": "ScheduleAssignment", "previous_schedule_id": "502", "new_schedule_id": None}
    world = company(**replied(1, "2026-09-12T14:00:00Z", "2026-09-12T16:00:00Z"))
    world["schedules"].append(schedule(502, 0, 24, intervals=[{"start_time": 0, "end_time": 10080}]))
    world["ticket_events"] += [update(1, "2026-09-12T14:30:00Z", always), update(1, "2026-09-12T15:30:00Z", gone)]
    assert ticket(Desk(project, tmp_path / "raw").night(world), "first_reply_business_minutes") == 60


def test_what_the_first_assignment_after_the_first_day_replaced_held_before_it(project, tmp_path):
    """The schedule was set before 2026; the first event that is read replaces 502 by 501."""
    moved = {"event_type": "ScheduleAssignment", "previous_schedule_id": "502", "new_schedule_id": "501"}
    world = company(
        tickets=[record(1, "open", "2025-12-27T10:00:00Z", "2026-01-05T10:00:00Z", {"reply_time_in_minutes": {"calendar": 120}, "replies": 1})],
        ticket_events=[update(1, "2026-01-05T10:00:00Z", moved)],
    )  # fmt: skip
    world["schedules"].append(schedule(502, 0, 24, intervals=[{"start_time": 0, "end_time": 10080}]))
    assert ticket(Desk(project, tmp_path / "raw").night(world), "first_reply_business_minutes") == 120
