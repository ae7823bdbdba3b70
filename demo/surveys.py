"""Who was asked what, and what they answered: relationship, transactional and agent surveys, reviews."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from demo.accounts import Account
from demo.active_periods import Tenure
from demo.billing import chance
from demo.health import CES, CSAT, NPS, STARS
from demo.people import champion_left_at
from demo.projects import Project
from demo.stories import STORY_MONTH
from demo.streams import DAY, HOUR, NEVER, stream
from demo.tickets import AGENTS

SWITCH_MONTH = 6  # earlier relationship answers came from a tool that is gone: their export lies in the drop folder
# the champion answers more often than the deputy, and who fares badly falls silent
ANSWERS = (0.42, 0.13)
ANSWERS_SLOPE = (0.30, 0.10)
STORY_NPS = {"dangling": 2, "detractor": 2, "happy": 10, "growth": 9, "at_risk": 8, "champion_left": 9}


@dataclass(frozen=True)
class Asked:
    """One invitation and its answer, if there is one (`answered` is NEVER otherwise)."""

    invitation_id: str
    form: str  # nps, csat, ces, agent
    account: Account | None
    person: int
    sent: int
    answered: int
    score: int
    trigger_kind: str
    trigger_id: str
    is_old_tool: bool = False

    @property
    def respondent_id(self) -> str:
        """Who was asked: the helpdesk's user."""
        return str(30_000_000 + self.person if self.account is None else self.account.user_id(self.person))

    @property
    def email(self) -> str:
        """The address that was asked."""
        return f"agent{self.person}@northstar-msp.example" if self.account is None else self.account.email(self.person)


def relationship_surveys(
    seed: int, account: Account, starts: list[int], tenure: Tenure, health: list[float]
) -> Iterator[Asked]:
    """The quarterly NPS question to up to two people of an account."""
    months = len(starts) - 1
    draws = stream(seed, account.number, "relationship").random((months, 12)).tolist()
    champion_gone = champion_left_at(account, starts)
    for month in range(account.start_month + 2, months):
        row = draws[month]
        turn = month % 3 == STORY_MONTH % 3 if account.role else (month + account.number) % 3 == 0
        sent = starts[month] + (3 if account.role else 2 + int(row[0] * 20)) * DAY + 9 * HOUR + account.number * 41
        if not turn or not tenure.covers(sent):
            continue
        for person in range(min(account.people, 2)):
            if person == 0 and sent >= champion_gone:
                continue
            answers = row[1 + person] < ANSWERS[person] + ANSWERS_SLOPE[person] * health[month]
            days = row[3 + person] * 6
            if row[5 + person] < 0.02:
                days = 40 + row[5 + person] * 1_000
            score = NPS.score(account, health[month], row[7 + person])
            if account.role is not None:
                answers, score, days = person == 0, _story_score(account, month), 1.5
                if account.role.kind == "late_answer" and month == account.role.from_month - 1:
                    days = 75.0
            yield Asked(
                f"inv_{account.number:04d}_{month:03d}_{person}", "nps", account, person, sent,
                sent + int(days * DAY) + 60 if answers else NEVER, score, "periodic", f"nps-{month:03d}", month < SWITCH_MONTH,
            )  # fmt: skip


def _story_score(account: Account, month: int) -> int:
    role = account.role
    if role is None:
        return 8
    if role.kind == "detractor" and month < STORY_MONTH:
        return 8
    return STORY_NPS.get(role.kind, 8)


def transactional_surveys(
    seed: int, account: Account, finished: list[Project], starts: list[int], health: list[float]
) -> Iterator[Asked]:
    """CSAT after projects and migrations, CES after onboardings; some work is never asked about."""
    for project in finished:
        if project.closed >= NEVER:
            continue
        is_story = account.role is not None
        if not is_story and chance(seed, "asked", project.project_id) > 0.85:
            continue
        person = min(1, account.people - 1)
        sent = project.closed + DAY
        answers = is_story or chance(seed, "answered", project.project_id) < 0.5
        draw = chance(seed, "score", project.project_id)
        form, tone = ("ces", CES) if project.kind == "onboarding" else ("csat", CSAT)
        score = tone.score(account, health[bisect_right(starts, project.closed) - 1], draw)
        if account.role is not None and account.role.kind == "dangling":
            score = 1
        delay = int(chance(seed, "delay", project.project_id) * 5 * DAY)
        trigger = "onboarding" if project.kind == "onboarding" else "project"
        yield Asked(
            f"inv_{project.project_id}", form, account, person, sent, sent + delay + 120 if answers else NEVER, score,
            trigger, project.project_id,
        )  # fmt: skip


def agent_surveys(seed: int, starts: list[int]) -> Iterator[Asked]:
    """What the agents say about their own tools, each quarter."""
    for month in range(2, len(starts) - 1, 3):
        for agent in range(AGENTS):
            draw = chance(seed, "agent", agent, month)
            sent = starts[month] + 6 * DAY
            answered = sent + int(draw * 4 * DAY) if draw < 0.8 else NEVER
            yield Asked(
                f"inv_agent_{agent:02d}_{month:03d}", "agent", None, agent, sent, answered,
                3 + int(chance(seed, "tools", agent, month) * 3), "periodic", f"agent-{month:03d}",
            )  # fmt: skip


def reviews(
    seed: int, account: Account, starts: list[int], tenure: Tenure, health: list[float]
) -> Iterator[tuple[int, int]]:
    """(instant, stars 1-5) of public reviews, about one in five accounts a year."""
    for month in range(account.start_month + 3, len(starts) - 1):
        at = starts[month] + int(chance(seed, "review-day", account.number, month) * 27 * DAY)
        if tenure.covers(at) and chance(seed, "review", account.number, month) < 0.016:
            yield at, STARS.score(account, health[month], chance(seed, "stars", account.number, month))
