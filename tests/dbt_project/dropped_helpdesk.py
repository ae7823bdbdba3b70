"""A Zendesk as it was landed, written out as the files of the drop folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Row = dict[str, Any]
Rows = Mapping[tuple[str, str], list[Row]]
FIELDS = {"status": "status", "assignee_id": "assignee", "group_id": "group"}
ROLES = {"end-user": "customer", "agent": "agent", "admin": "agent"}
COLUMNS = {
    "tickets": (
        "ticket_id", "created_at", "status", "account_ref", "requester_email", "created_by_agent", "solved_at", "priority", "type",
        "group", "assignee", "channel", "tags", "merged_into", "is_sla_met", "sla_judged_at", "satisfaction", "satisfaction_min",
        "satisfaction_max", "satisfaction_at", "satisfaction_sent_at",
    ),
    "ticket_events": (
        "event_id", "ticket_id", "occurred_at", "event", "value", "previous_value", "author", "author_role", "update_id",
    ),
}  # fmt: skip


def latest(rows: Iterable[Row], key: str) -> dict[str, Row]:
    """The newest version of each record."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.get(row[key])
        if known is None or (row["_version"], row["_extracted_at"]) >= (known["_version"], known["_extracted_at"]):
            found[row[key]] = row
    return found


def text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def events_of(rows: Rows) -> list[dict[str, str]]:
    """One row per change of status, assignee or group and per comment, with the role its author had then."""
    roles: dict[str, list[tuple[datetime, str]]] = {}
    for user in sorted(rows["zendesk", "users"], key=lambda row: row["updated_at"]):
        roles.setdefault(user["user_id"], []).append((user["updated_at"], user["role"]))

    def role(person: str | None, at: datetime) -> str:
        known = roles.get(person or "", [])
        before = [said for since, said in known if since <= at] or [said for _, said in known[:1]]
        return "system" if person == "-1" else ROLES[before[-1]] if before else ""

    found = []
    for row in latest(rows["zendesk", "ticket_events"], "child_event_id").values():
        actor = row["author_id"] or row["updater_id"]
        is_merge = "merge" in (row["via_rel"], (row["channel"] or "").lower())
        if is_merge or (row["channel"] or "").lower() in ("rule", "trigger", "automation"):
            actor = "-1"
        kind = FIELDS.get(row["field_name"] or "")
        if row["event_type"] == "Comment":
            kind = "reply" if row["is_public"] and not is_merge else "note"
        if kind is None:
            continue
        found.append({
            "event_id": row["child_event_id"], "ticket_id": row["ticket_id"], "occurred_at": text(row["occurred_at"]), "event": kind,
            "value": text(row["field_value"]), "previous_value": text(row["previous_value"]),
            "author": text(actor), "author_role": role(actor, row["occurred_at"]), "update_id": row["event_id"],
        })  # fmt: skip
    return sorted(found, key=lambda row: (row["occurred_at"], row["event_id"]))


def tickets_of(rows: Rows, verdicts: Mapping[str, tuple[bool, datetime | None]]) -> list[dict[str, str]]:
    """One row per ticket. verdicts: SLA by ticket, as the helpdesk's own report of them would say it."""
    people = latest(rows["zendesk", "users"], "user_id")
    scores: dict[str, Row] = {}
    for rating in latest(rows["zendesk", "satisfaction_ratings"], "rating_id").values():
        if rating["score"] != "unoffered":
            is_answered = rating["score"].startswith(("good", "bad"))
            scores[rating["ticket_id"]] = {
                "satisfaction": (1 if rating["score"].startswith("good") else 0) if is_answered else None,
                "satisfaction_min": 0, "satisfaction_max": 1, "satisfaction_at": rating["updated_at"] if is_answered else None,
                "satisfaction_sent_at": rating["created_at"],
            }  # fmt: skip
    for answer in latest(rows["zendesk", "csat_survey_responses"], "response_id").values():
        scores[answer["ticket_id"]] = {
            "satisfaction": answer["rating"], "satisfaction_min": 1, "satisfaction_max": 5,
            "satisfaction_at": answer["answered_at"], "satisfaction_sent_at": answer["sent_at"] or answer["answered_at"],
        }  # fmt: skip
    merged = {
        row["ticket_id"]: row["merged_into_ticket_id"] or row["via_reference_id"]
        for row in rows["zendesk", "ticket_events"]
        if row["field_name"] == "status" and row["field_value"] == "closed" and "merge" in (row["via_rel"], (row["channel"] or "").lower())
    }  # fmt: skip
    found = []
    for number, row in latest(rows["zendesk", "tickets"], "ticket_id").items():
        if row["status"] == "deleted" or row["_deleted"]:
            continue
        asked, wrote = people.get(row["requester_id"], {}), people.get(row["submitter_id"], {})
        is_met, judged_at = verdicts.get(number, (None, None))
        values = {
            **row, **scores.get(number, {}), "account_ref": row["organization_id"], "requester_email": asked.get("email"),
            "created_by_agent": ROLES.get(wrote.get("role")) == "agent", "group": row["group_id"], "assignee": row["assignee_id"],
            "tags": ", ".join(json.loads(row["tags"] or "[]")), "merged_into": merged.get(number), "is_sla_met": is_met,
            "sla_judged_at": judged_at,
        }  # fmt: skip
        found.append({name: text(values.get(name)) for name in COLUMNS["tickets"]})
    return found
