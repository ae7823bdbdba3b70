"""The life of generated tickets as the models tell it, against a walk through their events one by one."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

START = datetime(2026, 5, 4, 8)  # noqa: DTZ001 - naive UTC
AGENT_SINCE = START + timedelta(hours=40)  # mia is a customer before and an agent after
DONE = ("solved", "closed")
MODELS = (
    "int_support__updates_summed",
    "int_support__records_consulted",
    "int_support__status_changes_derived",
    "int_support__replies_judged",
    "int_support__replies_summed",
    "int_support__tickets_clocked",
    "int_support__open_spans_derived",
)
EVENTS = {
    "source_name": "varchar", "ticket_event_id": "varchar", "ticket_update_id": "varchar", "ticket_id": "varchar",
    "occurred_at": "timestamp", "actor_id": "varchar", "event_kind": "varchar", "field_name": "varchar", "field_value": "varchar",
    "previous_value": "varchar", "is_public": "boolean", "channel": "varchar", "is_merge": "boolean", "is_system": "boolean",
    "merged_into_ticket_id": "varchar", "is_by_customer": "boolean",
}  # fmt: skip
TICKETS = {
    "source_name": "varchar", "ticket_id": "varchar", "account_id": "varchar", "submitter_id": "varchar", "tags": "varchar",
    "created_at": "timestamp", "vendor_solved_at": "timestamp", "status": "varchar", "is_follow_up": "boolean", "recorded_at": "timestamp",
    "record_changed_at": "timestamp", "vendor_replied_at": "timestamp", "vendor_first_solved_at": "timestamp",
    "vendor_replies": "bigint", "vendor_reopens": "bigint", "vendor_handoffs": "bigint",
    "vendor_is_agent_created": "boolean", "tells_status_changes": "boolean", "tells_assignments": "boolean", "tells_replies": "boolean",
}  # fmt: skip
ROLES = {
    "source_name": "varchar", "user_id": "varchar", "is_customer": "boolean", "valid_from": "timestamp", "valid_to": "timestamp",
}  # fmt: skip

step = st.one_of(
    st.tuples(st.just("status"), st.sampled_from(["open", "pending", "hold", "solved", "closed"])),
    st.tuples(st.just("assignee_id"), st.sampled_from(["ben", "eve", None])),
    st.tuples(st.just("comment"), st.tuples(st.sampled_from(["ben", "mia", "cleo", "-1"]), st.booleans())),
)
life = st.tuples(st.sampled_from(["cleo", "ben"]), st.lists(st.tuples(st.integers(1, 30), step), max_size=9))


def is_agent(person, at):
    return person in ("ben", "eve") or (person == "mia" and at >= AGENT_SINCE)


def told(number, steps):
    """The events of one ticket, each with the value it replaced; a step that changes nothing is no event."""
    state, at, rows = {"status": "new", "assignee_id": None}, START, []
    for place, (hours, (name, value)) in enumerate(steps):
        at += timedelta(hours=hours)
        key = f"{number}-{place:02}"
        if name == "comment":
            author, is_public = value
            rows.append(
                (
                    "z",
                    key,
                    key,
                    number,
                    at,
                    author,
                    "comment",
                    None,
                    None,
                    None,
                    is_public,
                    "web",
                    False,
                    author == "-1",
                    None,
                )
            )
        elif state[name] != value:
            rows.append(
                ("z", key, key, number, at, "ben", "change", name, value, state[name], None, "web", False, False, None)
            )
            state[name] = value
    return rows


def walked(submitter, rows):
    """first reply, first solved, last solved, reopens, handoffs, open spans: by reading the events in order."""
    first_reply = first = last = None
    reopens, handoffs, assigned_before, spans, opened = 0, 0, False, [], START
    for _, _, _, _, at, person, kind, name, value, previous, is_public, *_ in rows:
        if kind == "comment":
            if is_public and is_agent(person, at) and submitter != "ben":
                first_reply = first_reply or at
        elif name == "assignee_id":
            handoffs += assigned_before and value is not None
            assigned_before = assigned_before or value is not None
        elif value in DONE and previous not in DONE:
            first, last = first or at, at
            spans.append((opened, at))
            opened = None
        elif value not in DONE and previous in DONE:
            reopens, last, opened = reopens + 1, None, at
    if opened is not None:
        spans.append((opened, None))
    # of a ticket without any event nobody knows how often it was reopened or handed on
    told = (reopens, handoffs) if rows else (None, None)
    return first_reply, first, last, *told, spans


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(life, min_size=15, max_size=30))
def test_the_models_tell_each_life_as_a_walk_through_its_events_does(build, lives):
    histories = {
        f"{place:03}": (submitter, told(f"{place:03}", steps)) for place, (submitter, steps) in enumerate(lives)
    }
    record = (*[None] * 11, True, True, True)
    tickets = [("z", number, "a", submitter, None, START, *record) for number, (submitter, _) in histories.items()]
    forever = (datetime(1970, 1, 1), datetime(9999, 1, 1))  # noqa: DTZ001 - naive UTC
    build.fill("int_support__tickets_unioned", TICKETS, tickets)
    build.fill("int_support__tickets_resolved", TICKETS, tickets)
    build.fill(
        "int_support__ticket_events_unioned",
        EVENTS,
        [(*row, None) for _, rows in histories.values() for row in reversed(rows)],
    )
    build.fill("int_support__user_roles_spanned", ROLES, [
        ("z", "ben", False, *forever), ("z", "eve", False, *forever), ("z", "cleo", True, *forever),
        ("z", "mia", True, forever[0], AGENT_SINCE), ("z", "mia", False, AGENT_SINCE, forever[1]),
    ])  # fmt: skip
    build.run(*MODELS)
    instants = build.rows(
        "select ticket_id, first_reply_at, first_solved_at, last_solved_at, reopens, handoffs"
        " from build.intermediate.int_support__tickets_clocked"
    )
    spans = build.rows("select ticket_id, opened_at, solved_at from build.intermediate.int_support__open_spans_derived")
    found = {
        number: (*rest, sorted((since, until) for ticket, since, until in spans if ticket == number))
        for number, *rest in instants
    }
    assert found == {number: walked(submitter, rows) for number, (submitter, rows) in histories.items()}
