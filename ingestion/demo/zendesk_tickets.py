"""Tickets as the helpdesk writes them at an instant: the record with its metric set, and when it last changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from ingestion.demo.accounts import Account
from ingestion.demo.people import STRANGER_ID, STRANGERS, agent_id, group_id, merged_at
from ingestion.demo.streams import MINUTE, NEVER, Bools, Ints, iso_all
from ingestion.demo.tickets import CHANNELS, CSAT_SWITCH_MONTH, PRIORITIES, Tickets
from ingestion.demo.working_hours import WorkingHours

Json = dict[str, Any]
encode = msgspec.json.Encoder().encode
TYPES = ("question", "incident", "problem", "task")
KIND_FIELD, DEVICES_FIELD, SITES_FIELD, VIP_FIELD = 11_001, 11_002, 11_003, 11_004


@dataclass(frozen=True)
class Standing:
    """The tickets as they stand at an instant, in columns."""

    tickets: Tickets
    now: int
    requester: Ints
    organization: Ints  # 0 where there is none
    merged_org_at: Ints
    is_visible: Bools
    status: list[str]
    updated: Ints
    generated: Ints


def standing(tickets: Tickets, accounts: list[Account], starts: list[int], now: int) -> Standing:
    """Where every ticket stands at `now`."""
    number = np.array([account.number for account in accounts])[tickets.account]
    organization = np.array([account.organization_id for account in accounts])[tickets.account]
    merge = np.array([merged_at(account, starts) for account in accounts])[tickets.account]
    organization = np.where(merge < now, organization + 1, organization)
    requester = 20_000_000 + number * 10 + tickets.person
    requester = np.where(tickets.is_stranger, STRANGER_ID + tickets.ticket_id % STRANGERS, requester)
    t = tickets
    by_hand = [
        t.created,
        t.escalated,
        t.replied,
        t.reassigned,
        t.solved,
        t.reopened,
        t.solved_again,
        t.merged,
        t.answered,
    ]
    merge = np.where((merge > t.created) & ~t.is_stranger, merge, NEVER)
    updated = _latest(by_hand, now)
    generated = np.maximum(
        updated, _latest([t.closed, t.deleted, merge, np.where(t.replied > t.due, t.due, NEVER)], now)
    )
    status = np.select(
        [
            t.deleted <= now,
            (t.closed <= now) | (t.merged <= now),
            t.solved_again <= now,
            t.reopened <= now,
            t.solved <= now,
            t.replied <= now,
        ],
        ["deleted", "closed", "solved", "open", "solved", "pending"],
        "new",
    )
    organization = np.where(t.is_stranger, 0, organization)
    return Standing(
        t, now, requester, organization, merge, t.created < now, [str(value) for value in status], updated, generated
    )


def _latest(columns: list[Ints], now: int) -> Ints:
    """The latest instant of each row that has come."""
    return np.where((stacked := np.stack(columns)) <= now, stacked, 0).max(axis=0)


def ticket_records(
    standing_now: Standing, switch_at: int, hours: WorkingHours
) -> Iterator[tuple[int, int, bytes, bytes]]:
    """(generated at, id, record, metric set) of every ticket that exists."""
    at = standing_now
    t, now = at.tickets, at.now
    created, updated = iso_all(t.created), iso_all(at.updated)
    columns = zip(
        t.ticket_id.tolist(), at.generated.tolist(), at.requester.tolist(), at.organization.tolist(),
        np.where(t.escalated <= now, t.priority, t.first_priority).tolist(), t.channel.tolist(), t.agent.tolist(),
        t.by_agent.tolist(), t.score.tolist(), (t.answered <= now).tolist(), (t.is_offered & (at.tickets.solved <= now)).tolist(),
        (t.created < switch_at).tolist(), (t.replied <= now).tolist(), at.is_visible.tolist(), at.status, created, updated,
        _metric_sets(at, hours), strict=True,
    )  # fmt: skip
    for (
        ticket_id, generated, requester, organization, priority, channel, agent, by_agent, score, answered, offered, legacy,
        is_assigned, visible, status, created_at, updated_at, metrics,
    ) in columns:  # fmt: skip
        if not visible:
            continue
        rating = "unoffered"
        if legacy and offered:
            rating = "offered" if not answered else "good" if score >= 4 else "bad"
        kind = "product" if ticket_id % 5 == 0 else "technical"
        custom = [
            {"id": KIND_FIELD, "value": kind}, {"id": DEVICES_FIELD, "value": str(ticket_id % 7) if ticket_id % 3 else None},
            {"id": SITES_FIELD, "value": ["site-a"] if ticket_id % 11 == 0 else None}, {"id": VIP_FIELD, "value": ticket_id % 13 == 0},
        ]  # fmt: skip
        group = group_id(agent)
        body = {
            "url": f"https://northstar.zendesk.com/api/v2/tickets/{ticket_id}.json", "id": ticket_id, "external_id": None,
            "via": {"channel": CHANNELS[channel], "source": {"from": {}, "to": {}, "rel": None}}, "created_at": created_at,
            "updated_at": updated_at, "generated_timestamp": generated, "type": TYPES[ticket_id % 4],
            "subject": f"SCRUBBED {ticket_id}" if status == "deleted" else f"Help with {kind} matter {ticket_id}",
            "raw_subject": None, "description": None if status == "deleted" else f"Dear team, please look at case {ticket_id}.",
            "priority": PRIORITIES[priority], "status": status, "recipient": None, "requester_id": requester,
            "submitter_id": agent_id(agent) if by_agent else requester, "assignee_id": agent_id(agent) if is_assigned else None,
            "organization_id": organization or None, "group_id": group, "collaborator_ids": [], "follower_ids": [],
            "email_cc_ids": [], "forum_topic_id": None, "problem_id": None, "has_incidents": False, "is_public": True,
            "due_at": None, "tags": [kind, "closed_by_merge"] if metrics.pop("is_merged") else [kind], "custom_fields": custom,
            "satisfaction_rating": {"score": rating}, "sharing_agreement_ids": [], "custom_status_id": None, "fields": custom,
            "followup_ids": [], "ticket_form_id": 60_001, "brand_id": 70_001, "allow_channelback": False,
            "allow_attachments": True, "from_messaging_channel": False,
        }  # fmt: skip
        metrics |= {
            "id": 80_000_000 + ticket_id,
            "ticket_id": ticket_id,
            "created_at": created_at,
            "updated_at": updated_at,
        }
        yield generated, ticket_id, encode(body), encode(metrics)


def _metric_sets(at: Standing, hours: WorkingHours) -> Iterator[Json]:
    """The metric set of every ticket; what has not happened yet is null."""
    t, now = at.tickets, at.now
    last = np.where(t.solved_again <= now, t.solved_again, t.solved)
    last = np.where((t.reopened <= now) & (t.solved_again > now), NEVER, last)
    columns = zip(
        _minutes(t.created, t.replied, now, hours), _minutes(t.created, t.solved, now, hours),
        _minutes(t.created, last, now, hours), (t.reopened <= now).tolist(), (t.replied <= now).tolist(),
        (t.solved_again <= now).tolist(), (t.reassigned <= now).tolist(), iso_all(np.where(last <= now, last, NEVER)),
        iso_all(np.where(t.replied <= now, t.replied, NEVER)), (t.merged <= now).tolist(), strict=True,
    )  # fmt: skip
    for reply, first, full, reopened, replied, again, reassigned, solved_at, replied_at, is_merged in columns:
        yield {
            "is_merged": is_merged, "group_stations": 1 + reassigned, "assignee_stations": replied + reassigned,
            "reopens": int(reopened), "replies": replied + again + (not is_merged and solved_at is not None),
            "assignee_updated_at": replied_at, "requester_updated_at": None, "status_updated_at": solved_at or replied_at,
            "initially_assigned_at": replied_at, "assigned_at": replied_at, "solved_at": solved_at,
            "latest_comment_added_at": solved_at or replied_at, "reply_time_in_minutes": reply,
            "first_resolution_time_in_minutes": first, "full_resolution_time_in_minutes": full,
            "agent_wait_time_in_minutes": {"calendar": None, "business": None}, "requester_wait_time_in_minutes": full,
            "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        }  # fmt: skip


def _minutes(start: Ints, end: Ints, now: int, hours: WorkingHours) -> list[dict[str, int | None]]:
    """Calendar and business minutes to something that has happened, else two nulls."""
    done = end <= now
    calendar = ((end - start) // MINUTE).tolist()
    business = hours.minutes_between(start, np.where(done, end, start)).tolist()
    return [
        {"calendar": minutes, "business": worked} if is_done else {"calendar": None, "business": None}
        for minutes, worked, is_done in zip(calendar, business, done.tolist(), strict=True)
    ]


def legacy_switch(starts: list[int]) -> int:
    """The instant from which the new satisfaction surveys replace the old ratings."""
    return starts[CSAT_SWITCH_MONTH] if len(starts) > CSAT_SWITCH_MONTH else NEVER
