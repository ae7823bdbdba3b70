"""Zendesk Support: organizations, users, groups, tickets with metrics, their changes, clocks, ratings and schedules.

Tickets and users come by cursor export, in the order of feed time; organizations, ticket events and metric events have
a time export alone, whose boundary second comes twice. Groups and schedules are full listings. Satisfaction is read
from the legacy ratings and from the customisable survey; an account has one of them.
Limits: 10 export requests a minute for all exports together, other endpoints by the plan, 700 taken here.
Metric events, ratings, surveys and schedules are not in every plan: an account that is refused them is read without.
The feed leaves out the last minute: it is closed two minutes before now. A user, ticket or metric event that is
deleted comes as a tombstone. Organizations and users are read from the vendor's beginning on, for the export lists them
by their last change, and whom a ticket names may not have changed since the start date. Left out on purpose: subjects, descriptions, bodies of comments, notes, phone numbers.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ingestion.client.pagination import Export, cursor_export, cursor_list, time_export
from ingestion.client.probing import asking
from ingestion.contract import Client, Page, Rate, Record, Source, Stream, Sweep
from ingestion.credentials import Credential, Grant
from ingestion.sources import zendesk_tables as tables

CLOSE_SECONDS = 120
OVERLAP_SECONDS = 600
# An answer to a survey may be changed for weeks, and the lists are filtered by its creation.
RATING_OVERLAP_SECONDS = 35 * 86_400
# The vendor gives tokens of 5 minutes to 48 hours; a client asks again as often as it has to.
TOKEN_SECONDS = 3600
API_TOKEN = ("ZENDESK_EMAIL", "ZENDESK_API_TOKEN")
PAGE = {"per_page": 1000}
# The vendor's first year: no record is older.
BEGINNING = date(2007, 1, 1)
# The vendor's reference of audit events leaves it out; its audits tell the schedule that a trigger sets by it.
SCHEDULE_ASSIGNMENT = "ScheduleAssignment"
ONE = {"start_time": 1, "per_page": 1}
ONE_OF_LIST = {"page[size]": 1}
WRITTEN = frozenset({"subject", "raw_subject", "description"})
BODIES = WRITTEN | {"body", "html_body", "plain_body", "attachments", "metadata"}
TOLD = BODIES | {
    "id", "via", "via_reference_id", "type", "event_type", "author_id", "public", "audit_id", "created_at",
    "previous_value", "comment_present", "comment_public", "field_name", "value",
}  # fmt: skip


class TicketEvent(msgspec.Struct):
    """One update of a ticket; `child_events` are its single changes."""

    id: int | str
    ticket_id: int | str | None = None
    timestamp: int | None = None
    created_at: datetime | None = None
    updater_id: int | str | None = None
    via: Any = None
    merged_ticket_ids: list[int | str] | None = None
    child_events: list[dict[str, Any]] = []


class Option(msgspec.Struct):
    rating: int | None = None


class Question(msgspec.Struct):
    id: int | str | None = None
    alias: str | None = None
    type: str | None = None
    sub_type: str | None = None
    options: list[Option] | None = None


class Answer(msgspec.Struct):
    type: str = ""
    question: Question | None = None
    rating: int | None = None
    rating_category: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class SurveyResponse(msgspec.Struct):
    subject_zrns: list[str] | None = None
    answers: list[Answer] | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None


class Schedule(msgspec.Struct):
    id: int | str


def authorize(credentials: Mapping[str, str]) -> Credential:
    """A token by client credentials first, then one that somebody made; e-mail and API token while the vendor takes them."""
    if credentials.get("ZENDESK_CLIENT_ID") and credentials.get("ZENDESK_CLIENT_SECRET"):
        fields: dict[str, str | int] = {
            "grant_type": "client_credentials",
            "client_id": credentials["ZENDESK_CLIENT_ID"],
            "client_secret": credentials["ZENDESK_CLIENT_SECRET"],
            "scope": "read",
            # Left out, the answer does not say when the token ends.
            "expires_in": TOKEN_SECONDS,
        }
        return Grant("/oauth/tokens", fields, is_json=True, lasts_seconds=TOKEN_SECONDS)
    token = credentials.get("ZENDESK_OAUTH_TOKEN")
    if token:
        return {"authorization": f"Bearer {token}"}
    pair = f"{credentials['ZENDESK_EMAIL']}/token:{credentials['ZENDESK_API_TOKEN']}"
    return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def advice(credentials: Mapping[str, str]) -> str:
    """API tokens come to an end."""
    if SOURCE.chosen(credentials) != API_TOKEN:
        return ""
    return (
        "ZENDESK_API_TOKEN stops working on 30 April 2027: from then on Zendesk takes no API token (one that is not used "
        "for 30 days stops earlier). Make an OAuth client in the Admin Center, and set ZENDESK_CLIENT_ID and "
        "ZENDESK_CLIENT_SECRET"
    )


def organizations(client: Client, sweep: Sweep) -> Iterator[Page]:
    export = Export("/api/v2/incremental/organizations", "organizations", PAGE)
    listing = "/api/v2/organizations"
    for raws, cursor in time_export(client, export, sweep.window.since_epoch, sweep.cursor, list_path=listing):
        yield Page({"organizations": records(raws)}, cursor)


def users(client: Client, sweep: Sweep) -> Iterator[Page]:
    export = Export("/api/v2/incremental/users/cursor", "users", PAGE)
    for raws, cursor in cursor_export(client, export, sweep.window.since_epoch, sweep.cursor):
        yield Page({"users": records(raws)}, cursor)


def tickets(client: Client, sweep: Sweep) -> Iterator[Page]:
    export = Export("/api/v2/incremental/tickets/cursor", "tickets", {**PAGE, "include": "metric_sets"})
    for raws, cursor in cursor_export(client, export, sweep.window.since_epoch, sweep.cursor):
        yield Page({"tickets": records(raws)}, cursor)


def ticket_events(client: Client, sweep: Sweep) -> Iterator[Page]:
    export = Export("/api/v2/incremental/ticket_events", "ticket_events", {**PAGE, "include": "comment_events"})
    decode = msgspec.json.Decoder(TicketEvent).decode
    for raws, cursor in time_export(client, export, sweep.window.since_epoch, sweep.cursor):
        yield Page({"ticket_events": [change for raw in raws for change in _changes(decode(raw))]}, cursor)


def _changes(event: TicketEvent) -> Iterator[Record]:
    """The single changes of an update, without the text of comments and of what the requester wrote."""
    occurred_at = event.created_at
    if event.timestamp is not None:
        occurred_at = datetime.fromtimestamp(event.timestamp, tz=UTC)
    parent = {
        "event_id": event.id,
        "ticket_id": event.ticket_id,
        "occurred_at": occurred_at,
        "updater_id": event.updater_id,
    }
    for child in event.child_events:
        via = child.get("via") or event.via
        rel = None
        if isinstance(via, dict):
            rel = (via.get("source") or {}).get("rel")
        name, value, previous = _changed(child)
        told = {
            **parent,
            "field_name": name,
            "field_value": as_text(value),
            "previous_value": as_text(previous),
            "channel": via.get("channel") if isinstance(via, dict) else via,
            "via_rel": rel,
            "merged_into_ticket_id": _merged_into(via) if rel == "merge" else None,
        }
        # Where no other field is named, the values are those of the subject.
        unsaid = {"value", "previous_value"} if name is None or name in WRITTEN else set()
        for key in (BODIES | unsaid).intersection(child):
            del child[key]
        if "via" in child and isinstance(via, dict):
            child["via"] = {"channel": told["channel"], "source": {"rel": rel}}
        yield Record(msgspec.json.encode(child), told)


def _changed(child: dict[str, Any]) -> tuple[str | None, Any, Any]:
    """Name, value and earlier value of the field that a single change is about; no values where they may be words."""
    if child.get("event_type") == SCHEDULE_ASSIGNMENT or "new_schedule_id" in child:
        value = child.get("new_schedule_id", child.get("schedule_id", child.get("value")))
        return "schedule_id", value, child.get("previous_schedule_id", child.get("previous_value"))
    name = child.get("field_name") or next((key for key in child if key not in TOLD), None)
    if name is None or name in WRITTEN:
        return name, None, None
    return name, child.get("value" if "field_name" in child else name), child.get("previous_value")


def _merged_into(via: dict[str, Any]) -> str | None:
    """The ticket that a closing by merge names."""
    source = via["source"]
    named = (source.get("to") or {}).get("ticket_id") or (source.get("from") or {}).get("ticket_id")
    return None if named is None else str(named)


def ticket_metric_events(client: Client, sweep: Sweep) -> Iterator[Page]:
    export = Export("/api/v2/incremental/ticket_metric_events", "ticket_metric_events", PAGE)
    for raws, cursor in time_export(client, export, sweep.window.since_epoch, sweep.cursor, list_path=export.path):
        yield Page({"ticket_metric_events": records(raws)}, cursor)


def satisfaction_ratings(client: Client, sweep: Sweep) -> Iterator[Page]:
    params = {"start_time": sweep.window.since_epoch, "page[size]": 100}
    for raws in cursor_list(client, "/api/v2/satisfaction_ratings", "satisfaction_ratings", params):
        yield Page({"satisfaction_ratings": records(raws)})


def csat_survey_responses(client: Client, sweep: Sweep) -> Iterator[Page]:
    params = {"filter[created_at_start]": sweep.window.since_epoch, "page[size]": 50}
    for raws in cursor_list(client, "/api/v2/guide/survey_responses", "survey_responses", params):
        yield Page({"csat_survey_responses": [_survey_response(raw) for raw in raws]})


def _survey_response(raw: msgspec.Raw) -> Record:
    response = msgspec.json.decode(raw, type=SurveyResponse)
    answers = response.answers or []
    rated = [answer for answer in answers if answer.rating is not None or answer.rating_category]
    # a survey may ask for ratings beside the one of satisfaction; an answer that says nothing of itself is that one
    rating = next((one for one in rated if one.question is None or one.question.sub_type != "other"), Answer())
    others = [_rating(one) for one in rated if one is not rating]
    low, high = _scale(rating)
    changes = [at for answer in answers for at in (answer.updated_at, answer.created_at) if at]
    subjects = [name.rpartition(":")[2] for name in response.subject_zrns or [] if ":ticket:" in name]
    return Record(
        bytes(raw),
        {
            "ticket_id": subjects[0] if subjects else None,
            "rating": rating.rating,
            "rating_category": rating.rating_category,
            "rating_min": low,
            "rating_max": high,
            "other_ratings": msgspec.json.encode(others) if others else None,
            "answered_at": rating.updated_at or rating.created_at,
            "sent_at": response.created_at,
            "updated_at": max(changes, default=response.created_at or response.expires_at),
        },
    )


def _scale(answer: Answer) -> tuple[int | None, int | None]:
    """Lowest and highest rating that the question offers, where it names at least two."""
    offered = [one.rating for one in (answer.question and answer.question.options) or [] if one.rating is not None]
    return (min(offered), max(offered)) if len(set(offered)) > 1 else (None, None)


def _rating(answer: Answer) -> dict[str, Any]:
    question = answer.question or Question()
    low, high = _scale(answer)
    at = answer.updated_at or answer.created_at
    return {
        "question_id": question.id, "question_ref": question.alias, "question_type": question.type, "rating": answer.rating,
        "rating_min": low, "rating_max": high, "answered_at_micros": None if at is None else round(at.timestamp() * 1_000_000),
    }  # fmt: skip


def groups(client: Client, _sweep: Sweep) -> Iterator[Page]:
    params = {"exclude_deleted": "false", "page[size]": 100}
    for raws in cursor_list(client, "/api/v2/groups", "groups", params):
        yield Page({"groups": records(raws)})


def schedules(client: Client, _sweep: Sweep) -> Iterator[Page]:
    path = "/api/v2/business_hours/schedules"
    size = {"page[size]": 100}
    for raws in cursor_list(client, path, "schedules", size, is_paged=False):
        holidays = []
        for raw in raws:
            schedule = msgspec.json.decode(raw, type=Schedule).id
            for found in cursor_list(client, f"{path}/{schedule}/holidays", "holidays", size, is_paged=False):
                holidays += [Record(bytes(holiday), {"schedule_id": schedule}) for holiday in found]
        yield Page({"schedules": records(raws), "schedule_holidays": holidays})


def records(raws: list[msgspec.Raw]) -> list[Record]:
    return [Record(bytes(raw)) for raw in raws]


def as_text(value: Any) -> str | None:
    """A field's value as text; lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


