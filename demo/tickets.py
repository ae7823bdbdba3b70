"""Support tickets as columns: every instant of every ticket, a function of (seed, account) and never of the night."""

from dataclasses import dataclass

import numpy as np

from demo.accounts import Account
from demo.active_periods import Tenure
from demo.health import CSAT
from demo.streams import DAY, HOUR, MINUTE, NEVER, Bools, Floats, Ints, stream
from demo.working_hours import WorkingHours

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
# the share of first replies inside the target: by health, and of the accounts that play a story
ON_TIME = ((0.0, 0.35, 0.55, 0.70), (0.62, 0.82, 0.965, 1.0))
STORY_ON_TIME = {"smooth": 1.0, "mixed": 0.90, "rough": 0.35}


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


@dataclass(frozen=True)
class Fares:
    """How the account of each ticket fares in its month, and its share of replies in time."""

    health: Floats
    on_time: Floats


def on_time_shares(accounts: list[Account], healths: Floats) -> Floats:
    """The share of first replies inside the target, account x month."""
    shares: Floats = np.interp(healths, *ON_TIME)
    for place, account in enumerate(accounts):
        if account.role is not None:
            shares[place] = STORY_ON_TIME[account.role.temper]
    return shares


def ticket_volume(seed: int, account: Account, health: Floats) -> Ints:
    """Tickets per month of the world, more where things go badly; an account without a contract yet writes none."""
    counts = stream(seed, account.number, "volume").poisson(account.ticket_rate * (1.45 - 0.6 * health))
    counts[: account.start_month] = 0
    return counts.astype(np.int64)


def tickets(  # noqa: PLR0913 - columns go together
    seed: int,
    accounts: list[Account],
    starts: list[int],
    tenures: list[Tenure],
    hours: WorkingHours,
    *,
    healths: Floats,
) -> Tickets:
    """All tickets of the world, also those of the rest of the current month.

    `tenures` says when each account is a customer, `healths` how it fares, account x month.
    """
    months = len(starts) - 1
    healths = healths[:, :months]
    volumes = [ticket_volume(seed, account, fares) for account, fares in zip(accounts, healths, strict=True)]
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
    owner, month = owner[keep][order], month[keep][order]
    fares = Fares(healths[owner, month], on_time_shares(accounts, healths)[owner, month])
    return _columns(accounts, owner, created[keep][order], draws[keep][order], hours, fares=fares)


def _working_instant(start: Ints, end: Ints, day: Floats, hour: Floats) -> Ints:
    """An instant in a month: mostly in New York's working hours, some at night and at weekends."""
    days = np.floor((end - start) / DAY * day).astype(np.int64)
    midnight = start + days * DAY
    weekday = (midnight // DAY + 3) % 7
    midnight = np.where((weekday >= 5) & (hour > 0.15), np.maximum(midnight - (weekday - 4) * DAY, start), midnight)
    seconds = np.where(hour < 0.92, 13 * HOUR + hour / 0.92 * 9 * HOUR, (hour - 0.92) / 0.08 * 24 * HOUR)
    return midnight + seconds.astype(np.int64)


def _columns(  # noqa: PLR0913 - columns go together
    accounts: list[Account], owner: Ints, created: Ints, draws: Floats, hours: WorkingHours, *, fares: Fares
) -> Tickets:
    count = len(created)
    priority = np.searchsorted(np.array([0.22, 0.74, 0.95]), draws[:, 2])
    is_raised = (draws[:, 3] < 0.05) & (priority == 1)
    final_priority = np.where(is_raised, 2, priority)
    people = np.array([account.people for account in accounts])[owner]
    by_agent = draws[:, 4] < 0.03
    stranger = draws[:, 5] < 0.02
    replied, due, escalated = _reply(created, draws, hours, priority=priority, raised=is_raised, share=fares.on_time)
    silent = draws[:, 6] < 0.012
    replied = np.where(silent, NEVER, replied)
    work = np.where(draws[:, 7] < 0.35, 0.0, 4 * HOUR * -np.log(1 - draws[:, 8] * 0.995))
    answered_at = np.where(silent, created + DAY, replied)
    solved = hours.after(answered_at, work) + np.where(draws[:, 7] < 0.35, 60, 300)
    is_reopened = (draws[:, 9] < 0.115 - 0.07 * fares.health) & ~silent
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
    is_answered = offered & (draws[:, 16] < 0.20 + 0.24 * fares.health)
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
        score=np.where(is_answered, _score(accounts, owner, fares.health, draws[:, 22]), 0),
        is_offered=offered,
        answered=np.where(is_answered, last + (2 * HOUR + draws[:, 23] * 3 * DAY).astype(np.int64), NEVER),
    )


def _reply(  # noqa: PLR0913 - columns go together
    created: Ints, draws: Floats, hours: WorkingHours, *, priority: Ints, raised: Bools, share: Floats
) -> tuple[Ints, Ints, Ints]:
    """First reply, the instant at which it is due, and the raising of the priority on the way."""
    is_met = np.where(draws[:, 3] < 0.05, True, (draws[:, 3] - 0.05) / 0.95 < share)
    target = TARGET_MINUTES[np.where(raised, 2, priority)] * MINUTE
    taken = np.where(is_met, target * (0.06 + 0.80 * draws[:, 6] ** 2), target * (1.1 + 2.5 * draws[:, 6]))
    is_calendar = priority == 3
    replied = np.where(is_calendar, created + taken.astype(np.int64), hours.after(created, taken))
    due = np.where(is_calendar, created + target, hours.after(created, target.astype(np.float64)))
    escalated = np.where(raised, created + np.maximum((replied - created) // 4, 1), NEVER)
    return replied, due, escalated


def _score(accounts: list[Account], owner: Ints, health: Floats, draw: Floats) -> Ints:
    """An answer from 1 to 5; polite accounts never give less than CSAT allows them."""
    lowest = np.array([CSAT.lowest if account.is_frank else CSAT.polite for account in accounts])[owner]
    felt = np.rint(CSAT.base + CSAT.slope * health + (draw - 0.5) * CSAT.noise)
    score: Ints = np.clip(felt, lowest, CSAT.highest).astype(np.int64)
    return score
