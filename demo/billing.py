"""From terms to invoices: periods, prorations, discounts, trials, pauses, failed payments, as the billing vendor runs them."""

import calendar
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from demo.catalog import COUPON, Coupon, Price, price, whole
from demo.contract_terms import Change, Holding, Terms
from demo.streams import DAY, HOUR, NEVER

VOLUNTARY = "cancellation_requested"
INVOLUNTARY = "payment_failed"
UNPAID_DAYS = 40  # an unpaid subscription is given up after this long


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line; `amount` in minor units before the discounts of the line."""

    item: int | None
    price: Price
    quantity: int
    unit: Decimal
    amount: int
    start: int
    end: int
    is_proration: bool = False
    discount: int = 0


@dataclass(slots=True)
class Invoice:
    """One invoice with all its lines and the instants at which its state changes (NEVER: not in this world)."""

    invoice_id: str
    terms_key: str | None
    created: int
    reason: str
    lines: list[Line]
    coupon: Coupon | None = None
    by_invoice: bool = False
    paid: int = NEVER
    voided: int = NEVER
    given_up: int = NEVER
    period: tuple[int, int] = (0, 0)

    @property
    def subtotal(self) -> int:
        """The sum of the lines before discounts."""
        return sum(line.amount for line in self.lines)

    @property
    def discount(self) -> int:
        """The sum of the lines' discounts."""
        return sum(line.discount for line in self.lines)

    @property
    def finalized(self) -> int:
        """Drafts are finalized an hour after they are created; the others at once."""
        return self.created + (HOUR if self.reason == "subscription_cycle" else 0)


@dataclass(slots=True)
class Subscription:
    """One subscription as it stands at the end of its run: today's items, and the instants of its states."""

    terms: Terms
    subscription_id: str
    currency: str
    items: list[Holding]
    trial_end: int | None = None
    period: tuple[int, int] = (0, 0)
    cancel_requested: int = NEVER
    ended: int = NEVER
    paused: int = NEVER
    pause_until: int = NEVER
    unpaid_since: int = NEVER
    reason: str = ""
    feedback: str = ""
    invoices: list[Invoice] = field(default_factory=list)
    latest_at: int = 0


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / (1 << 48)


def later(second: int, interval: str, count: int) -> int:
    """The instant `count` intervals after `second`; month ends are clamped, the hour stays."""
    if interval == "week":
        return second + 7 * count * DAY
    moment = datetime.fromtimestamp(second, tz=UTC)
    months = moment.year * 12 + moment.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def run(number: int, currency: str, terms: Terms, now: int, seed: int) -> Subscription | None:
    """Bill one subscription from its start to `now`; None where it starts later."""
    if terms.started_at >= now:
        return None
    name = f"{number:05d}{terms.key}"
    items = [Holding(item.product, item.quantity) for item in terms.items]
    subscription = Subscription(terms, f"sub_{name}", currency, items)
    runner = _Runner(subscription, name, now, seed)
    anchor = terms.started_at
    if terms.has_trial:
        subscription.trial_end = later(anchor, "month", 1)
        runner.trial()
        anchor = subscription.trial_end
    waiting = iter([*terms.changes, Change(NEVER, "cancel")])
    change, end = next(waiting), anchor
    for count in range(1, 10_000):
        start, end = end, later(anchor, terms.interval, count)
        if start >= min(now, subscription.ended):
            break
        subscription.period = (start, end)
        runner.cycle(start, end)
        while change.at < min(end, now, subscription.ended):
            runner.apply(change, start, end)
            change = next(waiting)
    if subscription.trial_end is not None and now <= subscription.trial_end:
        subscription.period = (terms.started_at, subscription.trial_end)
    return subscription


