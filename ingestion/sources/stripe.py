"""Stripe: customers, catalogue, subscriptions with all items, invoices with all lines, credit notes, refunds, events.

Nothing can be listed by change. So customers, products, prices, coupons and subscriptions (status=all: cancelled ones
too) are full listings; absence from a newer one is a deletion. Invoices, credit notes and refunds are read by creation
from three days before the last sweep, and beside them those that are still open and those that an event names: an
event's payload has the shape of its day, so it is a change list and the object is read again. Events are kept 30 days:
after a gap of more than 28 days everything is listed anew.
Embedded lists (items, lines) hold a first page: where they say there is more, the rest is read.
Limits: 25 requests a second per endpoint, taken here for all endpoints together. The version of the API is pinned; both
shapes of an invoice are read, for the pin does not change invoices of before. Money is integer minor units; amounts per
unit are text. Left out on purpose: addresses, phone numbers, descriptions, payment methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from ingestion.client.http import Params
from ingestion.client.pagination import id_list
from ingestion.client.probing import asking
from ingestion.contract import Client, Page, Rate, Record, RequestRefused, Source, Stream, Sweep
from ingestion.sources import stripe_tables as tables

API_VERSION = "2026-10-28.endive"
CLOSE_SECONDS = 60
OVERLAP_SECONDS = 3600
LEDGER_OVERLAP_SECONDS = 3 * 86_400
EVENTS_ARE_KEPT = timedelta(days=28)
ONE = {"limit": 1}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Objects that are listed by creation; `prefix` of their events; `unsettled` asks for those that may still change."""

    path: str
    prefix: str
    unsettled: tuple[Params, ...] = ()


INVOICES = Ledger("/v1/invoices", "invoice.", ({"status": "draft"}, {"status": "open"}))
CREDIT_NOTES = Ledger("/v1/credit_notes", "credit_note.")
REFUNDS = Ledger("/v1/refunds", "refund.")


class EmbeddedList(msgspec.Struct):
    """A first page inside an object. One that does not say whether more follows is broken, not whole."""

    has_more: bool
    data: list[msgspec.Raw]


class Subscription(msgspec.Struct):
    id: str
    current_period_start: int | None = None
    current_period_end: int | None = None
    items: EmbeddedList | None = None


class Item(msgspec.Struct):
    current_period_start: int | None = None
    current_period_end: int | None = None


class Transitions(msgspec.Struct):
    finalized_at: int | None = None
    marked_uncollectible_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None


class Document(msgspec.Struct):
    """An invoice or a credit note."""

    id: str
    created: int = 0
    voided_at: int | None = None
    status_transitions: Transitions | None = None
    lines: EmbeddedList | None = None

    @property
    def updated(self) -> int:
        turns = self.status_transitions or Transitions()
        times = (turns.finalized_at, turns.marked_uncollectible_at, turns.paid_at, turns.voided_at, self.voided_at)
        return max(self.created, *(time or 0 for time in times))


class Identified(msgspec.Struct):
    id: str


class Discount(msgspec.Struct):
    amount: int = 0


class Tax(msgspec.Struct):
    """`inclusive` until 2025-03-31, `tax_behavior` since."""

    amount: int = 0
    inclusive: bool = False
    tax_behavior: str | None = None


class Line(msgspec.Struct):
    """A line of an invoice or a credit note."""

    discount_amounts: list[Discount] | None = None
    tax_amounts: list[Tax] | None = None
    taxes: list[Tax] | None = None

    @property
    def inclusive_tax(self) -> int:
        """Tax inside the line's amount, signed as the line is; the two shapes say the same, so only one is read."""
        told = self.taxes or self.tax_amounts or []
        return sum(tax.amount for tax in told if tax.inclusive or tax.tax_behavior == "inclusive")

    @property
    def discount(self) -> int:
        return sum(discount.amount for discount in self.discount_amounts or [])


class ChangedObject(msgspec.Struct):
    id: str | None = None
    created: int = 0


class EventData(msgspec.Struct):
    object: ChangedObject


class Event(msgspec.Struct):
    id: str
    type: str
    created: int
    data: EventData


