"""Support tickets as columns: every instant of every ticket, a function of (seed, account) and never of the night."""

from dataclasses import dataclass

import numpy as np

from ingestion.demo.accounts import Account
from ingestion.demo.streams import DAY, HOUR, MINUTE, NEVER, Bools, Floats, Ints, stream
from ingestion.demo.tenure import Tenure
from ingestion.demo.working_hours import WorkingHours

PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS = ("email", "web", "chat", "api")
TARGET_MINUTES = np.array(
    [960, 480, 120, 30]
)  # first reply by priority; urgent in calendar time, the others in business time
SLA_POLICY_ID = 25_001
AGENTS = 12
DRAWS = 24
FIRST_ID = 1_000
CSAT_SWITCH_MONTH = 20  # the new satisfaction surveys replace the old ratings from this month on
ON_TIME = {"smooth": 1.0, "mixed": 0.90, "rough": 0.72}


@dataclass(frozen=True)
class Tickets:
    """One entry per ticket in the order of creation; instants in seconds, NEVER where a thing does not happen."""

    ticket_id: Ints
    account: Ints  # place in the list of accounts
    person: Ints
    is_stranger: Bools  # written from a public mail domain, so that nobody knows whose it is
    priority: Ints
    first_priority: Ints
    channel: Ints
    agent: Ints
    by_agent: Bools
    has_target: Bools
    has_robot: Bools
    created: Ints
    escalated: Ints
    replied: Ints
    due: Ints
    solved: Ints
    reopened: Ints
    solved_again: Ints
    closed: Ints
    merged: Ints
    deleted: Ints
    reassigned: Ints
    score: Ints  # 1..5, 0 where nobody answered
    is_offered: Bools
    answered: Ints

    @property
    def count(self) -> int:
        """How many tickets there are."""
        return len(self.ticket_id)

    def first_agent(self) -> Ints:
        """Who answers first; a reassigned ticket is handed on from there to its agent."""
        return np.where(self.reassigned < NEVER, (self.agent + 1) % AGENTS, self.agent)


def on_time_share(account: Account) -> float:
    """The share of first replies inside the target."""
    is_dangling = account.role is not None and account.role.kind == "dangling"
    return 0.35 if is_dangling else ON_TIME[account.temper]


def ticket_volume(seed: int, account: Account, months: int) -> Ints:
    """Tickets per month of the world; an account without a contract yet writes none."""
    counts = stream(seed, account.number, "volume").poisson(account.ticket_rate, months)
    counts[: account.start_month] = 0
    return counts.astype(np.int64)


def tickets(
    seed: int, accounts: list[Account], starts: list[int], tenures: list[Tenure], hours: WorkingHours
) -> Tickets:
    """All tickets of the world, also those of the rest of the current month; `tenures` says when each account is a customer."""
    months = len(starts) - 1
    volumes = [ticket_volume(seed, account, months) for account in accounts]
    draws = np.concatenate(
        [
            stream(seed, a.number, "tickets").random((int(v.sum()), DRAWS))
            for a, v in zip(accounts, volumes, strict=True)
        ]
    )
    owner = np.repeat(np.arange(len(accounts)), [int(v.sum()) for v in volumes])
    month = np.concatenate([np.repeat(np.arange(months), v) for v in volumes])
    bounds = np.array(starts)
    created = _working_instant(bounds[month], bounds[month + 1], draws[:, 0], draws[:, 1])
    keep = np.zeros(len(owner), dtype=np.bool_)
    for span in range(max(len(tenure.spans) for tenure in tenures)):
        begin, end = np.array([tenure.span(span) for tenure in tenures]).T
        keep |= (created >= begin[owner]) & (created < end[owner])
    order = np.lexsort((owner[keep], created[keep]))
    return _columns(accounts, owner[keep][order], created[keep][order], draws[keep][order], hours)


