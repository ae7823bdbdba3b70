"""The customers: one frozen profile per account, a function of (seed, account number) alone."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.stories import ROLES, Role
from demo.streams import DAY, epoch_seconds, month_day, stream

# A frank account says what it thinks, a polite one never gives a score that is called poor. From SETTLED_MONTH on only polite
# accounts shrink or leave, so that no unplanted account is seen with a poor experience and a shrinking contract at once.
FRANK = 0.5
SETTLED_MONTH = 26

STORY_START_DAYS = {"payment_failed": 23, "intramonth": 3}

FIRST_WORDS = (
    "Alder", "Amber", "Arden", "Birch", "Bright", "Brook", "Cedar", "Clear", "Copper", "Coral", "Crest", "Dale", "Elm",
    "Ember", "Fair", "Fern", "Flint", "Glen", "Granite", "Harbour", "Hazel", "Heron", "Iron", "Juniper", "Lark", "Linden",
    "Maple", "Marsh", "Meadow", "North", "Oak", "Orchard", "Pine", "Quarry", "Raven", "River", "Silver", "Stone", "Thorn", "Willow",
)  # fmt: skip
SECOND_WORDS = (
    "bridge", "field", "ford", "gate", "haven", "hill", "land", "mark", "mere", "mill", "moor", "point", "ridge", "shore",
    "side", "stead", "view", "water", "well", "wood",
)  # fmt: skip
TRADES = (
    ("Legal", "legal"), ("Dental", "health"), ("Logistics", "transport"), ("Foods", "food"), ("Engineering", "manufacturing"),
    ("Architects", "construction"), ("Insurance", "finance"), ("Schools", "education"), ("Retail", "retail"), ("Energy", "energy"),
)  # fmt: skip
REGIONS = ("north", "south", "east", "west", "emea")
OWNERS = tuple(f"csm{number:02d}@northstar-msp.example" for number in range(1, 13))
STRUCTURES = ("firefighter", "sales", "service", "integrated", "partnership")


@dataclass(frozen=True)
class Account:
    """One customer of the provider; `number` counts from 1 and keys every random stream of the account."""

    number: int
    account_id: str
    name: str
    domain: str
    segment: str
    experience: str
    coverage: str
    structure: str
    owner: str
    industry: str
    region: str
    is_frank: bool
    start_month: int
    start_at: int
    currency: str
    route: str  # stripe, or agreement (billed by the drop folder alone)
    billing_link: str  # metadata, domain, manual
    helpdesk_link: str  # external_id, domain, manual
    has_plan: bool
    has_reviews: bool
    ticket_rate: float
    people: int
    role: Role | None

    @property
    def started_on(self) -> date:
        """The UTC day on which the account was won."""
        return date.fromordinal(date(1970, 1, 1).toordinal() + self.start_at // DAY)

    @property
    def organization_id(self) -> int:
        """The helpdesk's organization of this account."""
        return 9_000_000 + self.number

    @property
    def customer_id(self) -> str:
        """The billing customer of this account."""
        return f"cus_{self.number:05d}A"

    def user_id(self, place: int) -> int:
        """The helpdesk's user for the account's person at `place` (0 is the champion)."""
        return 20_000_000 + self.number * 10 + place

    def email(self, place: int) -> str:
        """The business address of the account's person at `place`."""
        return f"{PERSON_NAMES[(self.number * 7 + place * 3) % len(PERSON_NAMES)].lower()}.{place}@{self.domain}"

    def person(self, place: int) -> str:
        """The name of the account's person at `place`."""
        return f"{PERSON_NAMES[(self.number * 7 + place * 3) % len(PERSON_NAMES)]} {FIRST_WORDS[(self.number + place) % 40]}"


PERSON_NAMES = (
    "Ada", "Bela", "Cleo", "Dana", "Edda", "Finn", "Gita", "Hugo", "Ines", "Jona", "Kaya", "Liam", "Mina", "Nils", "Olga",
    "Pavel", "Quinn", "Rosa", "Sven", "Tara", "Uma", "Vito", "Wanda", "Xenia", "Yara", "Zeno",
)  # fmt: skip


