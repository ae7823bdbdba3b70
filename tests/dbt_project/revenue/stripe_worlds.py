"""Worlds beyond the cases in files, put together from the vendor's objects: one customer each, billed from the 10th at noon.

Amounts are the vendor's integers. Unless a world says otherwise, it is looked at on 28 November 2026 at 22:00.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.dbt_project.revenue.served_stripe import Object, World

TODAY = "2026-11-28"


def at(text: str) -> int:
    """Epoch seconds of a UTC day, by default its noon."""
    return int(datetime.fromisoformat(text if "T" in text else f"{text}T12:00").replace(tzinfo=UTC).timestamp())


def price(
    amount: int | None = 5000, interval: str = "month", count: int = 1, name: str = "price", **more: Any
) -> Object:
    recurring = {"interval": interval, "interval_count": count, "usage_type": more.pop("usage_type", "licensed")}
    return {
        "id": name, "object": "price", "product": f"prod_{name}", "currency": "usd", "unit_amount": amount, "type": "recurring",
        "unit_amount_decimal": None if amount is None else str(amount), "billing_scheme": "per_unit", "recurring": recurring,
        "tax_behavior": "unspecified", "active": True, "created": at("2023-01-01"),
    } | more  # fmt: skip


def item(of: Object, quantity: int | None = 1, name: str = "si", **more: Any) -> Object:
    embedded = {key: value for key, value in of.items() if key != "tiers"}
    return {
        "id": name,
        "object": "subscription_item",
        "price": embedded,
        "quantity": quantity,
        "created": at("2024-01-01"),
    } | more


def subscription(items: Iterable[Object], start: str = "2026-06-10", name: str = "sub", **more: Any) -> Object:
    return {
        "id": name, "object": "subscription", "customer": "cus", "status": "active", "currency": "usd", "created": at(start),
        "start_date": at(start), "items": {"object": "list", "has_more": False, "data": list(items)}, "discounts": [],
    } | more  # fmt: skip


def line(of: Object, amount: int, start: str, end: str, name: str, **more: Any) -> Object:
    """A line in the present shape. more: quantity, proration, discount, tax (inclusive), sub, si, is_old for the shape before 2025-03-31."""
    discount, tax, sub, si = more.get("discount", 0), more.get("tax", 0), more.get("sub", "sub"), more.get("si", "si")
    found: Object = {
        "id": name, "object": "line_item", "amount": amount, "currency": of["currency"], "quantity": more.get("quantity", 1),
        "discount_amounts": [{"amount": discount, "discount": "di_x"}] if discount else [], "period": {"start": at(start), "end": at(end)},
    }  # fmt: skip
    is_proration = more.get("proration", False)
    if more.get("is_old"):
        return found | {
            "type": "subscription", "subscription": sub, "subscription_item": si, "proration": is_proration, "price": of,
            "tax_amounts": [{"amount": tax, "inclusive": True, "tax_rate": "txr", "taxable_amount": amount - discount - tax}] if tax else [],
        }  # fmt: skip
    details = {"subscription": sub, "subscription_item": si, "proration": is_proration}
    return found | {
        "parent": {"type": "subscription_item_details", "subscription_item_details": details},
        "pricing": {"price_details": {"price": of["id"], "product": of["product"]}, "unit_amount_decimal": of["unit_amount_decimal"]},
        "taxes": [{"amount": tax, "tax_behavior": "inclusive", "taxable_amount": amount - discount - tax}] if tax else [],
    }  # fmt: skip


def invoice(lines: list[Object], created: str, status: str = "paid", name: str = "", **more: Any) -> Object:
    sub = more.pop("sub", "sub")
    turned = {"paid": "paid_at", "void": "voided_at", "uncollectible": "marked_uncollectible_at"}.get(status)
    transitions: dict[str, int | None] = {"finalized_at": None if status == "draft" else at(created)}
    if turned:
        transitions[turned] = at(more.pop("turned", created))
    total = sum(one["amount"] for one in lines)
    return {
        "id": name or f"in_{lines[0]['id']}", "object": "invoice", "customer": "cus", "status": status, "created": at(created),
        "effective_at": None if status == "draft" else at(created), "billing_reason": more.pop("reason", "subscription_cycle"),
        "currency": lines[0]["currency"], "total": total, "subtotal": total, "amount_due": total, "amount_paid": 0,
        "status_transitions": transitions, "lines": {"object": "list", "has_more": False, "data": lines},
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": sub}},
    } | more  # fmt: skip


def months(of: Object, first: int, last: int, amount: int | None = None, **more: Any) -> list[Object]:
    """Paid monthly invoices of 2026, from the 10th of month `first` to that of `last`."""
    paid = amount if amount is not None else of["unit_amount"] * more.get("quantity", 1)
    prefix = more.pop("prefix", "il")
    reason = more.pop("first_reason", "subscription_create")
    return [
        invoice(
            [line(of, paid, f"2026-{m:02}-10", f"2026-{m + 1:02}-10" if m < 12 else "2027-01-10", f"{prefix}_{m}", **more)],
            f"2026-{m:02}-10", reason=reason if m == first else "subscription_cycle", sub=more.get("sub", "sub"),
        )
        for m in range(first, last + 1)
    ]  # fmt: skip


def world(
    name: str, closing: dict[int | str, int | None], lists: dict[str, list[Object]] | None = None, **more: Any
) -> World:
    """closing: month of 2026 -> MRR. lists: of the one night, or more['nights']."""
    customer = {"id": "cus", "object": "customer", "created": at("2024-01-01"), "metadata": {"account_id": "account"}}
    nights = more.pop("nights", {TODAY: lists})
    told = {day: {"customers": [customer], **objects} for day, objects in nights.items()}
    right = {f"2026-{month:02}" if isinstance(month, int) else month: value for month, value in closing.items()}
    return World(name, "account", told, right, **more)


CANCELLED: dict[str, Any] = {"status": "canceled", "canceled_at": at("2026-10-25"), "ended_at": at("2026-10-25")}
P = price()
FAILED = CANCELLED | {"cancellation_details": {"reason": "payment_failed"}}
ASKED = CANCELLED | {"cancellation_details": {"reason": "cancellation_requested"}}


def dunning(status: str, turned: str = "2026-10-25") -> dict[str, list[Object]]:
    failed = invoice([line(P, 5000, "2026-10-10", "2026-11-10", "failed")], "2026-10-10", status, turned=turned) if status != "open" \
        else invoice([line(P, 5000, "2026-10-10", "2026-11-10", "failed")], "2026-10-10", status)  # fmt: skip
    return {"prices": [P], "subscriptions": [subscription([item(P)], **FAILED)], "invoices": [*months(P, 6, 9), failed]}


INVOLUNTARY = {"churned_on": "2026-10-25", "reason": "involuntary", "is_voluntary": False}
VOLUNTARY = {"churned_on": "2026-10-25", "reason": "cancel", "is_voluntary": True}
ENDS = [
    *(
        world(f"payment_failed_{status}", {9: 5000, 10: 0, 11: 0}, dunning(status), churn=INVOLUNTARY, movements={"2026-10": ("churn", "non_payment")})
        for status in ("open", "void", "uncollectible")
    ),
    world(
        "cancelled_at_once", {9: 5000, 10: 0},
        {"prices": [P], "subscriptions": [subscription([item(P)], **ASKED)], "invoices": months(P, 6, 10)}, churn=VOLUNTARY,
    ),
    world(
        "cancelled_at_once_with_credit", {9: 5000, 10: 0},
        {
            "prices": [P], "subscriptions": [subscription([item(P)], **ASKED)],
            "invoices": [*months(P, 6, 10), invoice([line(P, -2581, "2026-10-25", "2026-11-10", "credit", proration=True)], "2026-10-25", reason="manual")],
        },
        churn=VOLUNTARY,
    ),
    world(
        "customer_deleted", {9: 5000, 10: 0, 11: 0}, churn=VOLUNTARY, nights={
            "2026-10-20": {"prices": [P], "subscriptions": [subscription([item(P)])], "invoices": months(P, 6, 10)},
            TODAY: {"customers": [], "prices": [P], "subscriptions": [subscription([item(P)], **CANCELLED)], "invoices": months(P, 6, 10)},
        },
    ),
    world(
        "second_subscription_cancelled", {9: 10000, 10: 5000}, {
            "prices": [P], "subscriptions": [subscription([item(P)]), subscription([item(P, name="si2")], name="sub2", **ASKED)],
            "invoices": [*months(P, 6, 11), *months(P, 6, 10, prefix="other", sub="sub2", si="si2")],
        },
        movements={"2026-10": ("contraction", "cancel")}, churn={},
    ),
    world(
        "incomplete_expired", {10: 0, 11: 0}, {
            "prices": [P], "subscriptions": [subscription([item(P)], "2026-10-10", status="incomplete_expired", ended_at=at("2026-10-11"))],
            "invoices": [invoice([line(P, 5000, "2026-10-10", "2026-11-10", "never")], "2026-10-10", "void", turned="2026-10-11", reason="subscription_create")],
        },
        churn={},
    ),
]  # fmt: skip

GROSS = price(11900)
TAXES = [
    world(
        "inclusive_tax_of_the_old_shape_with_discount", {8: 9000, 11: 9000},
        {"prices": [GROSS], "subscriptions": [subscription([item(GROSS)])], "invoices": months(GROSS, 6, 11, discount=1190, tax=1710, is_old=True)},
    ),
    world(
        "inclusive_tax_of_a_proration", {8: 20000, 9: 20000}, {
            "prices": [GROSS], "subscriptions": [subscription([item(GROSS, 2)])],
            "invoices": [
                *months(GROSS, 6, 8, tax=1900), *months(GROSS, 9, 11, quantity=2, tax=3800, first_reason="subscription_cycle"),
                # 19 of the 31 days before 10 September
                invoice([
                    line(GROSS, -7293, "2026-08-22T12:00", "2026-09-10", "credit", proration=True, tax=-1164),
                    line(GROSS, 14587, "2026-08-22T12:00", "2026-09-10", "debit", proration=True, tax=2329, quantity=2),
                ], "2026-08-22", reason="subscription_update"),
            ],
        },
    ),
    world(
        "inclusive_tax_of_an_unbilled_item", {11: 10000}, {
            "prices": [GROSS], "invoices": [],
            "subscriptions": [subscription([item(GROSS, tax_rates=[{"id": "txr", "percentage": 19.0, "inclusive": True}])], "2026-11-20")],
        },
    ),
    world(
        "tax_on_top_is_no_part_of_the_price", {11: 5000},
        {"prices": [P], "subscriptions": [subscription([item(P)])], "invoices": [
            one | {"lines": {"object": "list", "has_more": False, "data": [
                {**told, "taxes": [{"amount": 950, "tax_behavior": "exclusive", "taxable_amount": 5000}]} for told in one["lines"]["data"]
            ]}} for one in months(P, 6, 11)
        ]},
    ),
]  # fmt: skip


def unbilled(name: str, right: int | None, of: Object, quantity: int | None = 1, **more: Any) -> World:
    rates = more.pop("rates", {})
    return world(
        name, {10: 0, 11: right},
        {"prices": [of], "subscriptions": [subscription([item(of, quantity)], "2026-11-20", **more)], "invoices": []}, rates=rates,
    )  # fmt: skip


TIERS = [
    {"up_to": 10, "unit_amount": 500, "flat_amount": 1000},
    {"up_to": None, "unit_amount_decimal": "300", "flat_amount": None},
]
UNBILLED = [
    unbilled("packages_rounded_down", 2000, price(1000, transform_quantity={"divide_by": 10, "round": "down"}), 25),
    unbilled("tiers_graduated", 6000 + 1500, price(None, billing_scheme="tiered", tiers_mode="graduated", tiers=TIERS), 15),
    unbilled("tiers_volume", 4500, price(None, billing_scheme="tiered", tiers_mode="volume", tiers=TIERS), 15),
    unbilled("tiers_volume_first", 6000, price(None, billing_scheme="tiered", tiers_mode="volume", tiers=TIERS), 10),
    unbilled("decimal_amount", 1235, price(None, unit_amount_decimal="12.345"), 100),
    unbilled("quantity_unsaid", 5000, price(5000), None),
    unbilled("quantity_of_nothing", 0, price(5000), 0),
    unbilled("metered_is_no_promise", 0, price(5000, usage_type="metered"), None),
    unbilled("every_quarter", 5000, price(15000, "month", 3)),
    unbilled("every_week", 4333, price(1000, "week")),
    unbilled("coupon_of_a_quarter", 3750, P, discounts=[{"id": "di", "coupon": {"id": "c", "percent_off": 25.0, "duration": "forever"}}]),
    unbilled("coupon_that_ended", 5000, P, discounts=[
        {"id": "di", "end": at("2026-11-25"), "source": {"type": "coupon", "coupon": {"id": "c", "percent_off": 25.0, "duration": "repeating"}}},
    ]),
    unbilled("amount_off", 4000, P, discounts=[{"id": "di", "coupon": {"id": "c", "amount_off": 1000, "currency": "usd", "duration": "forever"}}]),
    unbilled("ugx_unbilled", 9990, price(37000000, currency="ugx"), currency="ugx", rates={"UGX": "0.00027"}),
    unbilled("isk_unbilled", 7300, price(1000000, currency="isk"), currency="isk", rates={"ISK": "0.0073"}),
    unbilled("huf_unbilled", 2800, price(1000000, currency="huf"), currency="huf", rates={"HUF": "0.0028"}),
    unbilled("twd_unbilled", 3200, price(100000, currency="twd"), currency="twd", rates={"TWD": "0.032"}),
    unbilled("mga_unbilled", 2200, price(100000, currency="mga"), currency="mga", rates={"MGA": "0.00022"}),
    unbilled("kwd_unbilled", 3260, price(10000, currency="kwd"), currency="kwd", rates={"KWD": "3.26"}),
    unbilled("trial", 0, P, status="trialing", trial_start=at("2026-11-20"), trial_end=at("2026-12-20")),
]  # fmt: skip


def paused(behavior: str) -> dict[str, list[Object]]:
    status = {"keep_as_draft": "draft", "mark_uncollectible": "uncollectible", "void": "void"}[behavior]
    uncollected = [
        invoice([line(P, 5000, f"2026-{m}-10", f"2026-{m + 1}-10", f"rest_{m}")], f"2026-{m}-10", status, **({} if status == "draft" else {"turned": f"2026-{m}-10"}))
        for m in (10, 11)
    ]  # fmt: skip
    return {
        "prices": [P], "invoices": [*months(P, 6, 9), *uncollected],
        "subscriptions": [subscription([item(P)], pause_collection={"behavior": behavior, "resumes_at": None})],
    }  # fmt: skip


def resumed(behavior: str) -> dict[str, list[Object]]:
    """Paused for August and September, billed again from 10 October on."""
    status = {"keep_as_draft": "draft", "mark_uncollectible": "uncollectible", "void": "void"}[behavior]
    uncollected = [
        invoice([line(P, 5000, f"2026-{m:02}-10", f"2026-{m + 1:02}-10", f"rest_{m}")], f"2026-{m:02}-10", status, **({} if status == "draft" else {"turned": f"2026-{m:02}-10"}))
        for m in (8, 9)
    ]  # fmt: skip
    return {
        "prices": [P], "subscriptions": [subscription([item(P)])],
        "invoices": [*months(P, 6, 7), *uncollected, *months(P, 10, 11, first_reason="subscription_cycle")],
    }  # fmt: skip


BEHAVIORS = ("keep_as_draft", "mark_uncollectible", "void")
PAUSES = [
    *(
        world(
            f"paused_on_the_first_listing_{behavior}", {9: 5000, 10: 0, 11: 0}, paused(behavior), movements={"2026-10": ("churn", "pause")},
            churn={"churned_on": "2026-10-10", "reason": "pause", "is_voluntary": True},
        )
        for behavior in BEHAVIORS
    ),
    *(
        world(
            f"paused_and_resumed_{behavior}", {7: 5000, 8: 0, 9: 0, 10: 5000, 11: 5000}, resumed(behavior),
            movements={"2026-08": ("churn", "pause"), "2026-10": ("reactivation", "resume")},
        )
        for behavior in BEHAVIORS
    ),
    world(
        "a_year_paused_by_events_and_resumed", {6: 1000, 8: 1000, 9: 0, 10: 1000, 11: 1000}, {
            "prices": [price(12000, "year")], "subscriptions": [subscription([item(price(12000, "year"))])],
            "invoices": [invoice([line(price(12000, "year"), 12000, "2026-06-10", "2027-06-10", "il_year")], "2026-06-10", reason="subscription_create")],
            "events": [
                {
                    "id": f"evt_{number}", "object": "event", "type": "customer.subscription.updated", "created": at(day),
                    "data": {"object": {"id": "sub", "object": "subscription", "status": "active", "pause_collection": paused}},
                }
                for number, (day, paused) in enumerate((("2026-09-15", {"behavior": "void", "resumes_at": None}), ("2026-10-20", None)))
            ],
        },
        movements={"2026-09": ("churn", "pause"), "2026-10": ("reactivation", "resume")},
        churn={"churned_on": "2026-09-15", "reason": "pause"},
    ),
    world(
        "manually_written_off_after_weeks_is_no_pause", {9: 5000, 10: 5000, 11: 0}, {
            "prices": [P], "subscriptions": [subscription([item(P)], status="unpaid")],
            "invoices": [*months(P, 6, 9), invoice([line(P, 5000, "2026-10-10", "2026-11-10", "bad")], "2026-10-10", "uncollectible", turned="2026-11-05")],
        },
        movements={"2026-11": ("churn", "non_payment")}, churn={"churned_on": "2026-11-09", "reason": "involuntary"},
    ),
]  # fmt: skip

SMALL, LARGE, YEARLY = price(10000, name="small"), price(20000, name="large"), price(120000, "year", name="yearly")
HALF = price(60000, "month", 6, name="half")
PERIODS = [
    world(
        "two_periods_and_a_part_as_one_line", {8: 10000, 10: 10000, 11: 10000}, {
            "prices": [SMALL], "subscriptions": [subscription([item(SMALL)], "2026-08-14T12:00")],
            "invoices": [
                invoice([line(SMALL, 28710, "2026-08-14", "2026-11-10", "back", proration=True)], "2026-10-15", reason="subscription_create"),
                *months(SMALL, 11, 11, first_reason="subscription_cycle"),
            ],
        },
    ),
    *(
        # 19 of the 31 days before 10 September, rounded to what the vendor writes in this currency
        world(f"prorations_rounded_in_{currency}", {7: right, 8: 2 * right, 9: 2 * right}, {
            "prices": [of := price(amount, name="once", currency=currency), twice := price(2 * amount, name="twice", currency=currency)],
            "subscriptions": [subscription([item(twice)], currency=currency)],
            "invoices": [
                *months(of, 6, 8), *months(twice, 9, 11, first_reason="subscription_cycle"),
                invoice([
                    line(of, -round(amount * 19 / 31 / least) * least, "2026-08-22", "2026-09-10", "credit", proration=True),
                    line(twice, round(2 * amount * 19 / 31 / least) * least, "2026-08-22", "2026-09-10", "debit", proration=True),
                ], "2026-08-22", reason="subscription_update"),
            ],
        }, rates={currency.upper(): rate})
        for currency, amount, least, rate, right in (("kwd", 10000, 10, "3.26", 3260), ("isk", 1000000, 100, "0.0073", 7300), ("jpy", 999, 1, "1", 99900))
    ),
    world(
        "upgrade_to_a_year_in_mid_period", {8: 10000, 9: 10000, 10: 10000}, {
            "prices": [SMALL, YEARLY], "subscriptions": [subscription([item(YEARLY)])],
            "invoices": [
                *months(SMALL, 6, 8),
                invoice([
                    line(SMALL, -5161, "2026-08-25", "2026-09-10", "credit", proration=True),
                    line(YEARLY, 120000, "2026-08-25", "2027-08-25", "il_year"),
                ], "2026-08-25", reason="subscription_update"),
            ],
        },
    ),
    world(
        "half_a_year_anchored_on_the_31st", {3: 10000, 8: 10000, 9: 10000}, {
            "prices": [HALF], "subscriptions": [subscription([item(HALF)], "2026-03-20T00:00")],
            "invoices": [
                # 164 of the 184 days from 28 February to 31 August
                invoice([line(HALF, 53478, "2026-03-20T00:00", "2026-08-31T00:00", "stub", proration=True)], "2026-03-20", reason="subscription_create"),
                invoice([line(HALF, 60000, "2026-08-31T00:00", "2027-02-28T00:00", "half")], "2026-08-31"),
            ],
        },
    ),
    world(
        "a_week_is_52_in_a_year", {10: 4333, 11: 4333}, {
            "prices": [price(1000, "week")], "subscriptions": [subscription([item(price(1000, "week"))], "2026-10-20")],
            "invoices": [
                invoice([line(price(1000, "week"), 1000, start, end, f"week_{start}")], start, reason="subscription_create" if start == "2026-10-20" else "subscription_cycle")
                for start, end in (("2026-10-20", "2026-10-27"), ("2026-10-27", "2026-11-03"), ("2026-11-03", "2026-11-10"),
                                   ("2026-11-10", "2026-11-17"), ("2026-11-17", "2026-11-24"), ("2026-11-24", "2026-12-01"))
            ],
        },
    ),
    world(
        "a_coupon_of_an_amount_on_a_proration_minutes_before_the_end", {7: 9000, 8: 19000}, {
            "prices": [SMALL, LARGE], "subscriptions": [subscription([item(LARGE)], "2026-06-01T00:30")],
            "invoices": [
                *(invoice([line(SMALL, 10000, f"2026-{m:02}-01T00:30", f"2026-{m + 1:02}-01T00:30", f"il_{m}", discount=1000)], f"2026-{m:02}-01", reason="subscription_create" if m == 6 else "subscription_cycle") for m in (6, 7, 8)),
                # 35 minutes of 44640: 7.84 and 15.68 cents, and 0.78 of the discount
                invoice([
                    line(SMALL, -8, "2026-08-31T23:55", "2026-09-01T00:30", "credit", proration=True, discount=-1),
                    line(LARGE, 16, "2026-08-31T23:55", "2026-09-01T00:30", "debit", proration=True, discount=1),
                ], "2026-08-31", reason="subscription_update"),
                *(invoice([line(LARGE, 20000, f"2026-{m:02}-01T00:30", f"2026-{m + 1:02}-01T00:30", f"il_{m}", discount=1000)], f"2026-{m:02}-01") for m in (9, 10, 11)),
            ],
        },
    ),
    world(
        "a_credit_of_what_was_billed_before_the_first_invoice_known", {5: 10000, 6: 10000, 7: 20000, 8: 20000}, {
            "prices": [YEARLY, price(240000, "year", name="dear")],
            "subscriptions": [subscription([item(price(240000, "year", name="dear"))], "2024-01-10")],
            "invoices": [invoice([
                line(YEARLY, -60164, "2026-07-11", "2027-01-10", "credit", proration=True),
                line(price(240000, "year", name="dear"), 120329, "2026-07-11", "2027-01-10", "debit", proration=True),
            ], "2026-07-11", reason="subscription_update")],
        },
    ),
]  # fmt: skip

LOSS = price(-7000, name="loss")
ODD = [
    world(
        "less_than_nothing_is_not_known", {9: 5000, 10: None, 11: None}, {
            "prices": [P, LOSS], "subscriptions": [subscription([item(P), item(LOSS, name="si2")])],
            "invoices": [*months(P, 6, 11), *months(LOSS, 10, 11, prefix="loss", si="si2", first_reason="subscription_update")],
        },
        movements={"2026-10": ("churn", "quarantine")}, churn={},
    ),
    world(
        "unpaid_year_upgraded_twice", {6: 10000, 7: 0, 9: 0, 11: 0}, {
            "prices": [YEARLY, price(240000, "year", name="dear"), price(360000, "year", name="dearer")],
            "subscriptions": [subscription([item(price(360000, "year", name="dearer"))], "2026-06-10", status="past_due")],
            "invoices": [
                invoice([line(YEARLY, 120000, "2026-06-10", "2027-06-10", "il_year")], "2026-06-10", "open", reason="subscription_create"),
                invoice([
                    line(YEARLY, -90000, "2026-09-09", "2027-06-10", "credit1", proration=True),
                    line(price(240000, "year", name="dear"), 180000, "2026-09-09", "2027-06-10", "debit1", proration=True),
                ], "2026-09-09", "open", reason="subscription_update"),
                invoice([
                    line(price(240000, "year", name="dear"), -150000, "2026-10-25", "2027-06-10", "credit2", proration=True),
                    line(price(360000, "year", name="dearer"), 225000, "2026-10-25", "2027-06-10", "debit2", proration=True),
                ], "2026-10-25", "open", reason="subscription_update"),
            ],
        },
    ),
]  # fmt: skip


def listed(day: str, items: list[Object], invoices: list[Object]) -> dict[str, list[Object]]:
    prices = [SMALL, LARGE, YEARLY, price(3000, name="extra")]
    return {
        "prices": prices,
        "subscriptions": [subscription(items)],
        "invoices": [one for one in invoices if one["created"] <= at(f"{day}T22:00")],
    }


EXTRA = price(3000, name="extra")
BILLS = months(SMALL, 6, 11)
PENDING = [
    world("plan_change_not_billed_yet", {10: 10000, 11: 20000}, movements={"2026-11": ("expansion", "plan")}, nights={
        "2026-11-10": listed("2026-11-10", [item(SMALL)], BILLS), TODAY: listed(TODAY, [item(LARGE)], BILLS),
    }),
    world("add_on_not_billed_yet", {10: 10000, 11: 13000}, movements={"2026-11": ("expansion", "add_on")}, nights={
        "2026-11-10": listed("2026-11-10", [item(SMALL)], BILLS), TODAY: listed(TODAY, [item(SMALL), item(EXTRA, name="si2")], BILLS),
    }),
    world("add_on_removed_and_not_credited_yet", {10: 13000, 11: 10000}, nights={
        "2026-11-10": listed("2026-11-10", [item(SMALL), item(EXTRA, name="si2")], [*BILLS, *months(EXTRA, 6, 11, prefix="extra", si="si2")]),
        TODAY: listed(TODAY, [item(SMALL)], [*BILLS, *months(EXTRA, 6, 11, prefix="extra", si="si2")]),
    }),
    world("seats_removed_and_not_credited_yet", {10: 30000, 11: 20000}, movements={"2026-11": ("contraction", "quantity")}, nights={
        "2026-11-10": listed("2026-11-10", [item(SMALL, 3)], months(SMALL, 6, 11, quantity=3)),
        TODAY: listed(TODAY, [item(SMALL, 2)], months(SMALL, 6, 11, quantity=3)),
    }),
    world("seats_with_a_discount_not_billed_yet", {10: 9000, 11: 18000}, nights={
        "2026-11-10": listed("2026-11-10", [item(SMALL)], months(SMALL, 6, 11, discount=1000)),
        TODAY: listed(TODAY, [item(SMALL, 2)], months(SMALL, 6, 11, discount=1000)),
    }),
    world("change_that_was_billed_at_once", {10: 10000, 11: 20000}, nights={
        "2026-11-10": listed("2026-11-10", [item(SMALL)], BILLS),
        TODAY: listed(TODAY, [item(LARGE)], [*BILLS, invoice([
            line(SMALL, -5000, "2026-11-25", "2026-12-10", "credit", proration=True), line(LARGE, 10000, "2026-11-25", "2026-12-10", "debit", proration=True),
        ], "2026-11-25", reason="subscription_update")]),
    }),
]  # fmt: skip

UNTIL_OCTOBER = months(SMALL, 6, 10)
WRITTEN_OFF = {"behavior": "mark_uncollectible", "resumes_at": None}
REST = invoice([line(P, 5000, "2026-11-10", "2026-12-10", "rest")], "2026-11-10", "uncollectible", turned="2026-11-10")
THREE_NIGHTS = [
    # the next renewal bills the seats, without a proration: what the listing showed between stays
    world("seats_billed_from_the_next_renewal_on", {9: 10000, 10: 20000, 11: 20000}, nights={
        "2026-10-20": listed("2026-10-20", [item(SMALL)], UNTIL_OCTOBER), "2026-10-25": listed("2026-10-25", [item(SMALL, 2)], UNTIL_OCTOBER),
        TODAY: listed(TODAY, [item(SMALL, 2)], [*UNTIL_OCTOBER, *months(SMALL, 11, 11, quantity=2, first_reason="subscription_cycle")]),
    }),
    world("a_renewal_contradicts_the_listing", {9: 10000, 10: 20000, 11: 10000}, nights={
        "2026-10-20": listed("2026-10-20", [item(SMALL)], UNTIL_OCTOBER), "2026-10-25": listed("2026-10-25", [item(SMALL, 2)], UNTIL_OCTOBER),
        TODAY: listed(TODAY, [item(SMALL, 2)], BILLS),
    }),
    world(
        "paused_by_a_listing_and_resumed_in_mid_period", {9: 5000, 10: 0, 11: 5000},
        movements={"2026-10": ("churn", "pause"), "2026-11": ("reactivation", "resume")}, nights={
            "2026-10-20": {"prices": [P], "subscriptions": [subscription([item(P)])], "invoices": months(P, 6, 10)},
            "2026-10-25": {"prices": [P], "subscriptions": [subscription([item(P)], pause_collection=WRITTEN_OFF)], "invoices": months(P, 6, 10)},
            TODAY: {"prices": [P], "subscriptions": [subscription([item(P)])], "invoices": [*months(P, 6, 10), REST]},
        },
    ),
]  # fmt: skip

GOLD, REBORN = price(10000, name="gold"), price(240000, "year", name="gold", created=at("2026-11-05"))
LISTINGS = [
    world("a_price_deleted_and_made_again_under_its_old_id", {9: 10000, 10: 10000, 11: 20000}, nights={
        "2026-10-30": {"prices": [GOLD], "subscriptions": [subscription([item(GOLD)])], "invoices": months(GOLD, 6, 10)},
        TODAY: {
            "prices": [REBORN], "subscriptions": [subscription([item(REBORN)])],
            "invoices": [*months(GOLD, 6, 10), invoice([line(REBORN, 240000, "2026-11-10", "2027-11-10", "il_year")], "2026-11-10")],
        },
    }),
]  # fmt: skip

WORLDS: list[World] = [*ENDS, *TAXES, *UNBILLED, *PAUSES, *PERIODS, *ODD, *PENDING, *LISTINGS, *THREE_NIGHTS]
