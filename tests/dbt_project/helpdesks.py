"""Small helpdesks written as the vendor's API objects: served by the demo's API, read by the production connector."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx2
import msgspec
import pyarrow.parquet as pq
from werkzeug.wrappers import Request

from demo.feeds import Feed
from demo.helpdesk_state import Desk
from demo.limits import Budget
from demo.zendesk_api import ZendeskApi
from ingestion.contract import Connection
from ingestion.extraction import extract
from ingestion.registry import source

World = dict[str, list[dict[str, Any]]]
Rows = dict[tuple[str, str], list[dict[str, object]]]
CASES = Path(__file__).resolve().parents[1] / "cases" / "zendesk"
SOURCE = source("zendesk")
LISTS = ("groups", "schedules", "holidays")


class Night:
    """The clock of one night: it stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nobody waits {seconds} s for a helpdesk in memory")


class Helpdesk(ZendeskApi):
    """The demo's API over one world. A holiday may name its schedule; without a name every schedule has it."""

    def holidays_of(self, schedule_id: int) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in holiday.items() if key != "schedule_id"}
            for holiday in self.desk.holidays
            if holiday.get("schedule_id", schedule_id) == schedule_id
        ]


def case(name: str) -> dict[str, Any]:
    """A case's file."""
    return cast("dict[str, Any]", json.loads((CASES / f"{name}.json").read_text()))


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def instant(text: str) -> datetime:
    """Naive UTC, as columns have it."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _feed(records: Iterable[Mapping[str, Any]], at: str) -> Feed:
    """Records in the order of `at`, a time as text or as seconds."""
    told = []
    for place, record in enumerate(records):
        moment = record[at]
        told.append((moment if isinstance(moment, int) else epoch(moment), place, msgspec.json.encode(record)))
    return Feed(told)


def _desk(world: World, now: datetime) -> Desk:
    tickets = []
    for place, ticket in enumerate(world.get("tickets", [])):
        metrics = msgspec.json.encode(ticket.get("metric_set"))
        body = msgspec.json.encode({key: value for key, value in ticket.items() if key != "metric_set"})
        tickets.append((ticket["generated_timestamp"], place, body + b"\x00" + metrics))
    desk = SimpleNamespace(
        now=int(now.timestamp()),
        tickets=Feed(tickets),
        ticket_events=_feed(world.get("ticket_events", []), "timestamp"),
        metric_events=_feed(world.get("ticket_metric_events", []), "time"),
        ratings=_feed(world.get("satisfaction_ratings", []), "created_at"),
        survey_responses=_feed(world.get("survey_responses", []), "created_at"),
        users=_feed(world.get("users", []), "updated_at"),
        organizations=_feed(world.get("organizations", []), "updated_at"),
        **{name: world.get(name, []) for name in LISTS},
    )
    return cast("Desk", desk)


def served(world: World, now: datetime) -> httpx2.MockTransport:
    """A transport behind which the helpdesk answers as it is at `now`."""
    api = Helpdesk(_desk(world, now), Budget(10))

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = Request(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": request.url.path,
                "QUERY_STRING": request.url.query.decode(),
                "SERVER_NAME": "desk.test",
                "SERVER_PORT": "443",
                "wsgi.url_scheme": "https",
            }
        )
        given = api.handle(asked, request.url.path)
        return httpx2.Response(given.status_code, content=given.get_data(), headers=dict(given.headers))

    return httpx2.MockTransport(answer)


def land(root: Path, world: World, day: date, start_date: date) -> None:
    """One night's extraction, at 23:00 of `day`, into the landing at `root`."""
    now = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
    connection = Connection("https://desk.test", {"ZENDESK_OAUTH_TOKEN": "s3cret"}, start_date, served(world, now))
    for report in extract(SOURCE, connection, root, Night(now), f"night-{day}"):
        assert (report.quarantined, report.drift) == (0, ()), report


def landed(root: Path) -> Rows:
    """Every row of the landing, as a night of models reads it."""
    rows: Rows = {}
    for table in SOURCE.tables:
        folder = root / SOURCE.name / table.name / "v1"
        for path in sorted(folder.glob("*/data.parquet")):
            rows.setdefault((SOURCE.name, table.name), []).extend(pq.read_table(path, partitioning=None).to_pylist())
    return rows


AGENT, FORMER, CUSTOMER = 21, 22, 11
ORGANIZATION = {
    "id": 9001, "name": "Desk Co", "external_id": "desk", "domain_names": ["deskco.example"], "organization_fields": {}, "tags": [],
    "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z", "deleted_at": None,
}  # fmt: skip


def user(number: int, role: str, **more: object) -> dict[str, Any]:
    plain = {
        "id": number, "name": f"u{number}", "email": f"u{number}@deskco.example", "role": role, "organization_id": None, "active": True,
        "suspended": False, "external_id": None, "created_at": "2023-06-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z",
    }  # fmt: skip
    return {**plain, **more}


def schedule(number: int, opens: int, closes: int, **more: object) -> dict[str, Any]:
    """Monday to Friday from hour to hour, UTC."""
    hours = [{"start_time": day * 1440 + opens * 60, "end_time": day * 1440 + closes * 60} for day in range(1, 6)]
    plain = {
        "id": number,
        "name": f"s{number}",
        "time_zone": "UTC",
        "intervals": hours,
        "created_at": f"2023-01-{number % 28 + 1:02}T00:00:00Z",
    }
    return {**plain, "updated_at": plain["created_at"], **more}


def ticket(
    number: int, status: str, created: str, changed: str, metrics: Mapping[str, Any] | None = None, **more: object
) -> dict[str, Any]:
    """A ticket's record as the export has it after its last change."""
    plain = {
        "id": number, "status": status, "priority": "normal", "type": "question", "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "organization_id": 9001, "requester_id": CUSTOMER, "submitter_id": CUSTOMER, "assignee_id": AGENT, "group_id": 1, "tags": [],
        "custom_fields": [], "created_at": created, "updated_at": changed, "generated_timestamp": epoch(changed), "metric_set": metrics or {},
    }  # fmt: skip
    return {**plain, **more}


def update(number: int, at: str, *children: Mapping[str, Any], by: int = AGENT) -> dict[str, Any]:
    """An audit as the export of ticket events has it."""
    key = epoch(at) * 100 + number
    return {
        "id": key * 10, "ticket_id": number, "timestamp": epoch(at), "created_at": at, "updater_id": by, "via": "Web form", "event_type": "Audit",
        "child_events": [{"via": "Web form", "via_reference_id": None, **child, "id": key * 10 + place + 1} for place, child in enumerate(children)],
    }  # fmt: skip


def change(field: str, value: object, previous: object = None) -> dict[str, Any]:
    return {"event_type": "Change" if previous is not None else "Create", field: value, "previous_value": previous}


def comment(author: int, *, public: bool = True) -> dict[str, Any]:
    return {
        "event_type": "Comment",
        "author_id": author,
        "public": public,
        "comment_present": True,
        "comment_public": public,
    }


def company(**more: list[dict[str, Any]]) -> World:
    """One organization, a customer, an agent, one who was an agent, and one schedule from nine to five."""
    people = [
        user(CUSTOMER, "end-user", organization_id=9001),
        user(AGENT, "agent"),
        user(FORMER, "end-user", updated_at="2026-10-01T00:00:00Z"),
    ]
    return {
        "organizations": [ORGANIZATION],
        "users": people,
        "schedules": [schedule(501, 9, 17)],
        "groups": [{"id": 1, "name": "First line", "deleted": False}],
        **more,
    }
