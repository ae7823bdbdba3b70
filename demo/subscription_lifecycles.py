"""The commercial life of an account: which subscriptions it holds and what happens to them, month by month."""

from dataclasses import dataclass, field
from math import exp

from demo.accounts import FRANK, SETTLED_MONTH, Account
from demo.catalog import PLANS
from demo.contract_terms import Change, Holding, Terms
from demo.health import LAG
from demo.scripts import scripted_life
from demo.streams import DAY, stream

SEATS = {"enterprise": (60, 150), "mid_market": (22, 70), "small": (6, 22)}
GROWTH_STEP = (0.08, 0.28)
SHRINK_STEP = (0.12, 0.35)
# monthly hazards at the health USUAL; the shares of a year follow in the population's NRR, GRR and logo churn
USUAL = 0.7
LEAVE, LEAVE_SLOPE = 0.0024, -9.0
LEAVE_ANYWAY = 0.0010  # sold, closed, moved: nobody could have seen it coming
SHRINK, SHRINK_SLOPE = 0.0095, -3.5
GROW, GROW_SLOPE = 0.064, 1.8
UPGRADE = 0.007
ADD = 0.008
PAUSE = 0.0010
PAY_LATE = 0.012
COME_BACK = 0.012


@dataclass
class _Life:
    """What the months so far have made of an account."""

    account: Account
    held: list[Terms] = field(default_factory=list)
    left_at: int | None = None
    busy_until: int = 0

    @property
    def core(self) -> Terms:
        return self.held[-1] if self.held[-1].key.startswith("R") else self.held[0]


def subscription_terms(seed: int, account: Account, starts: list[int], health: list[float]) -> list[Terms]:
    """Everything the account ever subscribed to within the months of `starts`, with all changes; stable under longer worlds.

    `health` is the account's, month by month: what it does is done LAG months later.
    """
    if account.role is not None:
        return scripted_life(account, starts)
    months = len(starts) - 1
    fixed = stream(seed, account.number, "terms").random(16).tolist()
    monthly = stream(seed, account.number, "life").random((months, 12)).tolist()
    if account.start_month >= months:
        return []
    life = _Life(account, _opening_terms(account, fixed))
    for month in range(account.start_month + 2, months):
        _live(life, month, starts[month], monthly[month], health[month - LAG])
    return life.held


def _opening_terms(account: Account, fixed: list[float]) -> list[Terms]:
    low, high = SEATS[account.segment]
    seats = int(low + fixed[0] ** 1.4 * (high - low))
    plan = PLANS[int(fixed[1] * 2.2)]
    interval = "year" if fixed[2] < 0.14 else "month"
    items = [Holding(f"workplace_{plan}", seats)]
    if fixed[3] < 0.25:
        items.append(Holding("backup", 1 + int(fixed[4] * 4)))
    if fixed[5] < 0.20 and interval == "month":
        items.append(Holding("cloud_usage", 0))
    if fixed[6] < 0.15:
        items.append(Holding("service_desk", max(3, seats // 2)))
    coupon = None
    if fixed[7] < 0.20:
        coupon = ("WELCOME20", "FIRSTYEAR10", "PARTNER15", f"LOYAL50{account.currency.upper()}")[int(fixed[8] * 4)]
    trial = account.start_month > 0 and fixed[9] < 0.15 and interval == "month"
    invoiced = account.segment == "enterprise" and fixed[10] < 0.6
    held = [Terms("A", account.start_at, interval, items, coupon=coupon, has_trial=trial, by_invoice=invoiced)]
    if fixed[11] < 0.45:
        extra = [Holding("security", seats)]
        if fixed[12] < 0.3:
            extra.append(Holding("monitoring", seats * 2))
        held.append(Terms("B", account.start_at + int(fixed[13] * 20) * DAY, "month", extra, by_invoice=invoiced))
    return held


def _live(life: _Life, month: int, month_start: int, draws: list[float], health: float) -> None:
    """One month of one life: at most one thing happens."""
    at = month_start + int((2 + draws[0] * 24) * DAY)
    if life.left_at is not None:
        if month_start > life.left_at + 90 * DAY and draws[1] < COME_BACK and len(life.held) < 4:
            seats = max(4, life.core.items[0].quantity // 2)
            life.held.append(Terms(f"R{len(life.held)}", at, "month", [Holding("workplace_advanced", seats)]))
            life.left_at = None
            life.busy_until = at + 95 * DAY
        return
    if at < life.busy_until or at < life.core.started_at + 35 * DAY:
        return
    if _shrink(life, at, draws, _risk(life, month), health):
        return
    _grow(life, at, draws, GROW * exp(GROW_SLOPE * (health - USUAL)))


def _risk(life: _Life, month: int) -> float:
    """How much the hazards weigh: later the polite leave for the frank, who before it may not end a year that runs beyond it."""
    if life.account.is_frank:
        return 1.0 if month < SETTLED_MONTH and life.core.interval == "month" else 0.0
    return 1.0 if month < SETTLED_MONTH else 1 / (1 - FRANK)


def _shrink(life: _Life, at: int, draws: list[float], risk: float, health: float) -> bool:
    leave = risk * (LEAVE_ANYWAY + LEAVE * exp(LEAVE_SLOPE * (health - USUAL)))
    shrink = risk * SHRINK * exp(SHRINK_SLOPE * (health - USUAL))
    pause = PAUSE if risk else 0.0
    if draws[2] < leave:
        kind = "fail" if draws[3] < 0.12 else "cancel"
        for terms in life.held:
            terms.changes.append(Change(at, kind, reason="too_expensive" if draws[4] < 0.4 else "switched_service"))
        life.left_at = at + (400 if life.core.interval == "year" else 45) * DAY
        return True
    if draws[2] < leave + shrink:
        _resize(life.core, at, False, -(SHRINK_STEP[0] + draws[4] * (SHRINK_STEP[1] - SHRINK_STEP[0])))
        return True
    if draws[2] < leave + shrink + pause and life.core.interval == "month":
        until = at + int(60 + draws[4] * 30) * DAY
        for terms in life.held:
            terms.changes.append(Change(at, "pause", value=until))
        life.busy_until = until
        return True
    return False


def _grow(life: _Life, at: int, draws: list[float], grow: float) -> None:
    core = life.core
    # a frank account grows at its renewal alone: the rounding of a proration must not look like shrinking
    whole_periods = life.account.is_frank
    if draws[5] < grow:
        _resize(core, at, whole_periods, GROWTH_STEP[0] + draws[6] * (GROWTH_STEP[1] - GROWTH_STEP[0]))
    elif draws[5] < grow + UPGRADE:
        plan = core.items_now[0].product.removeprefix("workplace_")
        if plan != PLANS[-1]:
            better = f"workplace_{PLANS[PLANS.index(plan) + 1]}"
            core.changes.append(Change(at, "plan", product=better, from_next=whole_periods))
            core.items_now[0].product = better
    elif draws[5] < grow + UPGRADE + ADD and len(life.held) < 2:
        life.held.append(Terms("B", at, "month", [Holding("security", core.items_now[0].quantity)]))
    elif draws[5] < grow + UPGRADE + ADD + PAY_LATE:
        core.changes.append(Change(at, "late"))


def _resize(terms: Terms, at: int, from_next: bool, share: float) -> None:
    """Change the seats of the first item by a share, at least one seat."""
    item = terms.items_now[0]
    step = max(1, round(item.quantity * abs(share)))
    item.quantity = max(2, item.quantity + (step if share > 0 else -step))
    terms.changes.append(Change(at, "quantity", value=item.quantity, from_next=from_next))
