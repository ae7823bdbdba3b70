"""Success plans, reviews, interviews and ratings, as the customer success managers keep them in spreadsheets."""

from collections.abc import Iterator
from dataclasses import dataclass

from demo.accounts import Account
from demo.active_periods import Tenure
from demo.health import PROPENSITY, REVIEW, SENTIMENT
from demo.stories import STORY_MONTH
from demo.streams import DAY, HOUR, NEVER, stream

AHEAD = 3  # months that plans reach beyond the night
PLAN_MONTHS = 3  # of the plan that a new account begins with
STORY_RATING = 0.72
STORY_TURN = (STORY_MONTH - 1) % 3  # reviews and interviews of a story's account fall into month 34, 31, ...
ASKS = ("testimonial", "case_study", "survey")
STEPS = ("Security baseline", "Device rollout", "Service review", "Backup test", "Training day", "Portal adoption")
THEMES = ("reliability", "response time", "roadmap", "pricing", "security", "growth")


@dataclass(frozen=True)
class Milestone:
    """One step of a success plan; `completed` is NEVER where it was not done."""

    milestone_id: str
    account: Account
    name: str
    owner: str
    due: int
    plan_day: int | None
    completed: int
    asks_for: str


@dataclass(frozen=True)
class Review:
    """One quarterly business review; `held` is NEVER where it did not take place."""

    qbr_id: str
    account: Account
    planned: int
    held: int
    raised: int
    open: int
    opportunities: int
    rating: int


@dataclass(frozen=True)
class Interview:
    """One interview about what comes next."""

    interview_id: str
    account: Account
    held: int
    sentiment: int
    propensity: int
    future_work: str
    theme: str
    confidence: float


@dataclass(frozen=True)
class Rating:
    """Tools, investment and desire of one account on one day, each 0..1."""

    account: Account
    rated: int
    tools: float
    investment: float
    desire: float


def is_turn(account: Account, month: int) -> bool:
    """Whether a month is the one of its quarter in which the account is rated and its plan falls due.

    Both in the same month, so that a Success Vector never moves in two months running, but where a story has it.
    """
    return (month + account.number) % 3 == 2


def _kept(account: Account, month: int, health: float, row: list[float]) -> tuple[bool, ...]:
    """Which of the month's milestones are met in time; a story's account has some every month, and the same ones."""
    if account.role is not None:
        return (True, False, False) if account.role.kind == "dangling" else (True,)
    age = month - account.start_month
    missed = 0 if row[3] < min(0.97, 0.20 + 1.08 * health) else 1 + int(row[4] * 1.6)
    if age <= PLAN_MONTHS:
        return (not missed,)
    return tuple(place >= missed for place in range(3)) if is_turn(account, month) else ()


