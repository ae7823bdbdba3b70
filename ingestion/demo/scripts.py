"""The commercial lives of the accounts that play a story, written by hand."""

from ingestion.demo.accounts import Account
from ingestion.demo.streams import DAY
from ingestion.demo.terms import Change, Holding, Terms

MANY_PRODUCTS = (
    "workplace_essential", "workplace_advanced", "workplace_complete", "security", "backup", "monitoring", "service_desk",
    "network", "telephony", "wireless", "patching", "mail_filter",
)  # fmt: skip


def scripted_life(account: Account, starts: list[int]) -> list[Terms]:
    """The subscriptions of a story's account; changes that lie after the last month of `starts` are left out."""
    role = account.role
    if role is None or account.start_month >= len(starts) - 1:
        return []
    last = len(starts) - 1

    def changes(*planned: tuple[int, int, Change]) -> list[Change]:
        """Changes at (month, day), placed in time."""
        return [
            Change(
                starts[month] + day * DAY + 36_000,
                change.kind,
                change.value,
                change.product,
                change.item,
                change.reason,
            )
            for month, day, change in planned
            if month < last
        ]

    def core(seats: int, *planned: tuple[int, int, Change], interval: str = "month") -> Terms:
        terms = Terms("A", account.start_at, interval, [Holding("workplace_advanced", seats)])
        terms.changes = changes(*planned)
        return terms

    def to(seats: int) -> Change:
        return Change(0, "quantity", seats)

    quit_it = Change(0, "cancel", reason="switched_service")
    match role.kind:
        case "nrr_met_vector_falls":
            return [core(40, (26, 8, to(46)), (30, 8, to(52)), (34, 8, to(58)), (37, 8, to(62)))]
        case "vector_rises_nrr_missed":
            return [core(60, (26, 8, to(52)), (29, 8, to(44)), (33, 8, to(38)))]
        case "reactivated":
            held = [core(30, (20, 2, quit_it))]
            if last > 26:
                held.append(Terms("R1", starts[26] + 6 * DAY + 36_000, "month", [Holding("workplace_advanced", 24)]))
            return held
        case "dangling":
            security = Terms("B", account.start_at, "month", [Holding("security", 48)])
            security.changes = changes((33, 6, to(36)), (34, 6, to(24)), (35, 6, to(12)))
            leaving = (33, 15, Change(0, "cancel", reason="customer_service"))
            return [core(48, leaving, interval="year"), security]
        case "payment_failed":
            return [core(28, (34, 27, Change(0, "fail", reason="payment_failed")))]
        case "champion_left":
            return [core(28, (30, 8, to(25)))]
        case "merged_away":
            return [core(18)]
        case "intramonth":
            trial = Terms("A", account.start_at, "week", [Holding("workplace_essential", 12)])
            trial.changes = changes((20, 12, quit_it))
            return [trial]
        case "many_lines":
            held = [Holding(product, 11 + place) for place, product in enumerate(MANY_PRODUCTS)]
            return [Terms("A", account.start_at, "month", held)]
        case "paused":
            pause_until = starts[34] + 10 * DAY + 200 * DAY
            return [core(26, (34, 10, Change(0, "pause", pause_until)))]
        case "upgraded":
            return [core(20, (12, 16, Change(0, "plan", product="workplace_complete")))]
        case _:
            return [core(24, (14, 9, to(28)))]
