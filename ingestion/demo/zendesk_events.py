"""What happened to tickets, as the helpdesk's feeds tell it: audits with their child events, and SLA metric events."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from ingestion.demo.people import agent_id, group_id
from ingestion.demo.streams import MINUTE, NEVER, iso
from ingestion.demo.tickets import CHANNELS, PRIORITIES, SLA_POLICY_ID, TARGET_MINUTES, Tickets
from ingestion.demo.working_hours import WorkingHours
from ingestion.demo.zendesk_tickets import Standing

Json = dict[str, Any]
encode = msgspec.json.Encoder().encode
EVENT_BASE = 100_000_000_000
METRIC_EVENT_BASE = 300_000_000_000
SYSTEM = -1
VIA = {"email": "Mail", "web": "Web form", "chat": "Chat", "api": "Web service"}
SLA_POLICY = {"id": SLA_POLICY_ID, "title": "Managed service", "description": "First reply by priority"}


def ticket_events(at: Standing) -> Iterator[tuple[int, int, bytes]]:
    """(instant, id, record) of every audit up to now; deleted tickets keep theirs."""
    t, now = at.tickets, at.now
    target = merge_target(t).tolist()
    columns = zip(
        t.ticket_id.tolist(), at.requester.tolist(), t.agent.tolist(), t.by_agent.tolist(), t.channel.tolist(),
        t.first_priority.tolist(), t.priority.tolist(), t.has_robot.tolist(), t.created.tolist(), t.escalated.tolist(),
        t.replied.tolist(), t.reassigned.tolist(), t.solved.tolist(), t.reopened.tolist(), t.solved_again.tolist(),
        t.merged.tolist(), target, strict=True,
    )  # fmt: skip
    for (
        ticket_id, requester, agent, by_agent, channel, first, priority, robot, created, escalated, replied, reassigned,
        solved, reopened, again, merged, into,
    ) in columns:  # fmt: skip
        if created >= now:
            continue
        desk, via = agent_id(agent), VIA[CHANNELS[channel]]
        submitter = desk if by_agent else requester
        told: list[tuple[int, int, str, list[Json]]] = [
            (created, submitter, via, [
                {"event_type": "Create", "status": "new"}, {"event_type": "Create", "priority": PRIORITIES[first]},
                _comment(submitter, "Please look at this."),
            ])
        ]  # fmt: skip
        if robot:
            told.append((created + 5, SYSTEM, "Rule", [_comment(SYSTEM, "We have received your request.")]))
        if escalated < now:
            told.append((escalated, desk, "Web form", [_change("priority", PRIORITIES[priority], PRIORITIES[first])]))
        if merged < NEVER:
            by_merge = {"channel": "web", "source": {"from": {}, "to": {"ticket_id": into}, "rel": "merge"}}
            note = {"public": False, "comment_public": False, "via": by_merge}
            told.append((merged, desk, "Web form", [
                {**_change("status", "closed", "new"), "via": by_merge},
                {**_comment(desk, f"This request was closed and merged into request #{into}."), **note},
            ]))  # fmt: skip
        else:
            opened = "open" if replied >= NEVER else "pending"
            told.append((replied, desk, "Web form", [
                _change("status", opened, "new"), _change("assignee_id", str(desk), None), _comment(desk, "We are on it."),
            ]))  # fmt: skip
            told.append(
                (reassigned, desk, "Web form", [_change("group_id", str(group_id(agent + 1)), str(group_id(agent)))])
            )
            told.append((solved, desk, "Web form", [
                _change("status", "solved", "pending" if replied < NEVER else "new"), _comment(desk, "This is done."),
            ]))  # fmt: skip
            told.append(
                (reopened, requester, via, [_change("status", "open", "solved"), _comment(requester, "It is back.")])
            )
            told.append(
                (again, desk, "Web form", [_change("status", "solved", "open"), _comment(desk, "Now it is done.")])
            )
        for place, (second, updater, event_via, children) in enumerate(told):
            if second < now:
                yield _audit(ticket_id, place, second, updater, event_via, children)


def _audit(
    ticket_id: int, place: int, second: int, updater: int, via: str, children: list[Json]
) -> tuple[int, int, bytes]:
    event_id = EVENT_BASE + ticket_id * 1_000 + place * 10
    created = iso(second)
    for child, event in enumerate(children):
        event["id"] = event_id + child + 1
        event.setdefault("via", via)
        event.setdefault("via_reference_id", None)
    body = {
        "id": event_id, "ticket_id": ticket_id, "timestamp": second, "created_at": created, "updater_id": updater, "via": via,
        "system": {"client": "demo", "location": None, "ip_address": "192.0.2.1"}, "metadata": {}, "event_type": "Audit",
        "child_events": children,
    }  # fmt: skip
    return second, event_id, encode(body)


def _comment(author: int, body: str) -> Json:
    return {
        "event_type": "Comment", "type": "Comment", "author_id": author, "body": body, "html_body": f"<p>{body}</p>",
        "plain_body": body, "public": True, "comment_present": True, "comment_public": True, "attachments": [],
    }  # fmt: skip


def _change(field: str, value: str, previous: str | None) -> Json:
    return {"event_type": "Change", field: value, "previous_value": previous}


def merge_target(t: Tickets) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The ticket into which each ticket would be merged: the account's ticket before it."""
    order = np.lexsort((t.ticket_id, t.account))
    target = np.zeros(t.count, dtype=np.int64)
    same = t.account[order][1:] == t.account[order][:-1]
    target[order[1:]] = np.where(same, t.ticket_id[order[:-1]], t.ticket_id[order[1:]] - 1)
    target[order[:1]] = t.ticket_id[order[:1]] + 1
    return target


