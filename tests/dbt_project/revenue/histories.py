"""Billing histories as customers live them: agreements and subscriptions, not invoices.

Everything a vendor would write down is derived from these by `vendor.py`, and the truth by `reference.py`;
neither knows how the models compute. Money is in minor units and a multiple of 12, so that annual prices are
whole months.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from hypothesis import strategies as st

Interval = Literal["week", "month", "year"]
Ending = Literal["none", "period_end", "at_once", "unpaid"]
FIRST_DAY = date(2023, 1, 1)
LAST_DAY = date(2026, 11, 22)
SEGMENTS = ("large", "small")


def moved(day: date, months: int) -> date:
    """The same day `months` later, the last of a month where that is shorter."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def moved_at(instant: datetime, months: int) -> datetime:
    return datetime.combine(moved(instant.date(), months), instant.time())


@dataclass(frozen=True)
class Agreement:
    """A line of the drop folder: `unit` minor units per interval, half-open [starts_on, ends_on)."""

    starts_on: date
    ends_on: date | None
    interval: Interval
    count: int
    quantity: int
    unit: int
    discount_percent: int
    currency: str
    is_of_merged: bool = False


@dataclass(frozen=True)
class Subscription:
    """A subscription in dollars: quantity 'steps' with proration, an ending, perhaps a trial before it.

    ending_period    period (from 0) that ends it, or the first one that is not paid
    ended_at         for `at_once`: inside that period
    """

    started_at: datetime
    interval: Interval
    quantity: int
    unit: int
    discount_percent: int
    steps: tuple[tuple[datetime, int], ...]
    ending: Ending
    ending_period: int
    ended_at: datetime | None
    trial_days: int
    is_last_invoice_late: bool
    has_noise: bool
    is_of_merged: bool = False

    @property
    def paid_from(self) -> datetime:
        return self.started_at + timedelta(days=self.trial_days)

    def period(self, index: int) -> tuple[datetime, datetime]:
        """The billing period `index`, anchored at the first one."""
        months = 12 if self.interval == "year" else 1
        return moved_at(self.paid_from, index * months), moved_at(self.paid_from, (index + 1) * months)


@dataclass(frozen=True)
class Account:
    segment: str
    services: tuple[Agreement | Subscription, ...]


def _days(max_day: int) -> st.SearchStrategy[date]:
    def in_month(months: int, day: int) -> date:
        first = moved(FIRST_DAY, months)
        return first.replace(day=min(day, calendar.monthrange(first.year, first.month)[1]))

    return st.builds(in_month, st.integers(0, 46), st.integers(1, max_day)).filter(lambda day: day < LAST_DAY)


@st.composite
def agreements(draw: st.DrawFn, max_day: int) -> Agreement:
    starts_on = draw(_days(max_day))
    ends_on = draw(st.none() | _days(max_day))
    return Agreement(
        starts_on=starts_on,
        ends_on=ends_on if ends_on is not None and ends_on > starts_on else None,
        interval=draw(st.sampled_from(("week", "month", "year"))),
        count=draw(st.sampled_from((1, 1, 3))),
        quantity=draw(st.integers(1, 5)),
        unit=draw(st.integers(1, 5000)) * 36,
        discount_percent=draw(st.sampled_from((0, 0, 25, 50))),
        currency=draw(st.sampled_from(("USD", "USD", "EUR", "JPY"))),
        is_of_merged=draw(st.booleans()),
    )


@st.composite
def subscriptions(draw: st.DrawFn, max_day: int) -> Subscription:
    start = datetime.combine(draw(_days(max_day)), datetime.min.time()) + timedelta(seconds=draw(st.integers(0, 86399)))
    ending: Ending = draw(st.sampled_from(("none", "none", "period_end", "at_once", "unpaid")))
    plain = Subscription(
        started_at=start,
        interval=draw(st.sampled_from(("month", "month", "year"))),
        quantity=draw(st.integers(1, 9)),
        unit=draw(st.integers(1, 900)) * 100 * 12,
        discount_percent=0,
        steps=(),
        ending=ending,
        ending_period=draw(st.integers(0, 20)),
        ended_at=None,
        trial_days=draw(st.sampled_from((0, 0, 14))),
        is_last_invoice_late=draw(st.booleans()),
        has_noise=draw(st.booleans()),
        is_of_merged=draw(st.booleans()),
    )
    if ending == "at_once":
        begins, ends = plain.period(plain.ending_period)
        share = draw(st.integers(1, 99))
        plain = replace(plain, ended_at=(begins + (ends - begins) * share / 100).replace(microsecond=0))
    if draw(st.booleans()):
        return replace(plain, discount_percent=draw(st.sampled_from((10, 25, 50))))
    steps = []
    for index in sorted(draw(st.sets(st.integers(0, 12), max_size=3))):
        begins, ends = plain.period(index)
        # the last hour of a period is in: where stretched cents would be worst
        share = draw(st.sampled_from((0.01, 0.3, 0.5, 0.97, 0.999)))
        steps.append(((begins + (ends - begins) * share).replace(microsecond=0), draw(st.integers(1, 9))))
    return replace(plain, steps=tuple(steps))


def accounts(max_day: int = 31) -> st.SearchStrategy[Account]:
    """Accounts with up to three concurrent services."""
    service = agreements(max_day) | subscriptions(max_day)
    return st.builds(Account, st.sampled_from(SEGMENTS), st.lists(service, min_size=1, max_size=3).map(tuple))
