"""The files that say who the customers are and what those pay who are not billed by the vendor."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from demo.accounts import Account
from demo.billing import Subscription
from demo.catalog import COUPON, PRODUCT, price
from demo.contract_terms import Holding
from demo.people import merged_at
from demo.streams import DAY, as_day, month_day

if TYPE_CHECKING:
    from demo.company import Company

Row = dict[str, str]


def reference(account: Account) -> str:
    """How a spreadsheet names the account: mostly by its id, sometimes by its domain."""
    return account.domain if account.number % 10 == 3 and account.role is None else account.account_id


def account_rows(company: "Company") -> Iterator[Row]:
    """One row per customer won by now."""
    for account in company.won:
        held = company.subscriptions[account.account_id]
        asked_to_end = bool(held) and all(one.cancel_requested < company.now for one in held)
        is_dangling = account.role is not None and account.role.kind == "dangling"
        leaving = asked_to_end or (is_dangling and any(one.cancel_requested < company.now for one in held))
        ended = max((one.ended for one in held), default=0)
        is_gone = bool(held) and ended < company.now
        renewal = _renewal(account, company)
        merged = merged_at(account, company.starts)
        is_merged = merged < company.now
        yield {
            "account_id": account.account_id, "name": account.name, "parent_account_id": "", "segment": account.segment,
            "appropriate_experience": account.experience, "coverage_model": account.coverage,
            "csm_structure": account.structure, "csm_owner": account.owner, "industry": account.industry,
            "region": account.region, "start_date": account.started_on.isoformat(),
            "contract_end": as_day(ended).isoformat() if is_gone else renewal,
            "renewal_date": "" if is_gone else renewal, "auto_renew": "false" if leaving or is_gone else "true",
            "service_level": {"strategic": "platinum", "smb": "gold"}.get(account.coverage, "silver"),
            "merged_into": f"acc_{account.number + 1:04d}" if is_merged else "",
            "merged_on": as_day(merged).isoformat() if is_merged else "",
        }  # fmt: skip


def _renewal(account: Account, company: "Company") -> str:
    """The first anniversary of the contract that lies after the night."""
    started = account.started_on
    years = company.as_of.year - started.year
    for year in (years, years + 1):
        renewal = month_day(started, 12 * max(year, 1)) + timedelta(days=min(started.day, 28) - 1)
        if renewal > company.as_of:
            return renewal.isoformat()
    return ""


def identity_rows(company: "Company") -> Iterator[Row]:
    """The ids that only a person can match, and the domains that lead to accounts."""
    for account in company.won:
        found: list[tuple[str, str]] = []
        if account.route == "stripe" and account.billing_link == "manual":
            found.append(("stripe", account.customer_id))
        if account.helpdesk_link == "manual":
            found.append(("zendesk", str(account.organization_id)))
        if account.helpdesk_link == "domain" or reference(account) == account.domain:
            found.append(("domain", account.domain))
        for source, source_id in found:
            yield {
                "source": source, "source_id": source_id, "account_id": account.account_id,
                "valid_from": account.started_on.isoformat(), "valid_to": "",
            }  # fmt: skip


def agreement_rows(company: "Company") -> Iterator[Row]:
    """The lines of the accounts that no vendor bills, and the one line that contradicts the billing."""
    for account in company.won:
        if account.route == "agreement":
            for held in company.subscriptions[account.account_id]:
                yield from _lines(account, held, company.now)
        elif (
            account.role is not None
            and account.role.kind == "name_conflict"
            and account.role.from_month < len(company.starts) - 1
        ):
            start = company.starts[account.role.from_month]
            ended = start + 92 * DAY
            yield _line(account, ("agl_conflict", f"Managed Workplace for {account.name} Holdings Ltd", "recurring"),
                        (1, Decimal(100), "month"), (start, ended if ended < company.now else None))  # fmt: skip


def _lines(account: Account, held: Subscription, now: int) -> Iterator[Row]:
    """One line per item and version: a change ends the old line and starts the next one on the same day."""
    terms = held.terms
    ended = held.ended if held.ended < now or held.cancel_requested < now else None
    reason = {"payment_failed": "non_payment"}.get(held.reason, "cancelled") if ended else ""
    coupon = COUPON.get(terms.coupon or "")
    percent = str(coupon.percent) if coupon and coupon.duration == "forever" and coupon.percent else ""
    for place, opening in enumerate(terms.items):
        versions = [(terms.started_at, Holding(opening.product, opening.quantity))]
        for change in terms.changes:
            if place == change.item and change.kind in ("quantity", "plan") and change.at < min(now, held.ended):
                last = versions[-1][1]
                product, quantity = change.product or last.product, change.value or last.quantity
                versions.append((change.at, Holding(product, quantity)))
        for version, (start, holding) in enumerate(versions):
            following = versions[version + 1][0] if version + 1 < len(versions) else ended
            if following is not None and as_day(following) == as_day(start):
                continue  # replaced on the same day
            sold = price(
                holding.product, account.currency, "month" if holding.product == "cloud_usage" else terms.interval
            )
            is_usage = PRODUCT[holding.product].usage == "metered"
            quantity = 12_000 if is_usage else holding.quantity
            unit = Decimal(sold.amount(quantity)) / quantity / 100
            name = f"agl_{account.number:04d}_{terms.key}{place}_{version:02d}"
            kind = "usage" if is_usage else "recurring"
            last_reason = reason if following == ended and version == len(versions) - 1 else ""
            yield _line(account, (name, sold.product.name, kind), (quantity, unit, sold.interval or "month"), (start, following),
                        percent=percent, reason=last_reason)  # fmt: skip


def _line(  # noqa: PLR0913 - a row has as many fields as its contract
    account: Account, names: tuple[str, str, str], terms: tuple[int, Decimal, str], span: tuple[int, int | None],
    *, percent: str = "", reason: str = "",
) -> Row:  # fmt: skip
    line_id, product, kind = names
    quantity, unit, interval = terms
    start, end = span
    return {
        "line_id": line_id, "agreement_id": f"agr_{account.number:04d}", "account_ref": reference(account),
        "product": product, "kind": kind, "quantity": str(quantity), "unit_amount": f"{unit:.6f}".rstrip("0").rstrip("."),
        "currency": account.currency.upper(), "interval": interval, "interval_count": "1",
        "starts_on": as_day(start).isoformat(), "ends_on": "" if end is None else as_day(end).isoformat(),
        "discount_percent": percent, "status": "active", "ended_reason": reason,
    }  # fmt: skip