def account_profiles(seed: int, epoch: date, accounts: int) -> list[Account]:
    """All customers that the world will ever have, in the order of their numbers."""
    return [_profile(seed, epoch, number) for number in range(1, accounts + 1)]


def _choose(draw: float, options: tuple[tuple[str, float], ...]) -> str:
    """The option whose cumulated share covers `draw`."""
    for name, upto in options:
        if draw < upto:
            return name
    return options[-1][0]


def _profile(seed: int, epoch: date, number: int) -> Account:
    draw = stream(seed, number, "profile").random(24).tolist()
    role = ROLES.get(number)
    segment = _choose(draw[0], (("enterprise", 0.15), ("mid_market", 0.55), ("small", 1.0)))
    coverage = {
        "enterprise": "strategic",
        "mid_market": "smb" if draw[1] < 0.7 else "operational",
        "small": "tech_touch" if draw[1] < 0.65 else "smb",
    }[segment]
    is_frank = draw[2] < FRANK
    start_month = 0 if draw[3] < 0.62 else 1 + int(draw[4] * 35)
    currency = _choose(draw[5], (("eur", 0.12), ("gbp", 0.20), ("usd", 1.0)))
    route = "agreement" if draw[6] < 0.12 else "stripe"
    if role is not None:
        segment, coverage, is_frank, currency, route = (
            "mid_market",
            "strategic",
            role.temper != "smooth",
            "usd",
            "stripe",
        )
        currency = "gbp" if role.kind == "foreign_currency" else currency
        route = "agreement" if role.kind == "agreement_only" else route
        start_month = role.start_month
    first = epoch_seconds(month_day(epoch, start_month))
    # the failing card must be charged late in its month, so that the story is under way in the whole month after
    start_day = STORY_START_DAYS.get(role.kind if role else "", int(draw[7] * 26))
    start_at = first + start_day * DAY + int(8 * 3600 + draw[8] * 9 * 3600)
    word = FIRST_WORDS[(number - 1) % 40] + SECOND_WORDS[((number - 1) // 40 + (number - 1) * 3) % 20]
    trade, industry = TRADES[(number + (number - 1) // 40) % len(TRADES)]
    name = f"{word} {trade}"
    link = _choose(draw[9], (("metadata", 0.80), ("domain", 0.93), ("manual", 1.0)))
    helpdesk_link = _choose(draw[10], (("external_id", 0.82), ("domain", 0.95), ("manual", 1.0)))
    if link == "domain":  # a domain leads somewhere only where the helpdesk says whose it is
        helpdesk_link = "external_id"
    if role is not None:
        link, helpdesk_link = "metadata", "external_id"
    rate = {"enterprise": 7.4, "mid_market": 4.0, "small": 2.1}[segment]
    return Account(
        number=number,
        account_id=f"acc_{number:04d}",
        name=name,
        domain=f"{name.lower().replace(' ', '-')}-{number}.example",
        segment=segment,
        experience={"enterprise": "white_glove", "mid_market": "guided", "small": "self_service"}[segment],
        coverage=coverage,
        structure=STRUCTURES[int(draw[11] * 5)],
        owner=OWNERS[int(draw[12] * len(OWNERS))],
        industry=industry,
        region=REGIONS[int(draw[13] * 5)],
        is_frank=is_frank,
        start_month=start_month,
        start_at=start_at,
        currency=currency,
        route=route,
        billing_link=link,
        helpdesk_link=helpdesk_link,
        has_plan=role is not None or coverage != "tech_touch" or draw[15] < 0.75,
        has_reviews=role is not None or coverage != "tech_touch",
        ticket_rate=rate * float(np.interp(draw[14], (0, 1), (0.6, 1.4))),
        people={"enterprise": 5, "mid_market": 3, "small": 2}[segment],
        role=role,
    )
