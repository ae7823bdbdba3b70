"""The commercial life of an account: which subscriptions it holds and what happens to them, month by month."""

from dataclasses import dataclass, field

from ingestion.demo.accounts import SETTLED_MONTH, Account
from ingestion.demo.catalog import PLANS
from ingestion.demo.scripts import scripted_life
from ingestion.demo.streams import DAY, stream
from ingestion.demo.terms import Change, Holding, Terms

SEATS = {"enterprise": (60, 150), "mid_market": (22, 70), "small": (6, 22)}
GROWTH_STEP = (0.08, 0.28)
SHRINK_STEP = (0.12, 0.35)
# monthly hazards; the shares of a year follow in the population's NRR, GRR and logo churn
LEAVE = {"smooth": 0.0048, "mixed": 0.0075, "rough": 0.0120}
LEAVE_SETTLED = 0.0190
SHRINK = 0.013
GROW = 0.061
UPGRADE = 0.007
ADD = 0.008
PAUSE = 0.0016
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


def subscription_terms(seed: int, account: Account, starts: list[int]) -> list[Terms]:
    """Everything the account ever subscribed to within the months of `starts`, with all changes; stable under longer worlds."""
    if account.role is not None:
        return scripted_life(account, starts)
    months = len(starts) - 1
    fixed = stream(seed, account.number, "terms").random(16).tolist()
    monthly = stream(seed, account.number, "life").random((months, 12)).tolist()
    if account.start_month >= months:
        return []
    life = _Life(account, _opening_terms(account, fixed))
    for month in range(account.start_month + 2, months):
        _live(life, month, starts[month], monthly[month])
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


def _live(life: _Life, month: int, month_start: int, draws: list[float]) -> None:
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
    if _may_shrink(life, month) and _shrink(life, month, at, draws):
        return
    _grow(life, at, draws)


def _may_shrink(life: _Life, month: int) -> bool:
    """After SETTLED_MONTH only smooth accounts shrink; before it, nobody else may end a year that runs beyond it."""
    if life.account.temper == "smooth":
        return True
    return month < SETTLED_MONTH - 2 and life.core.interval == "month"


def _shrink(life: _Life, month: int, at: int, draws: list[float]) -> bool:
    smooth = life.account.temper == "smooth"
    leave = LEAVE_SETTLED if smooth and month >= SETTLED_MONTH - 4 else LEAVE[life.account.temper]
    if draws[2] < leave:
        kind = "fail" if draws[3] < 0.12 else "cancel"
        for terms in life.held:
            terms.changes.append(Change(at, kind, reason="too_expensive" if draws[4] < 0.4 else "switched_service"))
        life.left_at = at + (400 if life.core.interval == "year" else 45) * DAY
        return True
    if draws[2] < leave + SHRINK:
        _resize(life.core, at, False, -(SHRINK_STEP[0] + draws[4] * (SHRINK_STEP[1] - SHRINK_STEP[0])))
        return True
    if draws[2] < leave + SHRINK + PAUSE and life.core.interval == "month":
        until = at + int(60 + draws[4] * 30) * DAY
        for terms in life.held:
            terms.changes.append(Change(at, "pause", value=until))
        life.busy_until = until
        return True
    return False


def _grow(life: _Life, at: int, draws: list[float]) -> None:
    core = life.core
    # a mixed or rough account grows at its renewal alone: the rounding of a proration must not look like shrinking
    whole_periods = life.account.temper != "smooth"
    if draws[5] < GROW:
        _resize(core, at, whole_periods, GROWTH_STEP[0] + draws[6] * (GROWTH_STEP[1] - GROWTH_STEP[0]))
    elif draws[5] < GROW + UPGRADE:
        plan = core.items_now[0].product.removeprefix("workplace_")
        if plan != PLANS[-1]:
            better = f"workplace_{PLANS[PLANS.index(plan) + 1]}"
            core.changes.append(Change(at, "plan", product=better, from_next=whole_periods))
            core.items_now[0].product = better
    elif draws[5] < GROW + UPGRADE + ADD and len(life.held) < 2:
        life.held.append(Terms("B", at, "month", [Holding("security", core.items_now[0].quantity)]))
    elif draws[5] < GROW + UPGRADE + ADD + PAY_LATE:
        core.changes.append(Change(at, "late"))


def _resize(terms: Terms, at: int, from_next: bool, share: float) -> None:
    """Change the seats of the first item by a share, at least one seat."""
    item = terms.items_now[0]
    step = max(1, round(item.quantity * abs(share)))
    item.quantity = max(2, item.quantity + (step if share > 0 else -step))
    terms.changes.append(Change(at, "quantity", value=item.quantity, from_next=from_next))
