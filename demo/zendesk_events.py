"""What happened to tickets, as the helpdesk's feeds tell it: audits with their child events, and SLA metric events.

Audits and metric events are a quarter of a million short ASCII records: they are filled into templates, which costs a
fifth of encoding a dictionary each.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from demo.people import agent_id, group_id
from demo.streams import DAY, MINUTE, NEVER, Ints, iso, iso_all
from demo.tickets import CHANNELS, PRIORITIES, SLA_POLICY_ID, TARGET_MINUTES, Tickets
from demo.working_hours import WorkingHours
from demo.zendesk_tickets import Standing

Json = dict[str, Any]
Audit = tuple[int, str, int, str, str]  # instant, the same as text, updater, via, child events without their ids
encode = msgspec.json.Encoder().encode
EVENT_BASE = 100_000_000_000
METRIC_EVENT_BASE = 300_000_000_000
SYSTEM = -1
VIA = {"email": "Mail", "web": "Web form", "chat": "Chat", "api": "Web service"}
CLIENT = '{"client":"demo","location":null,"ip_address":"192.0.2.1"}'
POLICY = f'{{"id":{SLA_POLICY_ID},"title":"Managed service","description":"First reply by priority"}}'
TARGETS = [
    f'"sla":{{"target":{minutes},"target_in_seconds":{minutes * 60},"business_hours":{"false" if place == 3 else "true"},"policy":{POLICY}}}'
    for place, minutes in enumerate(TARGET_MINUTES.tolist())
]


def ticket_events(at: Standing) -> Iterator[tuple[int, int, bytes]]:
    """(instant, id, record) of every audit up to now; deleted tickets keep theirs."""
    now = at.now
    for ticket_id, audits in _audits(at):
        for place, (second, when, updater, via, children) in enumerate(audits):
            if second < now:
                event_id = EVENT_BASE + ticket_id * 1_000 + place * 10
                numbered = ",".join(
                    f'{{"id":{event_id + child},{event}' for child, event in enumerate(children.split("\n"), start=1)
                )
                yield (
                    second,
                    event_id,
                    (
                        f'{{"id":{event_id},"ticket_id":{ticket_id},"timestamp":{second},"created_at":"{when}",'
                        f'"updater_id":{updater},"via":"{via}","system":{CLIENT},"metadata":{{}},"event_type":"Audit",'
                        f'"child_events":[{numbered}]}}'
                    ).encode(),
                )


def _audits(at: Standing) -> Iterator[tuple[int, list[Audit]]]:
    """Every ticket with everything that is ever done to it, in the order of the doing."""
    t = at.tickets
    columns = zip(
        t.ticket_id.tolist(), at.requester.tolist(), t.agent.tolist(), t.first_agent().tolist(), t.by_agent.tolist(), t.channel.tolist(),
        t.first_priority.tolist(), t.priority.tolist(), t.has_robot.tolist(), _told(t.created), _told(t.escalated),
        _told(t.replied), _told(t.reassigned), _told(t.solved), _told(t.reopened), _told(t.solved_again), _told(t.merged),
        merge_target(t).tolist(), (t.created < at.now).tolist(), strict=True,
    )  # fmt: skip
    for (
        ticket_id, requester, agent, first_agent, by_agent, channel, first, priority, robot, created, escalated, replied, reassigned,
        solved, reopened, again, merged, into, exists,
    ) in columns:  # fmt: skip
        if not exists:
            continue
        desk, front, via = agent_id(agent), agent_id(first_agent), VIA[CHANNELS[channel]]
        submitter = front if by_agent else requester
        told: list[Audit] = [(*created, submitter, via, _creation(via, PRIORITIES[first], submitter))]
        if robot:
            told.append(
                (created[0] + 5, iso(created[0] + 5), SYSTEM, "Rule", _comment("Rule", SYSTEM, "Request received."))
            )
        if escalated[0] < NEVER:
            raised = _change("Web form", "priority", PRIORITIES[priority], PRIORITIES[first])
            told.append((*escalated, front, "Web form", raised))
        if merged[0] < NEVER:
            told.append((*merged, front, "Web form", _closing_by_merge(front, into)))
            yield ticket_id, told
            continue
        told.append((*replied, front, "Web form", _reply(front)))
        told.append((*reassigned, front, "Web form", _handing_on(first_agent, agent)))
        if replied[0] < NEVER:
            done = _step("Web form", "solved", "pending", desk, "This is done.")
        else:  # put aside without a word
            done = _change("Web form", "status", "solved", "new")
        told.append((*solved, desk, "Web form", done))
        told.append((*reopened, requester, via, _step(via, "open", "solved", requester, "It is back.")))
        told.append((*again, desk, "Web form", _step("Web form", "solved", "open", desk, "Now it is done.")))
        yield ticket_id, told


def _told(seconds: Ints) -> list[tuple[int, str]]:
    return list(zip(seconds.tolist(), [text or "" for text in iso_all(seconds)], strict=True))


def _comment(via: str, author: int, body: str) -> str:
    return (
        f'"via":"{via}","via_reference_id":null,"event_type":"Comment","type":"Comment","author_id":{author},"body":"{body}",'
        f'"html_body":"<p>{body}</p>","plain_body":"{body}","public":true,"comment_present":true,"comment_public":true,'
        '"attachments":[]}'
    )


def _change(via: str, field: str, value: object, previous: object) -> str:
    return f'"via":"{via}","via_reference_id":null,"event_type":"Change","{field}":"{value}","previous_value":"{previous}"}}'


def _creation(via: str, priority: str, author: int) -> str:
    made = f'"via":"{via}","via_reference_id":null,"event_type":"Create"'
    return f'{made},"status":"new"}}\n{made},"priority":"{priority}"}}\n{_comment(via, author, "Please look at this.")}'


def _step(via: str, status: str, previous: str, author: int, body: str) -> str:
    return f"{_change(via, 'status', status, previous)}\n{_comment(via, author, body)}"


def _reply(desk: int) -> str:
    assigned = (
        f'"via":"Web form","via_reference_id":null,"event_type":"Change","assignee_id":"{desk}","previous_value":null}}'
    )
    return f"{_step('Web form', 'pending', 'new', desk, 'We are on it.')}\n{assigned}"


def _handing_on(agent: int, following: int) -> str:
    return (
        f"{_change('Web form', 'assignee_id', agent_id(following), agent_id(agent))}\n"
        f"{_change('Web form', 'group_id', group_id(following), group_id(agent))}"
    )


def _closing_by_merge(desk: int, into: int) -> str:
    via = f'{{"channel":"web","source":{{"from":{{}},"to":{{"ticket_id":{into}}},"rel":"merge"}}}}'
    body = f"This request was closed and merged into request #{into}."
    return (
        f'"via":{via},"event_type":"Change","status":"closed","previous_value":"new"}}\n'
        f'"via":{via},"event_type":"Comment","type":"Comment","author_id":{desk},"body":"{body}","public":false,'
        '"comment_present":true,"comment_public":false,"attachments":[]}'
    )


def merge_target(t: Tickets) -> Ints:
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
        t.ticket_id.tolist(), _told(t.created), _told(t.escalated), _told(t.replied), _told(t.due),
        t.first_priority.tolist(), t.priority.tolist(), (t.has_target & (t.created < now)).tolist(), worked, strict=True,
    )  # fmt: skip
    for ticket_id, created, escalated, replied, due, first, priority, has_target, minutes in columns:
        if not has_target:
            continue
        told = [(*created, f'"apply_sla",{TARGETS[first]}')]
        if escalated[0] < NEVER:
            told.append((*escalated, f'"apply_sla",{TARGETS[priority]}'))
        if due[0] < replied[0]:
            told.append((*due, '"breach","deleted":false'))
            spent = (replied[0] - created[0]) // MINUTE
            told.append((*replied, f'"update_status","status":{{"calendar":{spent},"business":{minutes}}}'))
        told.append((*replied, '"fulfill"'))
        for place, (second, when, kind) in enumerate(told):
            if second < now:
                event_id = METRIC_EVENT_BASE + ticket_id * 10 + place
                yield (
                    second,
                    event_id,
                    (
                        f'{{"id":{event_id},"ticket_id":{ticket_id},"metric":"reply_time","instance_id":1,"time":"{when}",'
                        f'"type":{kind}}}'
                    ).encode(),
                )


def satisfaction_ratings(at: Standing, switch_at: int) -> Iterator[tuple[int, int, bytes]]:
    """(offered at, id, record) of the old ratings: offered, good, bad."""
    t = at.tickets
    chosen = np.flatnonzero(t.is_offered & (t.created < switch_at) & (t.solved < at.now)).tolist()
    for place in chosen:
        ticket_id, offered, answered = int(t.ticket_id[place]), int(t.solved[place]) + 60, int(t.answered[place])
        is_answered = answered < at.now
        changed = answered if is_answered else offered
        score = "offered" if not is_answered else "good" if t.score[place] >= 4 else "bad"
        rating_id = 90_000_000 + ticket_id
        body = {
            "id": rating_id, "url": f"https://northstar.zendesk.com/api/v2/satisfaction_ratings/{rating_id}.json",
            "assignee_id": agent_id(int(t.agent[place])), "group_id": group_id(int(t.agent[place])),
            "requester_id": int(at.requester[place]), "ticket_id": ticket_id, "score": score, "created_at": iso(offered),
            "updated_at": iso(changed), "comment": "Thanks!" if score == "good" else None,
            "reason": "The issue took too long to resolve" if score == "bad" else None,
        }  # fmt: skip
        yield offered, rating_id, encode(body)


def survey_responses(at: Standing, switch_at: int) -> Iterator[tuple[int, int, bytes]]:
    """(sent at, id, record) of the new satisfaction surveys: a rating from 1 to 5 on a survey of one ticket."""
    t = at.tickets
    chosen = np.flatnonzero(t.is_offered & (t.created >= switch_at) & (t.answered < at.now)).tolist()
    for place in chosen:
        ticket_id, score = int(t.ticket_id[place]), int(t.score[place])
        sent, answered = int(t.solved[place]) + 60, iso(int(t.answered[place]))
        changes = {"created_at": answered, "updated_at": answered}
        body = {
            "id": f"01CSAT{ticket_id:010d}", "survey": {"id": "01SURVEYCSAT", "version": 1, "state": "enabled"},
            "responder_id": int(at.requester[place]), "expires_at": iso(sent + 28 * DAY), "created_at": iso(sent),
            "updated_at": answered, "subject_zrns": [f"zen:ticket:{ticket_id}"],
            "subjects": [{"id": str(ticket_id), "type": "ticket", "zrn": f"zen:ticket:{ticket_id}"}],
            "answers": [
                {
                    "question": {"id": "01QRATING", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"},
                    "type": "rating_scale", "rating": score, "rating_category": "good" if score >= 4 else "bad", **changes,
                },
                {"question": {"id": "01QCOMMENT", "type": "open_ended"}, "type": "open_ended", "value": "Fine.", **changes},
            ],
        }  # fmt: skip
        yield sent, ticket_id, encode(body)
