"""Success plans, reviews, interviews and ratings, as the customer success managers keep them in spreadsheets."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingestion.demo.accounts import Account
from ingestion.demo.stories import STORY_MONTH
from ingestion.demo.streams import DAY, HOUR, NEVER, stream
from ingestion.demo.tenure import Tenure

AHEAD = 3  # months that plans reach beyond the night
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


def plan_pattern(account: Account) -> tuple[bool, ...]:
    """Which of a month's milestones are met in time. The same every month, so that adherence is steady by design."""
    kind = account.role.kind if account.role else ""
    if kind == "dangling":
        return (True, False, False)
    if account.temper == "smooth" or kind:
        return (True,)
    if account.temper == "mixed":
        return (True, True, False) if account.number % 2 else (True,)
    return (True, False, False) if account.number % 5 == 0 else (True, False)


def milestones(seed: int, account: Account, starts: list[int], tenure: Tenure) -> Iterator[Milestone]:
    """The steps of the plan, month by month, while the account is a customer; `starts` reaches AHEAD months further."""
    if not account.has_plan:
        return
    months = len(starts) - 1
    draws = stream(seed, account.number, "plan").random((months, 6)).tolist()
    pattern = plan_pattern(account)
    for month in range(account.start_month + 1, months):
        due = starts[month] + (5 + account.number % 18) * DAY
        if not tenure.covers(due):
            continue
        age = month - account.start_month
        is_missed = account.role is not None and account.role.kind == "champion_left" and month == STORY_MONTH
        for place, in_time in enumerate(pattern):
            draw = draws[month][place]
            completed = due - int(draw * 4) * DAY if in_time else due + (3 + int(draw * 20)) * DAY
            if is_missed or (not in_time and draw > 0.7):
                completed = NEVER
            yield Milestone(
                f"ms_{account.number:04d}_{month:03d}_{place}", account, f"{STEPS[(month + place) % 6]} {month + 1}",
                "customer" if (month + place) % 2 else "supplier", due, age * 30 if age <= 3 else None, completed,
                ASKS[month // 6 % 3] if place == 0 and month % 6 == 5 else "",
            )  # fmt: skip


def reviews(seed: int, account: Account, starts: list[int], tenure: Tenure) -> Iterator[Review]:
    """The quarterly reviews, planned and held."""
    if not account.has_plan:
        return
    months = len(starts) - 1
    draws = stream(seed, account.number, "qbr").random((months, 6)).tolist()
    for month in range(account.start_month + 2, months):
        turn = month % 3 == STORY_TURN if account.role else (month + account.number) % 3 == 1
        row = draws[month]
        planned = starts[month] + (8 if account.role else 1 + int(row[0] * 24)) * DAY
        if not turn or not tenure.covers(planned):
            continue
        is_held = account.role is not None or row[1] < (0.6 if account.temper == "rough" else 0.9)
        held = planned + int(row[2] * 8) * DAY if is_held else NEVER
        raised = int(row[3] * (6 if account.temper == "rough" else 3))
        rating = {"smooth": 4, "mixed": 3, "rough": 2}[account.temper] + int(row[4] * 2)
        yield Review(
            f"qbr_{account.number:04d}_{month:03d}", account, planned, held, raised,
            raised if account.temper == "rough" else raised // 2, int(row[5] * 3), rating,
        )  # fmt: skip


STORY_VOICES = {  # sentiment, propensity, future work
    "happy": (1, 6, ""),
    "growth": (2, 9, "Second site and a cloud migration next year"),
    "at_risk": (-1, 3, ""),
    "dangling": (-2, 1, ""),
}


def interviews(seed: int, account: Account, starts: list[int], tenure: Tenure) -> Iterator[Interview]:
    """Interviews about the future: every quarter with a story's account, twice a year with the others."""
    if not account.has_plan:
        return
    months = len(starts) - 1
    draws = stream(seed, account.number, "interviews").random((months, 6)).tolist()
    for month in range(account.start_month + 3, months):
        turn = month % 3 == STORY_TURN if account.role else (month + account.number) % 6 == 2
        row = draws[month]
        held = starts[month] + (14 if account.role else 1 + int(row[0] * 24)) * DAY
        if not turn or not tenure.covers(held) or (account.role is None and row[1] > 0.85):
            continue
        sentiment = {"smooth": 0, "mixed": -1, "rough": -2}[account.temper] + int(row[2] * 3)
        low, spread = {"smooth": (6, 4), "mixed": (4, 5), "rough": (1, 6)}[account.temper]
        propensity = low + int(row[3] ** 2 * spread)
        future = "Extend the managed service to a new office" if row[4] < 0.15 and propensity >= 5 else ""
        if account.role is not None:
            sentiment, propensity, future = STORY_VOICES.get(account.role.kind, (1, 7, ""))
        yield Interview(
            f"itv_{account.number:04d}_{month:03d}", account, held, sentiment, min(propensity, 10), future,
            THEMES[int(row[5] * 6)], round(0.6 + row[5] * 0.35, 2),
        )  # fmt: skip


RISING_FROM = 26


def ratings(seed: int, account: Account, starts: list[int], tenure: Tenure) -> Iterator[Rating]:
    """Ratings each quarter, steady but for the two stories whose Success Vector moves each month."""
    if not account.has_plan:
        return
    months = len(starts) - 1
    fixed = stream(seed, account.number, "rating").random(4).tolist()
    draws = stream(seed, account.number, "ratings").random((months, 4)).tolist()
    kind = account.role.kind if account.role else ""
    base = {"smooth": 0.72, "mixed": 0.60, "rough": 0.45}[account.temper]
    if account.temper == "rough" and account.number % 5 == 0:
        base = 0.76
    for month in range(account.start_month + 1, months):
        moves = kind in ("nrr_met_vector_falls", "vector_rises_nrr_missed")
        rated = starts[month] + (0 if account.role else int(draws[month][0] * 20)) * DAY + 9 * HOUR
        if not tenure.covers(rated) or (not moves and (month - account.start_month) % 3 != 1):
            continue
        level = _moving_level(kind, month) if moves else None
        tools, investment, desire = (
            round(
                level
                if level is not None
                else base + (fixed[place] - 0.5) * 0.2 + (draws[month][place + 1] - 0.5) * 0.016,
                3,
            )
            for place in range(3)
        )
        yield Rating(account, rated, tools, investment, desire)


def _moving_level(kind: str, month: int) -> float:
    """0.92 falling by 0.06 a month, or 0.20 rising by 0.05 a month, from RISING_FROM on."""
    steps = max(0, month - RISING_FROM)
    return max(0.02, 0.92 - 0.06 * steps) if kind == "nrr_met_vector_falls" else min(0.98, 0.20 + 0.05 * steps)