def milestones(
    seed: int, account: Account, starts: list[int], tenure: Tenure, health: list[float]
) -> Iterator[Milestone]:
    """The steps of the plan while the account is a customer; `starts` and `health` reach AHEAD months further.

    A 30-60-90-day plan to begin with, then some steps each quarter.
    """
    if not account.has_plan:
        return
    months = len(starts) - 1
    draws = stream(seed, account.number, "plan").random((months, 6)).tolist()
    first = account.number % 18 if account.role else account.number % 12
    apart = 0 if account.role else 3  # days: the next steps come into the ninety days before the last are out
    for month in range(account.start_month + 1, months):
        age = month - account.start_month
        is_missed = account.role is not None and account.role.kind == "champion_left" and month == STORY_MONTH
        for place, in_time in enumerate(_kept(account, month, health[month], draws[month])):
            due = starts[month] + (5 + first + apart * (2 if age <= PLAN_MONTHS else place)) * DAY
            if not tenure.covers(due):
                continue
            draw = draws[month][place]
            completed = due - int(draw * 4) * DAY if in_time else due + (3 + int(draw * 20)) * DAY
            if is_missed or (not in_time and draw > 0.7):
                completed = NEVER
            yield Milestone(
                f"ms_{account.number:04d}_{month:03d}_{place}", account, f"{STEPS[(month + place) % 6]} {month + 1}",
                "customer" if (month + place) % 2 else "supplier", due, age * 30 if age <= PLAN_MONTHS else None, completed,
                ASKS[month // 6 % 3] if place == 0 and month % 6 >= 3 else "",
            )  # fmt: skip


def reviews(seed: int, account: Account, starts: list[int], tenure: Tenure, health: list[float]) -> Iterator[Review]:
    """The quarterly reviews, planned and held: who fares badly finds no time for them."""
    if not account.has_reviews:
        return
    months = len(starts) - 1
    draws = stream(seed, account.number, "qbr").random((months, 6)).tolist()
    for month in range(account.start_month + 2, months):
        turn = month % 3 == STORY_TURN if account.role else (month + account.number) % 3 == 1
        row = draws[month]
        planned = starts[month] + (8 if account.role else 1 + int(row[0] * 24)) * DAY
        if not turn or not tenure.covers(planned):
            continue
        fares = health[month]
        is_held = account.role is not None or row[1] < 0.62 + 0.38 * fares
        held = planned + int(row[2] * 8) * DAY if is_held else NEVER
        raised = int(row[3] * (8 - 6 * fares))
        yield Review(
            f"qbr_{account.number:04d}_{month:03d}", account, planned, held, raised,
            round(raised * (1 - 0.8 * fares)), int(row[5] * 3), REVIEW.score(account, fares, row[4]),
        )  # fmt: skip


STORY_VOICES = {  # sentiment, propensity, future work
    "happy": (1, 6, ""),
    "growth": (2, 9, "Second site and a cloud migration next year"),
    "at_risk": (-1, 3, ""),
    "dangling": (-2, 1, ""),
}


def interviews(
    seed: int, account: Account, starts: list[int], tenure: Tenure, health: list[float]
) -> Iterator[Interview]:
    """Interviews about the future: every quarter with a story's account, twice a year with the others."""
    if not account.has_plan:
        return
    months = len(starts) - 1
    draws = stream(seed, account.number, "interviews").random((months, 6)).tolist()
    for month in range(account.start_month + 3, months):
        turn = month % 3 == STORY_TURN if account.role else (month + account.number) % 6 == 2
        row = draws[month]
        held = starts[month] + (14 if account.role else 1 + int(row[0] * 24)) * DAY
        if not turn or not tenure.covers(held) or (account.role is None and row[1] > 0.92):
            continue
        sentiment = SENTIMENT.score(account, health[month], row[2])
        propensity = PROPENSITY.score(account, health[month], row[3])
        future = "Extend the managed service to a new office" if row[4] < 0.15 and propensity >= 5 else ""
        if account.role is not None:
            sentiment, propensity, future = STORY_VOICES.get(account.role.kind, (1, 7, ""))
        yield Interview(
            f"itv_{account.number:04d}_{month:03d}", account, held, sentiment, propensity, future,
            THEMES[int(row[5] * 6)], round(0.6 + row[5] * 0.35, 2),
        )  # fmt: skip


RISING_FROM = 26


def ratings(seed: int, account: Account, starts: list[int], tenure: Tenure, health: list[float]) -> Iterator[Rating]:
    """Ratings each quarter; each month, and steadily up or down, in the two stories whose Success Vector moves."""
    if not account.has_plan:
        return
    months = len(starts) - 1
    fixed = stream(seed, account.number, "rating").random(4).tolist()
    draws = stream(seed, account.number, "ratings").random((months, 4)).tolist()
    kind = account.role.kind if account.role else ""
    for month in range(account.start_month + 1, months):
        moves = kind in ("nrr_met_vector_falls", "vector_rises_nrr_missed")
        rated = starts[month] + (0 if account.role else int(draws[month][0] * 20)) * DAY + 9 * HOUR
        age = month - account.start_month
        turn = age % 3 == 1 if account.role else age == 1 or (age > PLAN_MONTHS and is_turn(account, month))
        if not tenure.covers(rated) or not (moves or turn):
            continue
        level = _moving_level(kind, month) if moves else None
        base = STORY_RATING if account.role else 0.25 + 0.62 * health[month]
        tools, investment, desire = (
            round(
                level
                if level is not None
                else min(1.0, max(0.0, base + (fixed[place] - 0.5) * 0.2 + (draws[month][place + 1] - 0.5) * 0.016)),
                3,
            )
            for place in range(3)
        )
        yield Rating(account, rated, tools, investment, desire)


def _moving_level(kind: str, month: int) -> float:
    """0.92 falling by 0.06 a month, or 0.20 rising by 0.05 a month, from RISING_FROM on."""
    steps = max(0, month - RISING_FROM)
    return max(0.02, 0.92 - 0.06 * steps) if kind == "nrr_met_vector_falls" else min(0.98, 0.20 + 0.05 * steps)
