"""The commercial lives of the accounts that play a story, written by hand."""

from dataclasses import dataclass, replace

from demo.accounts import Account
from demo.contract_terms import Change, Holding, Terms
from demo.streams import DAY, HOUR, NEVER

MANY_PRODUCTS = (
    "workplace_essential", "workplace_advanced", "workplace_complete", "security", "backup", "monitoring", "service_desk",
    "network", "telephony", "wireless", "patching", "mail_filter",
)  # fmt: skip
Planned = tuple[int, int, Change]  # month, day of the month from 0, what happens


@dataclass(frozen=True)
class Script:
    """One subscription: what is held at first, and what happens in which month. `month` is the start, None: the account's."""

    held: tuple[tuple[str, int], ...]
    planned: tuple[Planned, ...] = ()
    interval: str = "month"
    month: int | None = None
    has_trial: bool = False


def _seats(month: int, day: int, seats: int) -> Planned:
    return (month, day, Change(0, "quantity", seats))


def _workplace(seats: int, *planned: Planned, interval: str = "month", month: int | None = None) -> Script:
    return Script((("workplace_advanced", seats),), planned, interval, month)


QUIT = Change(0, "cancel", reason="switched_service")
PLAIN = (_workplace(24, _seats(14, 9, 28)),)
SCRIPTS: dict[str, tuple[Script, ...]] = {
    "nrr_met_vector_falls": (
        _workplace(40, _seats(26, 8, 46), _seats(30, 8, 52), _seats(34, 8, 58), _seats(37, 8, 62)),
    ),
    "vector_rises_nrr_missed": (_workplace(60, _seats(26, 8, 52), _seats(29, 8, 44), _seats(33, 8, 38)),),
    "reactivated": (_workplace(30, (20, 2, QUIT)), _workplace(24, month=26)),
    "dangling": (
        _workplace(48, (33, 15, Change(0, "cancel", reason="customer_service")), interval="year"),
        Script((("security", 48),), (_seats(33, 6, 36), _seats(34, 6, 24), _seats(35, 6, 12))),
    ),
    "payment_failed": (_workplace(28, (34, 27, Change(0, "fail", reason="payment_failed"))),),
    # he must not be read as revenue at the expense of success: the missed milestone lowers the Success Vector too
    "champion_left": (_workplace(28, _seats(30, 8, 25)),),
    "merged_away": (_workplace(18),),
    "intramonth": (Script((("workplace_essential", 12),), ((20, 12, QUIT),), "week"),),
    "many_lines": (Script(tuple((product, 11 + place) for place, product in enumerate(MANY_PRODUCTS))),),
    "paused": (_workplace(26, (34, 10, Change(0, "pause", NEVER))),),
    "trial": (Script((("workplace_advanced", 16),), has_trial=True),),
    "foreign_currency": (_workplace(22),),
    "annual": (_workplace(20, interval="year"),),
    "upgraded": (_workplace(20, (12, 16, Change(0, "plan", product="workplace_complete"))),),
}


def scripted_life(account: Account, starts: list[int]) -> list[Terms]:
    """The subscriptions of a story's account; what lies after the last month of `starts` is left out."""
    role, months = account.role, len(starts) - 1
    if role is None or account.start_month >= months:
        return []
    lives = []
    for place, script in enumerate(SCRIPTS.get(role.kind, PLAIN)):
        if script.month is not None and script.month >= months:
            continue
        started = account.start_at if script.month is None else starts[script.month] + 6 * DAY + 10 * HOUR
        items = [Holding(product, quantity) for product, quantity in script.held]
        terms = Terms(
            "AB"[place] if script.month is None else f"R{place}",
            started,
            script.interval,
            items,
            has_trial=script.has_trial,
        )
        for month, day, change in script.planned:
            if month < months:
                terms.changes.append(replace(change, at=starts[month] + day * DAY + 10 * HOUR))
        lives.append(terms)
    return lives