def _working_instant(start: Ints, end: Ints, day: Floats, hour: Floats) -> Ints:
    """An instant in a month: mostly in New York's working hours, some at night and at weekends."""
    days = np.floor((end - start) / DAY * day).astype(np.int64)
    midnight = start + days * DAY
    weekday = (midnight // DAY + 3) % 7
    midnight = np.where((weekday >= 5) & (hour > 0.15), np.maximum(midnight - (weekday - 4) * DAY, start), midnight)
    seconds = np.where(hour < 0.92, 13 * HOUR + hour / 0.92 * 9 * HOUR, (hour - 0.92) / 0.08 * 24 * HOUR)
    return midnight + seconds.astype(np.int64)


def _columns(accounts: list[Account], owner: Ints, created: Ints, draws: Floats, hours: WorkingHours) -> Tickets:
    count = len(created)
    priority = np.searchsorted(np.array([0.22, 0.74, 0.95]), draws[:, 2])
    is_raised = (draws[:, 3] < 0.05) & (priority == 1)
    final_priority = np.where(is_raised, 2, priority)
    people = np.array([account.people for account in accounts])[owner]
    by_agent = draws[:, 4] < 0.03
    stranger = draws[:, 5] < 0.02
    replied, due, escalated = _reply(accounts, owner, created, draws, hours, priority=priority, raised=is_raised)
    silent = draws[:, 6] < 0.012
    replied = np.where(silent, NEVER, replied)
    work = np.where(draws[:, 7] < 0.35, 0.0, 4 * HOUR * -np.log(1 - draws[:, 8] * 0.995))
    answered_at = np.where(silent, created + DAY, replied)
    solved = hours.after(answered_at, work) + np.where(draws[:, 7] < 0.35, 60, 300)
    reopen_rate = np.where(np.array([a.temper == "rough" for a in accounts])[owner], 0.12, 0.055)
    is_reopened = (draws[:, 9] < reopen_rate) & ~silent
    reopened = np.where(is_reopened, solved + (draws[:, 10] * 3 * DAY).astype(np.int64) + HOUR, NEVER)
    again = hours.after(np.where(is_reopened, reopened, created), 3 * HOUR * (0.2 + draws[:, 11]))
    solved_again = np.where(is_reopened, again, NEVER)
    last = np.where(is_reopened, solved_again, solved)
    merged = np.where((draws[:, 12] < 0.015) & ~is_reopened, created + 2 * HOUR, NEVER)
    is_merged = merged < NEVER
    solved = np.where(is_merged, merged, solved)
    replied = np.where(is_merged, NEVER, replied)
    last = np.where(is_merged, merged, last)
    deleted = np.where(draws[:, 13] < 0.006, last + (1 + draws[:, 14] * 20 * DAY).astype(np.int64), NEVER)
    offered = (draws[:, 15] < 0.13) & ~is_merged & ~silent & ~by_agent
    is_answered = offered & (draws[:, 16] < 0.30)
    return Tickets(
        ticket_id=np.arange(FIRST_ID, FIRST_ID + count),
        account=owner,
        person=np.minimum((draws[:, 17] * people).astype(np.int64), people - 1),
        is_stranger=stranger,
        priority=final_priority,
        first_priority=priority,
        channel=np.searchsorted(np.array([0.55, 0.85, 0.95]), draws[:, 18]),
        agent=(draws[:, 19] ** 1.3 * AGENTS).astype(np.int64),
        by_agent=by_agent,
        has_target=~by_agent & ~is_merged & ~silent,
        has_robot=draws[:, 20] < 0.04,
        created=created,
        escalated=escalated,
        replied=replied,
        due=due,
        solved=solved,
        reopened=reopened,
        solved_again=solved_again,
        closed=np.where(deleted < last + 4 * DAY, NEVER, last + 4 * DAY),
        merged=merged,
        deleted=deleted,
        reassigned=np.where((draws[:, 21] < 0.18) & (replied < NEVER), replied + 30, NEVER),
        score=np.where(is_answered, _score(accounts, owner, draws[:, 22]), 0),
        is_offered=offered,
        answered=np.where(is_answered, last + (2 * HOUR + draws[:, 23] * 3 * DAY).astype(np.int64), NEVER),
    )


def _reply(  # noqa: PLR0913 - columns go together
    accounts: list[Account],
    owner: Ints,
    created: Ints,
    draws: Floats,
    hours: WorkingHours,
    *,
    priority: Ints,
    raised: Bools,
) -> tuple[Ints, Ints, Ints]:
    """First reply, the instant at which it is due, and the raising of the priority on the way."""
    share = np.array([on_time_share(account) for account in accounts])[owner]
    is_met = np.where(draws[:, 3] < 0.05, True, (draws[:, 3] - 0.05) / 0.95 < share)
    target = TARGET_MINUTES[np.where(raised, 2, priority)] * MINUTE
    taken = np.where(is_met, target * (0.06 + 0.80 * draws[:, 6] ** 2), target * (1.1 + 2.5 * draws[:, 6]))
    is_calendar = priority == 3
    replied = np.where(is_calendar, created + taken.astype(np.int64), hours.after(created, taken))
    due = np.where(is_calendar, created + target, hours.after(created, target.astype(np.float64)))
    escalated = np.where(raised, created + np.maximum((replied - created) // 4, 1), NEVER)
    return replied, due, escalated


def _score(accounts: list[Account], owner: Ints, draw: Floats) -> Ints:
    """An answer from 1 to 5; smooth accounts never give less than 4."""
    by_temper = {"smooth": (0.0, 0.0, 0.0, 0.35), "mixed": (0.04, 0.09, 0.20, 0.50), "rough": (0.15, 0.32, 0.55, 0.85)}
    cuts = np.array([by_temper[account.temper] for account in accounts])[owner]
    score: Ints = 1 + (draw[:, None] >= cuts).sum(axis=1).astype(np.int64)
    return score
