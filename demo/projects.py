"""Work with an end: onboardings, projects, migrations; a function of (seed, account)."""

from dataclasses import dataclass

from demo.accounts import Account
from demo.active_periods import Tenure
from demo.streams import DAY, NEVER, stream

STORY_MONTHS = (10, 22, 34)  # an account with a story finishes a project in each


@dataclass(frozen=True)
class Project:
    """One piece of work; `closed` is NEVER while it is not planned to end in this world."""

    project_id: str
    kind: str
    name: str
    started: int
    closed: int


def projects(seed: int, account: Account, starts: list[int], tenure: Tenure) -> list[Project]:
    """Everything that was begun for the account while it was a customer, in the order of its start."""
    months = len(starts) - 1
    found: list[Project] = []

    def add(kind: str, started: int, days: float) -> None:
        closed = started + int(days * DAY)
        if tenure.covers(started):
            name = f"{kind.title()} {len(found) + 1} for {account.name}"
            closed = closed if tenure.covers(closed) else NEVER
            found.append(Project(f"prj_{account.number:04d}_{len(found) + 1:02d}", kind, name, started, closed))

    draws = stream(seed, account.number, "projects").random((months, 3)).tolist()
    if account.start_month > 0:
        add("onboarding", account.start_at, 45.5)
    for month in range(account.start_month + 2, months):
        started = starts[month] + int(draws[month][1] * 20 * DAY) + 36_000
        if account.role is not None:
            if month + 1 in STORY_MONTHS:
                add("project", starts[month] + 5 * DAY, 36.5)
        elif draws[month][0] < 0.045:
            add("project", started, 20 + draws[month][2] * 50)
        elif draws[month][0] < 0.055:
            add("migration", started, 30 + draws[month][2] * 60)
    return found
