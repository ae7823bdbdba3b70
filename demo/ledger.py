"""The billing vendor's shelves: every object encoded once, newest first, with its embedded lists beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from demo.accounts import Account
from demo.billing import Invoice, Subscription, chance, one_off
from demo.catalog import PRODUCT, converted, price
from demo.streams import DAY, NEVER
from demo.stripe_objects import (
    Json,
    coupon_objects,
    customer_object,
    decimal_text,
    discount_object,
    invoice_object,
    invoice_status,
    item_object,
    item_prefix,
    line_object,
    price_objects,
    product_object,
    subscription_object,
    subscription_status,
)

EVENT_DAYS = 30  # the vendor keeps its change list this long
encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: its own JSON, and the lists and expansions that requests may embed in it."""

    object_id: str
    created: int
    body: bytes
    lists: dict[str, list[bytes]] = field(default_factory=dict)
    expansions: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


class Shelf:
    """All objects of one kind, newest first."""

    def __init__(self, objects: Iterable[Stored]) -> None:
        self.newest = sorted(objects, key=lambda stored: (-stored.created, stored.object_id))
        self.place = {stored.object_id: place for place, stored in enumerate(self.newest)}

    def get(self, object_id: str) -> Stored | None:
        """The object with this id."""
        place = self.place.get(object_id)
        return None if place is None else self.newest[place]


@dataclass(frozen=True)
class Billed:
    """One account as the billing vendor sees it."""

    account: Account
    subscriptions: list[Subscription]
    project_invoices: list[Invoice]


def customer_of(account: Account, terms_key: str | None) -> str:
    """The customer that pays a subscription; some large accounts have a second one for security."""
    second = terms_key == "B" and account.segment == "enterprise" and account.number % 3 == 0
    return account.customer_id if not second else f"{account.customer_id[:-1]}B"


def billing_name(account: Account) -> str:
    """The name on the invoices; the account of the name conflict has another one there."""
    is_conflict = account.role is not None and account.role.kind == "name_conflict"
    return f"{account.name} Holdings Ltd" if is_conflict else account.name


def project_invoices(account: Account, seed: int, finished: list[tuple[int, str]], now: int) -> list[Invoice]:
    """The one-time invoices of completed project work."""
    if account.route != "stripe":
        return []
    invoices = []
    for count, (at, kind) in enumerate(finished):
        product = "onboarding" if kind == "onboarding" else "project"
        if at + DAY < now and chance(seed, "bill", account.number, count) < 0.9:
            invoices.append(one_off(account.number, count, account.currency, product, at + DAY))
    return invoices


