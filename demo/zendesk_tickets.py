"""Tickets as the helpdesk writes them at an instant: the record with its metric set, and when it last changed.

Tens of thousands of ASCII records are filled into one template, which costs a fifth of encoding a dictionary each.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.accounts import Account
from demo.people import STRANGER_ID, STRANGERS, agent_id, group_id, merged_at
from demo.streams import MINUTE, NEVER, Ints, iso_all
from demo.tickets import CHANNELS, CSAT_SWITCH_MONTH, PRIORITIES, Tickets
from demo.working_hours import WorkingHours

TYPES = ("question", "incident", "problem", "task")
KIND_FIELD, DEVICES_FIELD, SITES_FIELD, VIP_FIELD = 11_001, 11_002, 11_003, 11_004
NO_MINUTES = '{"calendar":null,"business":null}'
ALWAYS = (
    '"collaborator_ids":[],"follower_ids":[],"email_cc_ids":[],"forum_topic_id":null,"problem_id":null,'
    '"has_incidents":false,"is_public":true,"due_at":null,"sharing_agreement_ids":[],"custom_status_id":null,'
    '"followup_ids":[],"ticket_form_id":60001,"brand_id":70001,"allow_channelback":false,"allow_attachments":true,'
    '"from_messaging_channel":false'
)


@dataclass(frozen=True)
class Standing:
    """The tickets as they stand at an instant, in columns."""

    tickets: Tickets
    now: int
    requester: Ints
    organization: Ints  # 0 where there is none
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
    return Standing(t, now, requester, organization, [str(value) for value in status], updated, generated)


def _latest(columns: list[Ints], now: int) -> Ints:
    """The latest instant of each row that has come."""
    stacked = np.stack(columns)
    latest: Ints = np.where(stacked <= now, stacked, 0).max(axis=0)
    return latest


def ticket_records(at: Standing, switch_at: int, hours: WorkingHours) -> Iterator[tuple[int, int, bytes]]:
    """(generated at, id, record NUL metric set) of every ticket that exists."""
    t, now = at.tickets, at.now
    columns = zip(
        t.ticket_id.tolist(), at.generated.tolist(), at.requester.tolist(), at.organization.tolist(),
        np.where(t.escalated <= now, t.priority, t.first_priority).tolist(), t.channel.tolist(), np.where(t.reassigned <= now, t.agent, t.first_agent()).tolist(),
        np.where(t.by_agent, t.first_agent(), -1).tolist(), _ratings(at, switch_at), (t.replied <= now).tolist(), (t.merged <= now).tolist(),
        (t.created < now).tolist(), at.status, iso_all(t.created), iso_all(at.updated), _metric_sets(at, hours), strict=True,
    )  # fmt: skip
    for (
        ticket_id, generated, requester, organization, priority, channel, agent, author, rating, is_assigned, is_merged,
        exists, status, created_at, updated_at, metrics,
    ) in columns:  # fmt: skip
        if not exists:
            continue
        kind = "product" if ticket_id % 5 == 0 else "technical"
        custom = _custom_fields(ticket_id, kind)
        is_scrubbed = status == "deleted"
        subject = f"SCRUBBED {ticket_id}" if is_scrubbed else f"Help with {kind} matter {ticket_id}"
        text = "null" if is_scrubbed else f'"Dear team, please look at case {ticket_id}."'
        tags = f'["{kind}","closed_by_merge"]' if is_merged else f'["{kind}"]'
        record = (
            f'{{"url":"https://northstar.zendesk.com/api/v2/tickets/{ticket_id}.json","id":{ticket_id},"external_id":null,'
            f'"via":{{"channel":"{CHANNELS[channel]}","source":{{"from":{{}},"to":{{}},"rel":null}}}},'
            f'"created_at":"{created_at}","updated_at":"{updated_at}","generated_timestamp":{generated},'
            f'"type":"{TYPES[ticket_id % 4]}","subject":"{subject}","raw_subject":"{subject}","description":{text},'
            f'"priority":"{PRIORITIES[priority]}","status":"{status}","recipient":null,"requester_id":{requester},'
            f'"submitter_id":{requester if author < 0 else agent_id(author)},'
            f'"assignee_id":{agent_id(agent) if is_assigned else "null"},"organization_id":{organization or "null"},'
            f'"group_id":{group_id(agent)},{ALWAYS},"tags":{tags},"custom_fields":{custom},'
            f'"satisfaction_rating":{{"score":"{rating}"}},"fields":{custom}}}\x00'
            f'{{"id":{80_000_000 + ticket_id},"ticket_id":{ticket_id},"created_at":"{created_at}","updated_at":"{updated_at}",'
            f"{metrics}}}"
        )
        yield generated, ticket_id, record.encode()


def _ratings(at: Standing, switch_at: int) -> list[str]:
    """The old rating as each ticket shows it."""
    t = at.tickets
    is_offered = t.is_offered & (t.solved <= at.now) & (t.created < switch_at)
    is_answered = t.answered <= at.now
    score = np.select([~is_offered, ~is_answered, t.score >= 4], ["unoffered", "offered", "good"], "bad")
    return [str(value) for value in score]


def _custom_fields(ticket_id: int, kind: str) -> str:
    """Custom fields of every sort that the vendor has: text, number as text, list, boolean, nothing."""
    devices = f'"{ticket_id % 7}"' if ticket_id % 3 else "null"
    sites = '["site-a"]' if ticket_id % 11 == 0 else "null"
    vip = "true" if ticket_id % 13 == 0 else "false"
    return (
        f'[{{"id":{KIND_FIELD},"value":"{kind}"}},{{"id":{DEVICES_FIELD},"value":{devices}}},'
        f'{{"id":{SITES_FIELD},"value":{sites}}},{{"id":{VIP_FIELD},"value":{vip}}}]'
    )


def _metric_sets(at: Standing, hours: WorkingHours) -> Iterator[str]:
    """The inside of every ticket's metric set; what has not happened yet is null."""
    t, now = at.tickets, at.now
    last = np.where(t.solved_again <= now, t.solved_again, t.solved)
    last = np.where((t.reopened <= now) & (t.solved_again > now), NEVER, last)
    columns = zip(
        _minutes(t.created, t.replied, now, hours), _minutes(t.created, t.solved, now, hours),
        _minutes(t.created, last, now, hours), (t.reopened <= now).tolist(), (t.replied <= now).tolist(),
        (t.solved_again <= now).tolist(), (t.solved <= now).tolist(), (t.reassigned <= now).tolist(), iso_all(np.where(last <= now, last, NEVER)),
        iso_all(np.where(t.replied <= now, t.replied, NEVER)), strict=True,
    )  # fmt: skip
    for reply, first, full, reopened, replied, again, once, reassigned, solved_at, replied_at in columns:
        assigned = f'"{replied_at}"' if replied_at else "null"
        solved = f'"{solved_at}"' if solved_at else "null"
        latest = solved if solved_at else assigned
        yield (
            f'"group_stations":{1 + reassigned},"assignee_stations":{replied + reassigned},"reopens":{int(reopened)},'
            f'"replies":{replied + again + (replied and once)},"assignee_updated_at":{assigned},'
            f'"requester_updated_at":null,"status_updated_at":{latest},"initially_assigned_at":{assigned},'
            f'"assigned_at":{assigned},"solved_at":{solved},"latest_comment_added_at":{latest},'
            f'"reply_time_in_minutes":{reply},"first_resolution_time_in_minutes":{first},'
            f'"full_resolution_time_in_minutes":{full},"agent_wait_time_in_minutes":{NO_MINUTES},'
            f'"requester_wait_time_in_minutes":{full},"on_hold_time_in_minutes":{{"calendar":0,"business":0}}'
        )


def _minutes(start: Ints, end: Ints, now: int, hours: WorkingHours) -> list[str]:
    """Calendar and business minutes to something that has happened, else two nulls."""
    done = end <= now
    calendar = ((end - start) // MINUTE).tolist()
    business = hours.minutes_between(start, np.where(done, end, start)).tolist()
    return [
        f'{{"calendar":{minutes},"business":{worked}}}' if is_done else NO_MINUTES
        for minutes, worked, is_done in zip(calendar, business, done.tolist(), strict=True)
    ]


def legacy_switch(starts: list[int]) -> int:
    """The instant from which the new satisfaction surveys replace the old ratings."""
    return starts[CSAT_SWITCH_MONTH] if len(starts) > CSAT_SWITCH_MONTH else NEVER
