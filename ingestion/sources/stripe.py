"""stripe"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingestion.contract import Page, Source, Stream, Sweep
from ingestion.sources import stripe_tables as tables

if TYPE_CHECKING:
    from ingestion.http import Client


def pages(client: Client, sweep: Sweep) -> Iterator[Page]:
    raise NotImplementedError


SOURCE = Source(
    "stripe", "Stripe", "billing",
    (
        Stream(pages, (tables.CUSTOMERS,)),
        Stream(pages, (tables.PRODUCTS,)),
        Stream(pages, (tables.PRICES,)),
        Stream(pages, (tables.COUPONS,)),
        Stream(pages, (tables.SUBSCRIPTIONS, tables.SUBSCRIPTION_ITEMS,)),
        Stream(pages, (tables.INVOICES, tables.INVOICE_LINES,)),
        Stream(pages, (tables.CREDIT_NOTES, tables.CREDIT_NOTE_LINES,)),
        Stream(pages, (tables.REFUNDS,)),
        Stream(pages, (tables.EVENTS,)),
    ),
    base_url_setting="STRIPE_BASE_URL",
    credentials=(("STRIPE_API_KEY",),),
)