class Ledger:
    """The billing vendor's world at an instant."""

    def __init__(self, seed: int, epoch: int, now: int, billed: list[Billed]) -> None:
        self.seed, self.now = seed, now
        self.billed = billed
        self.shelves: dict[str, Shelf] = {
            "products": Shelf(_plain(product_object(epoch))),
            "prices": Shelf(_priced(price_objects(epoch))),
            "coupons": Shelf(_plain(coupon_objects(epoch))),
            "customers": Shelf(self._customers()),
            "subscriptions": Shelf(self._subscriptions()),
            "invoices": Shelf(self._invoices()),
        }
        self.shelves["credit_notes"] = Shelf(self._credit_notes())
        self.shelves["refunds"] = Shelf(self._refunds())
        self.shelves["events"] = Shelf(self._events())

    def _customers(self) -> Iterable[Stored]:
        for billed in self.billed:
            account = billed.account
            created = account.start_at - 2 * DAY
            for customer_id in sorted({customer_of(account, s.terms.key) for s in billed.subscriptions}):
                if account.billing_link == "manual" and _gone_since(billed) + 120 * DAY < self.now:
                    continue  # really deleted: the listing no longer has it
                body = customer_object(account, billing_name(account), customer_id, created)
                yield Stored(customer_id, created, encode(body))

    def deleted_customer(self, customer_id: str) -> bool:
        """Whether this customer once existed."""
        return customer_id[:4] == "cus_" and any(
            customer_of(b.account, s.terms.key) == customer_id for b in self.billed for s in b.subscriptions
        )

    def _subscriptions(self) -> Iterable[Stored]:
        for billed in self.billed:
            for subscription in billed.subscriptions:
                customer_id = customer_of(billed.account, subscription.terms.key)
                items = [
                    encode(
                        item_object(
                            subscription, place, price(item.product, subscription.currency, interval), item.quantity
                        )
                    )
                    for place, item in enumerate(subscription.items)
                    for interval in ["month" if item.product == "cloud_usage" else subscription.terms.interval]
                ]
                body = subscription_object(subscription, customer_id, self.now)
                expanded = encode([discount_object(subscription, customer_id)] if body["discounts"] else [])
                keys = {"status": body["status"], "customer": customer_id}
                yield Stored(
                    subscription.subscription_id,
                    body["created"],
                    encode(body),
                    {"items": items},
                    {"discounts": expanded},
                    keys,
                )

    def _invoices(self) -> Iterable[Stored]:
        for billed in self.billed:
            account = billed.account
            for subscription in billed.subscriptions:
                customer_id = customer_of(account, subscription.terms.key)
                names = (subscription.subscription_id, item_prefix(subscription))
                for invoice in subscription.invoices:
                    yield self._invoice(invoice, account, customer_id, names)
            for invoice in billed.project_invoices:
                yield self._invoice(invoice, account, account.customer_id, (None, ""))

    def _invoice(self, invoice: Invoice, account: Account, customer_id: str, names: tuple[str | None, str]) -> Stored:
        body = invoice_object(invoice, customer_id, account.currency, names[0], self.now)
        lines = [
            encode(line_object(invoice, place, line, account.currency, names))
            for place, line in enumerate(invoice.lines)
        ]
        keys = {"status": body["status"], "customer": customer_id, "subscription": names[0] or ""}
        return Stored(invoice.invoice_id, invoice.created, encode(body), {"lines": lines}, {}, keys)

    def paid_invoices(self) -> Iterable[tuple[Billed, Invoice]]:
        """Every invoice that was paid with more than nothing."""
        for billed in self.billed:
            for invoice in [i for s in billed.subscriptions for i in s.invoices] + billed.project_invoices:
                if invoice_status(invoice, self.now) == "paid" and invoice.subtotal > invoice.discount:
                    yield billed, invoice

    def _credited(self) -> Iterable[tuple[Billed, Invoice, int, int, bool]]:
        """(account, invoice, amount, instant, refunded) of every credit that was given."""
        for billed, invoice in self.paid_invoices():
            luck = chance(self.seed, "credit", invoice.invoice_id)
            at = invoice.paid + int((3 + luck * 500) * DAY)
            if luck < 0.012 and at < self.now:
                amount = max(1, (invoice.subtotal - invoice.discount) // (2 if luck < 0.006 else 5))
                yield billed, invoice, amount, at, luck < 0.006

    def _credit_notes(self) -> Iterable[Stored]:
        for billed, invoice, amount, at, refunded in self._credited():
            name = invoice.invoice_id[3:]
            line = {
                "id": f"cnli_{name}", "object": "credit_note_line_item", "amount": amount, "description": "Service credit",
                "discount_amount": 0, "discount_amounts": [], "invoice_line_item": f"il_{name}00", "livemode": False,
                "quantity": 1, "type": "invoice_line_item", "unit_amount": amount, "unit_amount_decimal": str(amount),
            }  # fmt: skip
            body = {
                "id": f"cn_{name}", "object": "credit_note", "amount": amount, "amount_shipping": 0, "created": at,
                "currency": billed.account.currency, "customer": customer_of(billed.account, invoice.terms_key),
                "discount_amount": 0, "discount_amounts": [], "effective_at": at, "invoice": invoice.invoice_id,
                "livemode": False, "memo": None, "metadata": {}, "number": f"NS{name}-CN-01", "out_of_band_amount": None,
                "post_payment_amount": amount, "pre_payment_amount": 0, "reason": "order_change",
                "refunds": [{"amount_refunded": amount, "refund": f"re_{name}"}] if refunded else [], "status": "issued",
                "subtotal": amount, "total": amount, "total_taxes": [], "type": "post_payment", "voided_at": None,
            }  # fmt: skip
            yield Stored(f"cn_{name}", at, encode(body), {"lines": [encode(line)]}, {}, {"invoice": invoice.invoice_id})

    def _refunds(self) -> Iterable[Stored]:
        for billed, invoice, amount, at, refunded in self._credited():
            if refunded:
                name = invoice.invoice_id[3:]
                body = {
                    "id": f"re_{name}", "object": "refund", "amount": amount, "charge": f"ch_{name}", "created": at + 60,
                    "currency": billed.account.currency, "metadata": {}, "payment_intent": f"pi_{name}",
                    "reason": "requested_by_customer", "receipt_number": None, "status": "succeeded",
                }  # fmt: skip
                yield Stored(f"re_{name}", at + 60, encode(body), {}, {}, {"charge": f"ch_{name}"})

    def _events(self) -> Iterable[Stored]:
        """The change list of the last 30 days; a payload is a sketch in the account's version at that time."""
        for event_type, at, payload in self._changes():
            if self.now - EVENT_DAYS * DAY <= at < self.now:
                name = f"evt_{payload['id'].replace('_', '')}{event_type.replace('.', '')}{at}"
                body = {
                    "id": name, "object": "event", "account": None, "api_version": "2024-06-20", "created": at,
                    "data": {"object": payload}, "livemode": False, "pending_webhooks": 0,
                    "request": {"id": None, "idempotency_key": None}, "type": event_type,
                }  # fmt: skip
                yield Stored(name, at, encode(body), {}, {}, {"type": event_type})

    def _changes(self) -> Iterable[tuple[str, int, Json]]:
        for billed in self.billed:
            for subscription in billed.subscriptions:
                sketch = {
                    "id": subscription.subscription_id, "object": "subscription", "customer": billed.account.customer_id,
                    "status": subscription_status(subscription, self.now),
                }  # fmt: skip
                yield "customer.subscription.created", subscription.terms.started_at, sketch
                changed = [change.at for change in subscription.terms.changes if change.at < subscription.ended]
                starts = [invoice.created for invoice in subscription.invoices[1:]]
                for at in sorted({*changed, *starts, subscription.unpaid_since}):
                    yield "customer.subscription.updated", at, sketch
                yield "customer.subscription.deleted", subscription.ended, sketch
            for invoice in [i for s in billed.subscriptions for i in s.invoices] + billed.project_invoices:
                sketch = {"id": invoice.invoice_id, "object": "invoice", "customer": billed.account.customer_id}
                yield "invoice.created", invoice.created, sketch
                yield "invoice.finalized", invoice.finalized, sketch
                yield "invoice.paid", invoice.paid, sketch
                yield "invoice.voided", invoice.voided, sketch
                if invoice.given_up < NEVER:
                    yield "invoice.payment_failed", invoice.finalized + 60, sketch
                    yield "invoice.marked_uncollectible", invoice.given_up, sketch


def _gone_since(billed: Billed) -> int:
    return max((subscription.ended for subscription in billed.subscriptions), default=NEVER)


def _plain(objects: list[Json]) -> list[Stored]:
    return [Stored(body["id"], body["created"], encode(body)) for body in objects]


def _priced(objects: list[Json]) -> list[Stored]:
    stored = []
    for body in objects:
        tiers: list[dict[str, Any]] = [
            {"flat_amount": None, "flat_amount_decimal": None, "up_to": upto,
             "unit_amount": int(unit), "unit_amount_decimal": decimal_text(unit)}
            for upto, unlisted in PRODUCT[body["product"].removeprefix("prod_")].tiers
            for unit in [converted(unlisted, body["currency"], (body["recurring"] or {}).get("interval"))]
        ]  # fmt: skip
        keys = {"product": body["product"], "type": body["type"]}
        stored.append(
            Stored(body["id"], body["created"], encode(body), {}, {"tiers": encode(tiers)} if tiers else {}, keys)
        )
    return stored
