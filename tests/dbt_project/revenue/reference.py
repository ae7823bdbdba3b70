"""The truth about a billing history, in plain Python: what was in force at an instant, and what follows from it.

It never sees an invoice. Formulas: the project's decisions on MRR, movements and retention.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.dbt_project.revenue.histories import Account, Agreement, Subscription, moved

GRACE = timedelta(days=30)
PER_YEAR = {"week": 52, "month": 12, "year": 1}
MINOR = {"USD": 2, "EUR": 2, "JPY": 0}


def rounded(value: Fraction) -> int:
    """Half away from zero."""
    return int((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1), ROUND_HALF_UP))


def rate(currency: str, month: date) -> Fraction:
    """Dollars per unit at the end of a month; moves every month."""
    if currency == "USD":
        return Fraction(1)
    step = (month.year * 12 + month.month) % 7
    return Fraction(110 + step, 100) if currency == "EUR" else Fraction(65 + step, 10000)


def minor_rate(currency: str, month: date) -> Fraction:
    return rate(currency, month) * Fraction(10) ** (MINOR["USD"] - MINOR[currency])


def ended_at(service: Subscription) -> datetime | None:
    """The first instant no longer served, whenever that is."""
    if service.ending == "at_once":
        return service.ended_at
    if service.ending == "period_end":
        return service.period(service.ending_period)[1]
    if service.ending == "unpaid":
        return service.period(service.ending_period)[0] + GRACE
    return None


def monthly(service: Agreement | Subscription, instant: datetime) -> int:
    """MRR of a service just before `instant`, in minor units of its own currency."""
    if isinstance(service, Agreement):
        begins = datetime.combine(service.starts_on, datetime.min.time())
        ends = datetime.combine(service.ends_on, datetime.min.time()) if service.ends_on else None
        quantity, count = service.quantity, service.count
    else:
        begins, ends, count = service.paid_from, ended_at(service), 1
        in_force = [quantity for at, quantity in service.steps if at < instant]
        quantity = in_force[-1] if in_force else service.quantity
    if begins >= instant or (ends is not None and ends < instant):
        return 0
    whole = Fraction(quantity * service.unit)
    net = whole - (
        whole * service.discount_percent / 100
        if isinstance(service, Agreement)
        else rounded(whole * service.discount_percent / 100)
    )
    return rounded(net * PER_YEAR[service.interval] / (12 * count))


@dataclass(frozen=True)
class Month:
    """One account's month in minor units of the dollar. `revalued` is the opening at this month's rates."""

    opening: int
    revalued: int
    closing: int
    movement: str | None

    @property
    def change(self) -> int:
        return self.closing - self.revalued


def months(first: date, as_of: date) -> list[date]:
    found = [first.replace(day=1)]
    while moved(found[-1], 1) <= as_of:
        found.append(moved(found[-1], 1))
    return found


def account_months(account: Account, first: date, as_of: date) -> dict[date, Month]:
    """MRR and movement of every month from `first` to the run's date."""
    lives: dict[date, Month] = {}
    before: list[int] = [0] * len(account.services)
    opening, has_paid = 0, False
    for month in months(first, as_of):
        instant = datetime.combine(min(moved(month, 1), as_of + timedelta(days=1)), datetime.min.time())
        now = [monthly(service, instant) for service in account.services]
        rates = [minor_rate(getattr(service, "currency", "USD"), month) for service in account.services]
        closing = sum(rounded(amount * worth) for amount, worth in zip(now, rates, strict=True))
        revalued = sum(rounded(amount * worth) for amount, worth in zip(before, rates, strict=True))
        lives[month] = Month(opening, revalued, closing, _movement(revalued, closing, has_paid=has_paid))
        before, opening, has_paid = now, closing, has_paid or closing > 0
    return lives


def _movement(before: int, now: int, *, has_paid: bool) -> str | None:
    if before == now:
        return None
    if before == 0:
        return "reactivation" if has_paid else "new"
    if now == 0:
        return "churn"
    return "expansion" if now > before else "contraction"


@dataclass(frozen=True)
class Retention:
    """Sums over the accounts that paid twelve months ago."""

    accounts: int
    mrr: int
    retained: int
    kept: int
    logos: int
    retained_strict: int
    logos_strict: int


def retention(lives: list[dict[date, Month]], month: date) -> Retention:
    cohort = [life for life in lives if life[moved(month, -12)].closing > 0]
    past = [life[moved(month, -12)].closing for life in cohort]
    now = [life[month].closing for life in cohort]
    whole = [all(life[moved(month, -back)].closing > 0 for back in range(13)) for life in cohort]
    return Retention(
        accounts=len(cohort),
        mrr=sum(past),
        retained=sum(now),
        kept=sum(min(pair) for pair in zip(past, now, strict=True)),
        logos=sum(amount > 0 for amount in now),
        retained_strict=sum(amount for amount, stayed in zip(now, whole, strict=True) if stayed),
        logos_strict=sum(whole),
    )
