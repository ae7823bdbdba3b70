"""Billing objects as the vendor's API of 2026 writes them; money in minor units, instants in seconds."""

from decimal import Decimal
from typing import Any

from demo.accounts import Account
from demo.billing import Invoice, Line, Subscription, later
from demo.catalog import COUPONS, PRODUCTS, Coupon, Price, price_list
from demo.streams import DAY, HOUR, NEVER

API_VERSION = "2026-10-28.endive"
EMBEDDED = 10  # an embedded list shows its first ten objects

Json = dict[str, Any]


def known(second: int, now: int) -> int | None:
    """The instant, where it has come already."""
    return second if second < now else None


def decimal_text(amount: Decimal) -> str:
    """A decimal as the vendor writes it: no exponent, no trailing zeros."""
    return f"{amount.normalize():f}"


def product_object(epoch: int) -> list[Json]:
    """Every product, oldest first."""
    return [
        {
            "id": f"prod_{sold.key}", "object": "product", "active": True, "created": epoch - 30 * DAY + place,
            "default_price": None, "description": None, "livemode": False, "metadata": {}, "name": sold.name,
            "type": "service", "updated": epoch - 30 * DAY + place,
        }
        for place, sold in enumerate(PRODUCTS)
    ]  # fmt: skip


def price_object(sold: Price, created: int) -> Json:
    """One price; `unit_amount` is null where the price is tiered or fractional."""
    tiered = bool(sold.product.tiers)
    is_whole = sold.unit == sold.unit.to_integral_value()
    recurring = None
    if sold.interval is not None:
        recurring = {
            "interval": sold.interval, "interval_count": 1, "meter": "mtr_cloud" if sold.product.usage == "metered" else None,
            "trial_period_days": None, "usage_type": sold.product.usage,
        }  # fmt: skip
    return {
        "id": sold.price_id, "object": "price", "active": True, "billing_scheme": "tiered" if tiered else "per_unit",
        "created": created, "currency": sold.currency, "custom_unit_amount": None, "livemode": False, "lookup_key": None,
        "metadata": {}, "nickname": None, "product": f"prod_{sold.product.key}", "recurring": recurring,
        "tax_behavior": "exclusive", "tiers_mode": "graduated" if tiered else None, "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": None if tiered or not is_whole else int(sold.unit),
        "unit_amount_decimal": None if tiered else decimal_text(sold.unit),
    }  # fmt: skip


def price_objects(epoch: int) -> list[Json]:
    """The whole price list, oldest first."""
    return [price_object(sold, epoch - 29 * DAY + place) for place, sold in enumerate(price_list())]


def coupon_object(coupon: Coupon, created: int) -> Json:
    """One coupon."""
    return {
        "id": coupon.coupon_id, "object": "coupon", "amount_off": coupon.amount or None, "created": created,
        "currency": coupon.currency, "duration": coupon.duration, "duration_in_months": coupon.months, "livemode": False,
        "max_redemptions": None, "metadata": {}, "name": coupon.coupon_id.title(),
        "percent_off": float(coupon.percent) if coupon.percent else None, "redeem_by": None, "times_redeemed": 0, "valid": True,
    }  # fmt: skip


def coupon_objects(epoch: int) -> list[Json]:
    """Every coupon, oldest first."""
    return [coupon_object(coupon, epoch - 28 * DAY + place) for place, coupon in enumerate(COUPONS)]


def customer_object(account: Account, name: str, customer_id: str, created: int) -> Json:
    """One billing customer; the account's id stands in the metadata of most."""
    return {
        "id": customer_id, "object": "customer", "address": None, "balance": 0, "created": created,
        "currency": account.currency, "default_source": None, "delinquent": False, "description": None, "discount": None,
        "email": f"billing@{account.domain}" if account.billing_link != "manual" else f"ap{account.number}@gmail.com",
        "invoice_prefix": f"NS{account.number:05d}", "livemode": False,
        "metadata": {"account_id": account.account_id} if account.billing_link == "metadata" else {},
        "name": name, "phone": None, "preferred_locales": [], "shipping": None, "tax_exempt": "none", "test_clock": None,
    }  # fmt: skip