def metric_events(at: Standing, hours: WorkingHours) -> Iterator[tuple[int, int, bytes]]:
    """(instant, id, record) of the reply time's SLA events up to now: applied, breached, measured, fulfilled."""
    t, now = at.tickets, at.now
    worked = hours.minutes_between(t.created, np.minimum(t.replied, now)).tolist()
    columns = zip(
        t.ticket_id.tolist(), t.created.tolist(), t.escalated.tolist(), t.replied.tolist(), t.due.tolist(),
        t.first_priority.tolist(), t.priority.tolist(), t.has_target.tolist(), worked, strict=True,
    )  # fmt: skip
    for ticket_id, created, escalated, replied, due, first, priority, has_target, minutes in columns:
        if not has_target or created >= now:
            continue
        told: list[tuple[int, str, Json]] = [(created, "apply_sla", {"sla": _target(first)})]
        if escalated < NEVER:
            told.append((escalated, "apply_sla", {"sla": _target(priority)}))
        if due < replied:
            told.append((due, "breach", {"deleted": False}))
            status = {"calendar": (replied - created) // MINUTE, "business": minutes}
            told.append((replied, "update_status", {"status": status}))
        told.append((replied, "fulfill", {}))
        for place, (second, kind, extra) in enumerate(told):
            if second < now:
                event_id = METRIC_EVENT_BASE + ticket_id * 10 + place
                body = {
                    "id": event_id, "ticket_id": ticket_id, "metric": "reply_time", "instance_id": 1, "type": kind,
                    "time": iso(second), **extra,
                }  # fmt: skip
                yield second, event_id, encode(body)


def _target(priority: int) -> Json:
    minutes = int(TARGET_MINUTES[priority])
    return {"target": minutes, "target_in_seconds": minutes * 60, "business_hours": priority != 3, "policy": SLA_POLICY}


def satisfaction_ratings(at: Standing, switch_at: int) -> Iterator[tuple[int, int, bytes]]:
    """(offered at, id, record) of the old ratings: offered, good, bad."""
    t = at.tickets
    chosen = np.flatnonzero(t.is_offered & (t.created < switch_at) & (t.solved < at.now)).tolist()
    for place in chosen:
        ticket_id, offered, answered = int(t.ticket_id[place]), int(t.solved[place]) + 60, int(t.answered[place])
        is_answered = answered < at.now
        changed = answered if is_answered else offered
        score = "offered" if not is_answered else "good" if t.score[place] >= 4 else "bad"
        body = {
            "id": 90_000_000 + ticket_id, "url": f"https://northstar.zendesk.com/api/v2/satisfaction_ratings/{90_000_000 + ticket_id}.json",
            "assignee_id": agent_id(int(t.agent[place])), "group_id": group_id(int(t.agent[place])),
            "requester_id": int(at.requester[place]), "ticket_id": ticket_id, "score": score, "created_at": iso(offered),
            "updated_at": iso(changed), "comment": "Thanks!" if score == "good" else None,
            "reason": "The issue took too long to resolve" if score == "bad" else None,
        }  # fmt: skip
        yield offered, 90_000_000 + ticket_id, encode(body)


def survey_responses(at: Standing, switch_at: int) -> Iterator[tuple[int, int, bytes]]:
    """(sent at, id, record) of the new satisfaction surveys: a rating from 1 to 5 on a survey of one ticket."""
    t = at.tickets
    chosen = np.flatnonzero(t.is_offered & (t.created >= switch_at) & (t.answered < at.now)).tolist()
    for place in chosen:
        ticket_id, answered, score = int(t.ticket_id[place]), int(t.answered[place]), int(t.score[place])
        sent = int(t.solved[place]) + 60
        body = {
            "id": f"01CSAT{ticket_id:010d}", "survey": {"id": "01SURVEYCSAT", "version": 1, "state": "enabled"},
            "responder_id": int(at.requester[place]), "expires_at": iso(sent + 28 * 86_400), "created_at": iso(sent),
            "updated_at": iso(answered),
            "subject_zrns": [f"zen:ticket:{ticket_id}"], "subjects": [{"id": str(ticket_id), "type": "ticket", "zrn": f"zen:ticket:{ticket_id}"}],
            "answers": [
                {
                    "question": {"id": "01QRATING", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"},
                    "type": "rating_scale", "rating": score, "rating_category": "good" if score >= 4 else "bad",
                    "created_at": iso(answered), "updated_at": iso(answered),
                },
                {
                    "question": {"id": "01QCOMMENT", "type": "open_ended"}, "type": "open_ended", "value": "Fine.",
                    "created_at": iso(answered), "updated_at": iso(answered),
                },
            ],
        }  # fmt: skip
        yield sent, ticket_id, encode(body)
