"""How well each account fares: hidden from every source, and the common cause of what they all show.

Surveys, promises kept, reviews, interviews and tickets follow the health of their month; leaving, shrinking and growing follow
the health of LAG months before. So evidence foretells, and never perfectly: what is seen of a health is noisy, and what it
does to a contract is a chance.
"""

from dataclasses import dataclass
from itertools import pairwise

from demo.accounts import Account
from demo.streams import stream

LAG = 2
KEPT = 0.90  # the part of last month's distance from the account's own level that is left
SWING = 0.30  # width of a month's chance; with KEPT a standard deviation of about 0.20
BLOW, BLOWS = 0.32, 0.012  # something goes badly wrong: how much, and in what share of months
LEVEL, LEVELS = 0.63, 0.28  # where an account's own level begins, and how wide the levels lie
TEMPERS = {"smooth": 0.85, "mixed": 0.60, "rough": 0.25}  # of the accounts that play a story: the same in every month


@dataclass(frozen=True)
class Tone:
    """What an account says of an experience: a score on a scale, and how little an account ever says that is too polite."""

    base: float
    slope: float
    noise: float
    lowest: int
    highest: int
    polite: int

    def score(self, account: Account, health: float, draw: float) -> int:
        """The score that an account of this health gives with this chance."""
        low = self.lowest if account.is_frank else self.polite
        return min(self.highest, max(low, round(self.base + self.slope * health + (draw - 0.5) * self.noise)))


NPS = Tone(2.3, 8.3, 5.0, 0, 10, 7)
CSAT = Tone(1.7, 3.8, 2.0, 1, 5, 3)
CES = Tone(1.2, 6.0, 2.4, 1, 7, 4)
STARS = Tone(1.5, 3.7, 2.0, 1, 5, 3)
REVIEW = Tone(1.1, 4.1, 1.6, 1, 5, 3)
SENTIMENT = Tone(-2.2, 4.6, 1.6, -2, 2, 0)
PROPENSITY = Tone(0.7, 7.8, 2.8, 0, 10, 0)


def health(seed: int, account: Account, months: int) -> list[float]:
    """The health of each month of the world, 0..1; longer worlds begin with the same months."""
    if account.role is not None:
        return [TEMPERS[account.role.temper]] * months
    draws = stream(seed, account.number, "health").random((months + 1, 2)).tolist()
    level = LEVEL + LEVELS * draws[0][0]
    apart, found = (draws[0][1] - 0.5) * 2 * SWING, []
    for _, (chance, blow) in pairwise(draws):
        apart = KEPT * apart + (chance - 0.5) * SWING - (BLOW if blow < BLOWS else 0.0)
        found.append(min(0.98, max(0.02, level + apart)))
    return found