def line_object(invoice: Invoice, place: int, line: Line, currency: str, names: tuple[str | None, str]) -> Json:
    """One invoice line; `names` are the subscription's id and the prefix of its items."""
    subscription_id, item_prefix = names
    details: Json = {"proration": line.is_proration, "proration_details": {"credited_items": None}}
    parent: Json
    if subscription_id is None:
        item = {**details, "invoice_item": f"ii_{invoice.invoice_id[3:]}{place}", "subscription": None}
        parent = {"type": "invoice_item_details", "invoice_item_details": item, "subscription_item_details": None}
    elif line.is_proration:
        item = {**details, "invoice_item": f"ii_{invoice.invoice_id[3:]}{place}", "subscription": subscription_id}
        parent = {"type": "invoice_item_details", "invoice_item_details": item, "subscription_item_details": None}
    else:
        item = {
            **details, "invoice_item": None, "subscription": subscription_id, "subscription_item": f"{item_prefix}{line.item}",
        }  # fmt: skip
        parent = {"type": "subscription_item_details", "subscription_item_details": item, "invoice_item_details": None}
    discount_id = f"di_{invoice.invoice_id[3:-3]}"
    return {
        "id": f"il_{invoice.invoice_id[3:]}{place:02d}", "object": "line_item", "amount": line.amount, "currency": currency,
        "description": f"{line.quantity} x {line.price.product.name}",
        "discount_amounts": [{"amount": line.discount, "discount": discount_id}] if line.discount else [],
        "discountable": not line.is_proration, "discounts": [discount_id] if line.discount else [],
        "invoice": invoice.invoice_id, "livemode": False, "metadata": {}, "parent": parent,
        "period": {"start": line.start, "end": line.end}, "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": line.price.price_id, "product": f"prod_{line.price.product.key}"},
            "type": "price_details", "unit_amount_decimal": decimal_text(line.unit),
        },
        "quantity": line.quantity, "quantity_decimal": str(line.quantity), "subtotal": line.amount, "taxes": [],
    }  # fmt: skip


def invoice_status(invoice: Invoice, now: int) -> str:
    """The status of an invoice at an instant."""
    if now <= invoice.finalized:
        return "draft"
    if now > invoice.voided:
        return "void"
    if now > invoice.given_up:
        return "uncollectible"
    return "paid" if now > invoice.paid else "open"


def invoice_object(invoice: Invoice, customer_id: str, currency: str, subscription_id: str | None, now: int) -> Json:
    """One invoice without its lines (the API cuts the embedded list); the identity total = subtotal - discounts holds."""
    status = invoice_status(invoice, now)
    subtotal, discount = invoice.subtotal, invoice.discount
    total = subtotal - discount
    due = max(total, 0)
    paid = due if status == "paid" else 0
    parent = None
    if subscription_id is not None:
        details = {"metadata": {}, "subscription": subscription_id}
        parent = {"quote_details": None, "subscription_details": details, "type": "subscription_details"}
    finalized = known(invoice.finalized, now)
    discount_id = f"di_{invoice.invoice_id[3:-3]}"
    return {
        "id": invoice.invoice_id, "object": "invoice", "account_country": "US", "amount_due": due, "amount_overpaid": 0,
        "amount_paid": paid, "amount_remaining": due - paid, "attempt_count": int(status != "draft"),
        "auto_advance": status in ("draft", "open"), "billing_reason": invoice.reason,
        "collection_method": "send_invoice" if invoice.by_invoice else "charge_automatically", "created": invoice.created,
        "currency": currency, "customer": customer_id, "discounts": [discount_id] if discount else [],
        "due_date": invoice.created + 30 * DAY if invoice.by_invoice else None, "effective_at": finalized,
        "ending_balance": 0 if finalized else None, "livemode": False, "metadata": {},
        "number": None if finalized is None else f"NS{invoice.invoice_id[3:]}", "parent": parent,
        "period_end": invoice.created, "period_start": invoice.created, "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0, "starting_balance": 0, "status": status,
        "status_transitions": {
            "finalized_at": finalized, "marked_uncollectible_at": known(invoice.given_up, now),
            "paid_at": known(invoice.paid, now), "voided_at": known(invoice.voided, now),
        },
        "subtotal": subtotal, "test_clock": None, "total": total,
        "total_discount_amounts": [{"amount": discount, "discount": discount_id}] if discount else [], "total_taxes": [],
    }  # fmt: skip


