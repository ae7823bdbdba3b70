"""What the vendors would have written down about a history by a run's date: raw rows, as extraction lands them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.dbt_project.revenue.histories import LAST_DAY, Account, Agreement, Subscription
from tests.dbt_project.revenue.reference import months, rate

Row = dict[str, object]
Rows = dict[tuple[str, str], list[Row]]


def _cents(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def rows(accounts: dict[str, Account], first: date, as_of: date = LAST_DAY) -> Rows:
    """Raw rows by (source, table). Accounts are keyed by their id; `<id>-old` was merged into `<id>`."""
    found: Rows = defaultdict(list)
    for account_id, account in accounts.items():
        found["drop_folder", "accounts"] += [
            {"account_id": account_id, "name": account_id, "segment": account.segment},
            {"account_id": f"{account_id}-old", "name": account_id, "merged_into": account_id, "merged_on": as_of},
        ]
        for number, service in enumerate(account.services):
            owner = f"{account_id}-old" if service.is_of_merged else account_id
            if isinstance(service, Agreement):
                found["drop_folder", "agreements"].append(_agreement(f"{account_id}.{number}", owner, service))
            elif service.started_at < datetime.combine(as_of + timedelta(days=1), datetime.min.time()):
                for table, row in _subscription(f"{account_id}.{number}", owner, service, as_of):
                    found["stripe", table].append(row)
    for month in months(first, as_of):
        found["drop_folder", "fx_rates"] += [
            {"rate_date": month, "currency": currency, "rate_to_reporting": Decimal(rate(currency, month).numerator) / rate(currency, month).denominator}
            for currency in ("EUR", "JPY")
        ]  # fmt: skip
    return found


def _agreement(line_id: str, owner: str, service: Agreement) -> Row:
    return {
        "line_id": line_id, "account_ref": owner, "product": "Retainer", "kind": "recurring", "quantity": Decimal(service.quantity),
        "unit_amount": Decimal(service.unit).scaleb(0 if service.currency == "JPY" else -2), "currency": service.currency,
        "interval": service.interval, "interval_count": service.count, "starts_on": service.starts_on, "ends_on": service.ends_on,
        "discount_percent": Decimal(service.discount_percent), "status": "active",
    }  # fmt: skip


def _subscription(key: str, owner: str, service: Subscription, as_of: date) -> Iterator[tuple[str, Row]]:
    known_until = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
    end = service.ended_at if service.ending == "at_once" else None
    if service.ending == "period_end":
        end = service.period(service.ending_period)[1]
    is_over = end is not None and end < known_until
    first_unpaid = service.ending_period if service.ending == "unpaid" else 10**6
    is_failing = service.ending == "unpaid" and service.period(first_unpaid)[0] < known_until
    in_trial = service.trial_days > 0 and service.paid_from >= known_until
    yield (
        "customers",
        {
            "customer_id": f"cus_{key}",
            "name": owner,
            "metadata": json.dumps({"account_id": owner}),
            "created_at": service.started_at,
        },
    )
    yield "subscriptions", {
        "subscription_id": f"sub_{key}", "customer_id": f"cus_{key}", "currency": "usd", "created_at": service.started_at,
        "started_at": service.started_at, "status": "canceled" if is_over else "trialing" if in_trial else "past_due" if is_failing else "active",
        "trial_start_at": service.started_at if service.trial_days else None, "trial_end_at": service.paid_from if service.trial_days else None,
        "ended_at": end if is_over else None, "canceled_at": end if is_over else None,
        "cancel_at": end if end and service.ending == "period_end" and not is_over else None,
        "cancel_at_period_end": service.ending == "period_end" and not is_over,
        "cancellation_reason": "cancellation_requested" if is_over else None,
    }  # fmt: skip
    yield "subscription_items", {
        "item_id": f"si_{key}", "subscription_id": f"sub_{key}", "price_id": f"price_{key}", "product_id": "prod", "currency": "usd",
        "quantity": service.steps[-1][1] if service.steps else service.quantity, "unit_amount_decimal": str(service.unit),
        "interval": service.interval, "interval_count": 1, "usage_type": "licensed", "created_at": service.started_at,
    }  # fmt: skip
    yield "prices", {
        "price_id": f"price_{key}", "product_id": "prod", "currency": "usd", "unit_amount_decimal": str(service.unit),
        "interval": service.interval, "interval_count": 1, "usage_type": "licensed", "type": "recurring",
    }  # fmt: skip
    if service.trial_days:
        yield from _invoice(
            key,
            "trial",
            service.started_at,
            ("paid", "subscription_create"),
            [(0, service.quantity, 0, service.started_at, service.paid_from, False)],
        )
    quantity, index = service.quantity, 0
    while True:
        begins, ends = service.period(index)
        if begins >= known_until or (end is not None and begins >= end):
            return
        status = "open" if index >= first_unpaid else "paid"
        steps = [
            (at, new)
            for at, new in service.steps
            if begins <= at < ends and at < known_until and (end is None or at < end)
        ]
        is_late = (
            service.is_last_invoice_late
            and index > 0
            and ends >= known_until
            and not steps
            and not is_over
            and not is_failing
        )
        discount = _cents(Decimal(quantity * service.unit * service.discount_percent) / 100)
        if not is_late:
            reason = "subscription_create" if index == 0 and not service.trial_days else "subscription_cycle"
            yield from _invoice(
                key,
                f"{index}",
                begins,
                (status, reason),
                [(quantity * service.unit, quantity, discount, begins, ends, False)],
                noise=service.has_noise,
            )
        for number, (at, new) in enumerate(steps):
            share = Decimal((ends - at).total_seconds()) / Decimal((ends - begins).total_seconds())
            changes = [
                (_cents(-quantity * service.unit * share), quantity, 0, at, ends, True),
                (_cents(new * service.unit * share), new, 0, at, ends, True),
            ]
            yield from _invoice(key, f"{index}.{number}", at, (status, "subscription_update"), changes)
            quantity = new
        if end is not None and begins < end < ends and not service.discount_percent and end < known_until:
            share = Decimal((ends - end).total_seconds()) / Decimal((ends - begins).total_seconds())
            yield from _invoice(
                key,
                f"{index}.end",
                end,
                ("paid", "subscription_update"),
                [(_cents(-quantity * service.unit * share), quantity, 0, end, ends, True)],
            )
        index += 1


def _invoice(
    key: str, part: str, at: datetime, state: tuple[str, str],
    lines: list[tuple[int, int, int, datetime, datetime, bool]], *, noise: bool = False,
) -> Iterator[tuple[str, Row]]:  # fmt: skip
    invoice_id = f"in_{key}.{part}"
    status, reason = state
    yield "invoices", {
        "invoice_id": invoice_id, "customer_id": f"cus_{key}", "subscription_id": f"sub_{key}", "status": status, "billing_reason": reason,
        "currency": "usd", "created_at": at, "effective_at": at, "finalized_at": at, "paid_at": at if status == "paid" else None,
    }  # fmt: skip
    for number, (amount, quantity, discount, begins, ends, is_proration) in enumerate(lines):
        yield "invoice_lines", {
            "line_id": f"il_{key}.{part}.{number}", "invoice_id": invoice_id, "subscription_id": f"sub_{key}", "price_id": f"price_{key}",
            "product_id": "prod", "line_type": "invoice_item_details" if is_proration else "subscription_item_details",
            "is_proration": is_proration, "currency": "usd", "amount_minor": amount, "quantity": quantity, "discount_amounts_minor": discount,
            "period_start_at": begins, "period_end_at": ends, "invoice_created_at": at,
        }  # fmt: skip
    if noise:
        # what must never move MRR: a one-time item, a metered line, a refund, a credit note, a void and a draft invoice
        common = {
            "subscription_id": f"sub_{key}",
            "currency": "usd",
            "is_proration": False,
            "discount_amounts_minor": 0,
            "invoice_created_at": at,
        }
        yield "invoice_lines", common | {"line_id": f"il_{key}.{part}.one", "invoice_id": invoice_id, "line_type": "invoice_item_details", "amount_minor": 77700, "quantity": 1, "period_start_at": at, "period_end_at": at}  # fmt: skip
        yield "invoice_lines", common | {"line_id": f"il_{key}.{part}.use", "invoice_id": invoice_id, "line_type": "subscription_item_details", "usage_type": "metered", "interval": "month", "interval_count": 1, "amount_minor": 1234, "quantity": 9, "period_start_at": at - timedelta(days=30), "period_end_at": at}  # fmt: skip
        yield (
            "refunds",
            {
                "refund_id": f"re_{key}.{part}",
                "status": "succeeded",
                "currency": "usd",
                "amount_minor": 500,
                "created_at": at,
            },
        )
        yield (
            "credit_notes",
            {
                "credit_note_id": f"cn_{key}.{part}",
                "invoice_id": invoice_id,
                "status": "issued",
                "currency": "usd",
                "amount_minor": 500,
                "created_at": at,
            },
        )
        for status_left_out in ("void", "draft"):
            yield "invoices", {"invoice_id": f"{invoice_id}.{status_left_out}", "customer_id": f"cus_{key}", "subscription_id": f"sub_{key}", "status": status_left_out, "billing_reason": "manual", "currency": "usd", "created_at": at, "effective_at": at}  # fmt: skip
            yield "invoice_lines", common | {"line_id": f"il_{key}.{part}.{status_left_out}", "invoice_id": f"{invoice_id}.{status_left_out}", "price_id": f"price_{key}", "line_type": "subscription_item_details", "amount_minor": 999, "quantity": 1, "period_start_at": lines[0][3], "period_end_at": lines[0][4]}  # fmt: skip
