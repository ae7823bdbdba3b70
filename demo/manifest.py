"""What the planted stories are, so that tests and readers can look for them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from demo.people import champion_left_at, merged_at
from demo.stories import ROLES, Role
from demo.streams import NEVER, as_day, month_day

if TYPE_CHECKING:
    from demo.accounts import Account
    from demo.company import Company


def story_manifest(company: "Company") -> dict[str, Any]:
    """JSON-able: the world's parameters and one entry per story that has begun by `as_of`."""
    month = len(company.starts) - 2
    stories = [
        _story(company, company.accounts[number - 1], role, month)
        for number, role in ROLES.items()
        if number <= company.account_count and role.start_month <= month
    ]
    return {
        "epoch": company.epoch.isoformat(),
        "as_of": company.as_of.isoformat(),
        "seed": company.seed,
        "accounts": company.account_count,
        "stories": stories,
    }


def _story(company: "Company", account: "Account", role: Role, month: int) -> dict[str, Any]:
    last = min(role.until_month, month)
    return {
        "kind": role.kind,
        "account_id": account.account_id,
        "account_name": account.name,
        "from_month": month_day(company.epoch, role.from_month).isoformat(),
        "until_month": month_day(company.epoch, last).isoformat(),
        "is_visible": role.from_month <= month <= role.until_month,
        "tables": list(role.tables),
        "outcome": role.outcome,
        "expect": EXPECTED[role.kind](company, account) if role.kind in EXPECTED else {},
    }


Expectation = Callable[["Company", "Account"], dict[str, Any]]


def _class(name: str) -> Expectation:
    return lambda _company, _account: {"customer_class": name}


def _dangling(company: "Company", account: "Account") -> dict[str, Any]:
    held = company.subscriptions[account.account_id]
    return {"customer_class": "Dangling", "cancel_on": _day_or_none(held[0].ended) if held else None}


def _reactivated(company: "Company", _account: "Account") -> dict[str, Any]:
    churned, back = (month_day(company.epoch, month).isoformat() for month in (20, 26))
    return {"churn_month": churned, "reactivation_month": back}


def _champion(company: "Company", account: "Account") -> dict[str, Any]:
    return {"user_id": str(account.user_id(0)), "left_on": _day_or_none(champion_left_at(account, company.starts))}


def _unpaid(company: "Company", account: "Account") -> dict[str, Any]:
    held = company.subscriptions[account.account_id]
    return {"open_invoices": [i.invoice_id for one in held for i in one.invoices if i.created >= one.unpaid_since]}


def _merged(company: "Company", account: "Account") -> dict[str, Any]:
    merged_on = _day_or_none(merged_at(account, company.starts))
    return {"merged_into": f"acc_{account.number + 1:04d}", "merged_on": merged_on}


def _names(_company: "Company", account: "Account") -> dict[str, Any]:
    return {"names": [account.name, f"{account.name} Holdings Ltd"], "customer_id": account.customer_id}


# exact values to look for, by the story's kind
EXPECTED: dict[str, Expectation] = {
    "nrr_met_vector_falls": lambda _c, _a: {
        "state": "revenue_at_expense_of_success", "nrr_12_at_least": 1.10, "delta_at_most": -0.05,
    },
    "vector_rises_nrr_missed": lambda _c, _a: {
        "state": "success_without_revenue", "nrr_12_at_most": 0.90, "delta_at_least": 0.04,
    },
    "reactivated": _reactivated,
    "dangling": _dangling,
    "happy": _class("Happy"),
    "growth": _class("Growth"),
    "at_risk": _class("At-Risk"),
    "champion_left": _champion,
    "payment_failed": _unpaid,
    "quarantined_row": lambda company, account: {"quarantined": _bad_rows(company, account)},
    "merged_away": _merged,
    "merge_survivor": lambda _c, account: {"merged_from": f"acc_{account.number - 1:04d}"},
    "name_conflict": _names,
    "organization_deleted": lambda _c, account: {"organization_id": str(account.organization_id)},
    "many_lines": lambda _c, _a: {"lines_per_invoice": 13},
    "detractor": lambda _c, _a: {"score": 2},
}  # fmt: skip


def _day_or_none(second: int) -> str | None:
    return None if second >= NEVER else as_day(second).isoformat()


def _bad_rows(company: "Company", account: "Account") -> list[dict[str, Any]]:
    """File, line and column of every planted row that breaks its contract."""
    from demo.drop_files import file_rows  # noqa: PLC0415 - the files are told by the company itself

    return [
        {"file": "qbrs.csv", "line": line, "column": "planned_on", "value": row["planned_on"], "qbr_id": row["qbr_id"]}
        for line, row in enumerate(file_rows(company).get("qbrs.csv", []), start=2)
        if row["account_ref"] == account.account_id and "/" in row["planned_on"]
    ]