def item_object(subscription: Subscription, place: int, sold: Price, quantity: int) -> Json:
    """One subscription item with its own current period, as since the API of March 2025."""
    start, end = subscription.period
    body: Json = {
        "id": f"{item_prefix(subscription)}{place}", "object": "subscription_item", "billing_thresholds": None,
        "created": subscription.terms.started_at, "current_period_end": end, "current_period_start": start, "discounts": [],
        "metadata": {}, "price": price_object(sold, subscription.terms.started_at),
        "subscription": subscription.subscription_id, "tax_rates": [],
    }  # fmt: skip
    if sold.product.usage != "metered":
        body["quantity"] = quantity
    return body


def item_prefix(subscription: Subscription) -> str:
    """What the ids of a subscription's items start with."""
    return f"si_{subscription.subscription_id[4:]}"


def subscription_status(subscription: Subscription, now: int) -> str:
    """The status of a subscription at an instant."""
    if now >= subscription.ended:
        return "canceled"
    if subscription.trial_end is not None and now < subscription.trial_end:
        return "trialing"
    return "past_due" if now >= subscription.unpaid_since else "active"


def subscription_object(subscription: Subscription, customer_id: str, now: int) -> Json:
    """One subscription without its items (the API cuts the embedded list)."""
    terms, status = subscription.terms, subscription_status(subscription, now)
    asked = subscription.cancel_requested if subscription.cancel_requested < now else NEVER
    scheduled = asked < NEVER
    over = status == "canceled"
    paused = subscription.paused < now < subscription.pause_until and not over
    resumes_at = subscription.pause_until if subscription.pause_until < NEVER else None
    latest = subscription.invoices[-1].invoice_id if subscription.invoices else None
    return {
        "id": subscription.subscription_id, "object": "subscription", "application": None,
        "billing_cycle_anchor": subscription.trial_end or terms.started_at, "billing_mode": {"type": "flexible"},
        "cancel_at": subscription.ended if scheduled else None, "cancel_at_period_end": scheduled and not over,
        "canceled_at": asked if scheduled else known(subscription.ended, now),
        "cancellation_details": {
            "comment": None, "feedback": subscription.feedback or None if scheduled else None,
            "reason": subscription.reason if scheduled or over else None,
        },
        "collection_method": "send_invoice" if terms.by_invoice else "charge_automatically", "created": terms.started_at,
        "currency": subscription.currency, "customer": customer_id, "days_until_due": 30 if terms.by_invoice else None,
        "default_payment_method": None, "description": None,
        "discounts": [f"di_{subscription.subscription_id[4:]}"] if _discounted_at(subscription, now) else [],
        "ended_at": known(subscription.ended, now), "latest_invoice": latest, "livemode": False, "metadata": {},
        "pause_collection": {"behavior": "void", "resumes_at": resumes_at} if paused else None,
        "pending_update": None, "schedule": None, "start_date": terms.started_at, "status": status, "test_clock": None,
        "trial_end": subscription.trial_end, "trial_start": terms.started_at if terms.has_trial else None,
    }  # fmt: skip


def discount_object(subscription: Subscription, customer_id: str) -> Json:
    """The discount of a subscription, for a request that expands it."""
    terms = subscription.terms
    return {
        "id": f"di_{subscription.subscription_id[4:]}", "object": "discount", "checkout_session": None,
        "customer": customer_id, "end": _discount_end(subscription), "invoice": None, "invoice_item": None,
        "promotion_code": None, "source": {"coupon": terms.coupon, "type": "coupon"}, "start": terms.started_at,
        "subscription": subscription.subscription_id, "subscription_item": None,
    }  # fmt: skip


def _discount_end(subscription: Subscription) -> int | None:
    coupon = next((coupon for coupon in COUPONS if coupon.coupon_id == subscription.terms.coupon), None)
    if coupon is None or coupon.duration == "forever":
        return None
    if coupon.duration == "once":
        return subscription.terms.started_at + HOUR
    return later(subscription.terms.started_at, "month", coupon.months or 0)


def _discounted_at(subscription: Subscription, now: int) -> bool:
    end = _discount_end(subscription)
    return subscription.terms.coupon is not None and (end is None or now < end)