@dataclass
class _Runner:
    """The state that moves along while one subscription is billed."""

    subscription: Subscription
    name: str
    now: int
    seed: int
    pending: list[Line] = field(default_factory=list)
    used_from: int = 0
    pays_late: bool = False

    def trial(self) -> None:
        terms, trial_end = self.subscription.terms, self.subscription.trial_end or 0
        lines = [
            Line(place, self._price(item), item.quantity, Decimal(0), 0, terms.started_at, trial_end)
            for place, item in enumerate(self.subscription.items)
        ]
        self._issue(terms.started_at, "subscription_create", lines, (terms.started_at, trial_end))

    def cycle(self, start: int, end: int) -> None:
        first = not self.subscription.invoices
        lines: list[Line] = []
        for place, item in enumerate(self.subscription.items):
            sold = self._price(item)
            if sold.product.usage == "metered":
                if self.used_from:
                    used = 2_000 + int(30_000 * chance(self.seed, self.name, start))
                    amount = whole(sold.unit * used)
                    lines.append(Line(place, sold, used, sold.unit, amount, self.used_from, start))
                continue
            for quantity, unit, amount in sold.charges(item.quantity):
                lines.append(Line(place, sold, quantity, unit, amount, start, end))
        self.used_from = start
        coupon = self._coupon(start)
        lines = self._discounted(lines, coupon)
        lines.extend(self.pending)
        self.pending = []
        self._issue(start, "subscription_create" if first else "subscription_cycle", lines, (start, end), coupon)

    def apply(self, change: Change, start: int, end: int) -> None:
        subscription = self.subscription
        match change.kind:
            case "quantity" | "plan":
                self._reprice(change, start, end)
            case "cancel":
                subscription.cancel_requested, subscription.ended = change.at, end
                subscription.reason, subscription.feedback = VOLUNTARY, change.reason
            case "fail":
                subscription.unpaid_since = end
                subscription.reason = INVOLUNTARY
                subscription.ended = end + UNPAID_DAYS * DAY
            case "pause":
                subscription.paused, subscription.pause_until = change.at, change.value
            case _:
                self.pays_late = True

    def _reprice(self, change: Change, start: int, end: int) -> None:
        """Credit the unused time of the old terms and charge the rest of the period under the new ones."""
        share = self._share_paid(start)
        item = self.subscription.items[change.item]
        old_price, old_quantity = self._price(item), item.quantity
        if change.kind == "plan":
            item.product = change.product
        else:
            item.quantity = change.value
        new_price = self._price(item)
        if change.from_next:
            return
        left = Decimal(end - change.at) / Decimal(end - start)
        credit = -whole(old_price.amount(old_quantity) * left * share)
        debit = whole(new_price.amount(item.quantity) * left * share)
        lines = [
            Line(change.item, old_price, old_quantity, old_price.unit, credit, change.at, end, is_proration=True),
            Line(change.item, new_price, item.quantity, new_price.unit, debit, change.at, end, is_proration=True),
        ]
        if debit + credit > 0:
            self._issue(change.at, "subscription_update", lines, (change.at, change.at))
        else:
            self.pending.extend(lines)

    def _price(self, item: Holding) -> Price:
        metered = item.product == "cloud_usage"
        return price(item.product, self.subscription.currency, "month" if metered else self.subscription.terms.interval)

    def _coupon(self, start: int) -> Coupon | None:
        key = self.subscription.terms.coupon
        if key is None:
            return None
        coupon = COUPON[key]
        age = start - (self.subscription.trial_end or self.subscription.terms.started_at)
        months = {"once": 1, "repeating": coupon.months or 0}.get(coupon.duration)
        return None if months is not None and age >= months * 30.4 * DAY - DAY else coupon

    def _share_paid(self, start: int) -> Decimal:
        """The part of the list price that is left after the coupon: prorations are made of discounted amounts."""
        coupon = self._coupon(start)
        if coupon is None:
            return Decimal(1)
        if coupon.percent:
            return Decimal(100 - coupon.percent) / 100
        sold = [(self._price(item), item.quantity) for item in self.subscription.items]
        gross = sum(one.amount(quantity) for one, quantity in sold if one.product.usage == "licensed")
        return 1 - Decimal(min(coupon.amount, gross)) / gross if gross else Decimal(1)

    def _discounted(self, lines: list[Line], coupon: Coupon | None) -> list[Line]:
        """Spread the coupon over the licensed lines; the parts sum to the whole discount exactly. Usage is never discounted."""
        licensed = [line.amount if line.price.product.usage == "licensed" else 0 for line in lines]
        gross = sum(licensed)
        if coupon is None or gross <= 0:
            return lines
        off = whole(Decimal(gross * coupon.percent) / 100) if coupon.percent else min(coupon.amount, gross)
        spread, given, upto = [], 0, 0
        for line, amount in zip(lines, licensed, strict=True):
            upto += amount
            part = off * upto // gross - given
            given += part
            spread.append(replace(line, discount=part))
        return spread

    def _issue(
        self, at: int, reason: str, lines: list[Line], period: tuple[int, int], coupon: Coupon | None = None
    ) -> None:
        subscription = self.subscription
        count = len(subscription.invoices)
        by_invoice = subscription.terms.by_invoice
        invoice = Invoice(f"in_{self.name}{count:03d}", subscription.terms.key, at, reason, lines, coupon, by_invoice)
        invoice.period = period
        wait = 2 * HOUR if not by_invoice else int((5 + 24 * chance(self.seed, invoice.invoice_id)) * DAY)
        if self.pays_late:
            wait, self.pays_late = 6 * DAY, False
        if subscription.paused <= at < subscription.pause_until:
            invoice.voided = at + HOUR
        elif at >= subscription.unpaid_since:
            invoice.given_up = subscription.ended
        else:
            invoice.paid = invoice.finalized + wait
        subscription.invoices.append(invoice)
        subscription.latest_at = at


def one_off(number: int, count: int, currency: str, product: str, at: int) -> Invoice:
    """The invoice of one piece of project work or onboarding, paid three weeks later."""
    sold = price(product, currency, None)
    amount = whole(sold.unit)
    lines = [Line(None, sold, 1, sold.unit, amount, at, at)]
    name = f"in_{number:05d}P{count:03d}"
    return Invoice(name, None, at, "manual", lines, by_invoice=True, paid=at + 21 * DAY, period=(at, at))