SOURCE = Source(
    "zendesk",
    "Zendesk Support",
    "helpdesk",
    (
        Stream(
            organizations,
            (tables.ORGANIZATIONS,),
            CLOSE_SECONDS,
            OVERLAP_SECONDS,
            whole_since=BEGINNING,
            probe=asking("/api/v2/incremental/organizations", ONE),
        ),
        Stream(
            users,
            (tables.USERS,),
            CLOSE_SECONDS,
            OVERLAP_SECONDS,
            whole_since=BEGINNING,
            probe=asking("/api/v2/incremental/users/cursor", ONE),
        ),
        Stream(groups, (tables.GROUPS,), probe=asking("/api/v2/groups", ONE_OF_LIST)),
        Stream(
            tickets,
            (tables.TICKETS,),
            CLOSE_SECONDS,
            OVERLAP_SECONDS,
            probe=asking("/api/v2/incremental/tickets/cursor", ONE),
        ),
        Stream(
            ticket_events,
            (tables.TICKET_EVENTS,),
            CLOSE_SECONDS,
            OVERLAP_SECONDS,
            probe=asking("/api/v2/incremental/ticket_events", ONE),
        ),
        Stream(
            ticket_metric_events,
            (tables.TICKET_METRIC_EVENTS,),
            CLOSE_SECONDS,
            OVERLAP_SECONDS,
            is_optional=True,
            probe=asking("/api/v2/incremental/ticket_metric_events", ONE),
        ),
        Stream(
            satisfaction_ratings,
            (tables.SATISFACTION_RATINGS,),
            CLOSE_SECONDS,
            RATING_OVERLAP_SECONDS,
            is_optional=True,
            probe=asking("/api/v2/satisfaction_ratings", ONE_OF_LIST),
        ),
        Stream(
            csat_survey_responses,
            (tables.CSAT_SURVEY_RESPONSES,),
            CLOSE_SECONDS,
            RATING_OVERLAP_SECONDS,
            is_optional=True,
            probe=asking("/api/v2/guide/survey_responses", ONE_OF_LIST),
        ),
        Stream(
            schedules,
            (tables.SCHEDULES, tables.SCHEDULE_HOLIDAYS),
            is_optional=True,
            probe=asking("/api/v2/business_hours/schedules", ONE_OF_LIST),
        ),
    ),
    base_url_setting="ZENDESK_BASE_URL",
    credentials=(("ZENDESK_CLIENT_ID", "ZENDESK_CLIENT_SECRET"), ("ZENDESK_OAUTH_TOKEN",), API_TOKEN),
    api_version="v2",
    authorize=authorize,
    advice=advice,
    rates={"/api/v2/incremental/": Rate(10, 60), "/api/v2/": Rate(700, 60)},
    # Every plan has it, and admins alone may read it.
    proof=("/api/v2/incremental/tickets/cursor", {"start_time": 0, "per_page": 1}),
)