def authorize(credentials: Mapping[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {credentials['STRIPE_API_KEY']}", "stripe-version": API_VERSION}


def listing(client: Client, path: str, table: str, params: Params) -> Iterator[Page]:
    for raws in id_list(client, path, params):
        yield Page({table: [Record(bytes(raw)) for raw in raws]})


def customers(client: Client, _sweep: Sweep) -> Iterator[Page]:
    return listing(client, "/v1/customers", "customers", {})


def products(client: Client, _sweep: Sweep) -> Iterator[Page]:
    return listing(client, "/v1/products", "products", {})


def prices(client: Client, _sweep: Sweep) -> Iterator[Page]:
    return listing(client, "/v1/prices", "prices", {"expand[]": ["data.tiers"]})


def coupons(client: Client, _sweep: Sweep) -> Iterator[Page]:
    return listing(client, "/v1/coupons", "coupons", {})


def subscriptions(client: Client, _sweep: Sweep) -> Iterator[Page]:
    for raws in id_list(
        client, "/v1/subscriptions", {"status": "all", "expand[]": ["data.discounts", "data.items.data.discounts"]}
    ):
        items = [item for raw in raws for item in _items(client, msgspec.json.decode(raw, type=Subscription))]
        yield Page({"subscriptions": [Record(bytes(raw)) for raw in raws], "subscription_items": items})


def _items(client: Client, subscription: Subscription) -> Iterator[Record]:
    params = {"subscription": subscription.id, "expand[]": ["data.discounts"]}
    for raw in whole(client, subscription.items, "/v1/subscription_items", params):
        item = msgspec.json.decode(raw, type=Item)
        start = item.current_period_start or subscription.current_period_start
        end = item.current_period_end or subscription.current_period_end
        parent = {"subscription_id": subscription.id, "current_period_start_at": start, "current_period_end_at": end}
        yield Record(bytes(raw), parent)


def whole(client: Client, embedded: EmbeddedList | None, path: str, params: Params) -> Iterator[msgspec.Raw]:
    """An embedded list to its end: its first page, and what it says there is more."""
    first = embedded or EmbeddedList(has_more=True, data=[])
    yield from first.data
    if first.has_more:
        after = msgspec.json.decode(first.data[-1], type=Identified).id if first.data else ""
        for raws in id_list(client, path, params, after=after):
            yield from raws


def invoices(client: Client, sweep: Sweep) -> Iterator[Page]:
    for raws in _ledger(client, sweep, INVOICES):
        documents = [msgspec.json.decode(raw, type=Document) for raw in raws]
        lines = []
        for invoice in documents:
            parent = {"invoice_created_at": invoice.created, "invoice_updated_at": invoice.updated}
            for raw in whole(client, invoice.lines, f"/v1/invoices/{invoice.id}/lines", {}):
                line = msgspec.json.decode(raw, type=Line)
                sums = {"discount_amounts_minor": line.discount, "inclusive_tax_minor": line.inclusive_tax}
                lines.append(Record(bytes(raw), {**parent, "invoice_id": invoice.id, **sums}))
        yield Page({"invoices": _dated(raws, documents), "invoice_lines": lines})
    for event in _changes(client, sweep, INVOICES.prefix):
        if event.type == "invoice.deleted" and event.data.object.id:
            gone = {"id": event.data.object.id, "created": event.data.object.created, "deleted": True}
            yield Page({"invoices": [Record(msgspec.json.encode(gone), {"updated_at": event.created})]})


def credit_notes(client: Client, sweep: Sweep) -> Iterator[Page]:
    for raws in _ledger(client, sweep, CREDIT_NOTES):
        documents = [msgspec.json.decode(raw, type=Document) for raw in raws]
        lines = []
        for note in documents:
            parent = {
                "credit_note_id": note.id,
                "credit_note_created_at": note.created,
                "credit_note_updated_at": note.updated,
            }
            found = whole(client, note.lines, f"/v1/credit_notes/{note.id}/lines", {})
            for raw in found:
                tax = msgspec.json.decode(raw, type=Line).inclusive_tax
                lines.append(Record(bytes(raw), {**parent, "inclusive_tax_minor": tax}))
        yield Page({"credit_notes": _dated(raws, documents), "credit_note_lines": lines})


def refunds(client: Client, sweep: Sweep) -> Iterator[Page]:
    for raws in _ledger(client, sweep, REFUNDS):
        yield Page({"refunds": [Record(bytes(raw)) for raw in raws]})


def events(client: Client, sweep: Sweep) -> Iterator[Page]:
    created = {"created[gte]": sweep.window.since_epoch, "created[lt]": sweep.window.until_epoch}
    return listing(client, "/v1/events", "events", created)


def _dated(raws: list[msgspec.Raw], documents: list[Document]) -> list[Record]:
    pairs = zip(raws, documents, strict=True)
    return [Record(bytes(raw), {"updated_at": document.updated}) for raw, document in pairs]


def _ledger(client: Client, sweep: Sweep, ledger: Ledger) -> Iterator[list[msgspec.Raw]]:
    """Everything created in the window, what is still unsettled, and what an event names; each object once."""
    seen: set[str] = set()
    # Windows are asked for by time alone: a cursor from another window answers with an empty page.
    asked: list[Params] = [{"created[gte]": sweep.window.since_epoch}]
    if not needs_all(sweep):
        asked += ledger.unsettled
    for params in asked:
        for raws in id_list(client, ledger.path, params):
            named = [(msgspec.json.decode(raw, type=Identified).id, raw) for raw in raws]
            yield [raw for name, raw in named if name not in seen]
            seen.update(name for name, _ in named)
    for event in _changes(client, sweep, ledger.prefix):
        name = event.data.object.id
        if name and name not in seen and event.type != f"{ledger.prefix}deleted":
            seen.add(name)
            try:
                yield [client.get(f"{ledger.path}/{name}", {}, msgspec.Raw)]
            except RequestRefused as error:
                # An upcoming invoice has an id and no object; a draft may be deleted since.
                if error.status != 404:
                    raise


def needs_all(sweep: Sweep) -> bool:
    """Events no longer tell everything since the last sweep."""
    return sweep.last_swept_at is None or sweep.window.until - sweep.last_swept_at > EVENTS_ARE_KEPT


def _changes(client: Client, sweep: Sweep, prefix: str) -> Iterator[Event]:
    if needs_all(sweep) or sweep.last_swept_at is None:
        return
    since = int(sweep.last_swept_at.timestamp()) - CLOSE_SECONDS - OVERLAP_SECONDS
    params = {"type": f"{prefix}*", "created[gte]": since, "created[lt]": sweep.window.until_epoch}
    for raws in id_list(client, "/v1/events", params):
        for raw in raws:
            event = msgspec.json.decode(raw, type=Event)
            if event.type.startswith(prefix):
                yield event


SOURCE = Source(
    "stripe",
    "Stripe",
    "billing",
    (
        Stream(customers, (tables.CUSTOMERS,), probe=asking("/v1/customers", ONE)),
        Stream(products, (tables.PRODUCTS,), probe=asking("/v1/products", ONE)),
        Stream(prices, (tables.PRICES,), probe=asking("/v1/prices", ONE)),
        Stream(coupons, (tables.COUPONS,), probe=asking("/v1/coupons", ONE)),
        Stream(
            subscriptions,
            (tables.SUBSCRIPTIONS, tables.SUBSCRIPTION_ITEMS),
            probe=asking("/v1/subscriptions", ONE),
        ),
        Stream(
            invoices,
            (tables.INVOICES, tables.INVOICE_LINES),
            CLOSE_SECONDS,
            LEDGER_OVERLAP_SECONDS,
            relist_after=EVENTS_ARE_KEPT,
            probe=asking("/v1/invoices", ONE),
        ),
        Stream(
            credit_notes,
            (tables.CREDIT_NOTES, tables.CREDIT_NOTE_LINES),
            CLOSE_SECONDS,
            LEDGER_OVERLAP_SECONDS,
            relist_after=EVENTS_ARE_KEPT,
            probe=asking("/v1/credit_notes", ONE),
        ),
        Stream(
            refunds,
            (tables.REFUNDS,),
            CLOSE_SECONDS,
            LEDGER_OVERLAP_SECONDS,
            relist_after=EVENTS_ARE_KEPT,
            probe=asking("/v1/refunds", ONE),
        ),
        Stream(events, (tables.EVENTS,), CLOSE_SECONDS, OVERLAP_SECONDS, probe=asking("/v1/events", ONE)),
    ),
    base_url_setting="STRIPE_BASE_URL",
    default_base_url="https://api.stripe.com",
    credentials=(("STRIPE_API_KEY",),),
    api_version=API_VERSION,
    authorize=authorize,
    rates={"/v1/": Rate(25, 1)},
)
