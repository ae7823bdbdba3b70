"""What the planted stories are, so that tests and readers can look for them."""

from typing import TYPE_CHECKING, Any

from ingestion.demo.people import champion_left_at, merged_at
from ingestion.demo.stories import ROLES, Role
from ingestion.demo.streams import as_day, month_day

if TYPE_CHECKING:
    from ingestion.demo.accounts import Account
    from ingestion.demo.company import Company


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
        "expect": _expectation(company, account, role),
    }


def _expectation(company: "Company", account: "Account", role: Role) -> dict[str, Any]:
    """Exact values to look for, by the story's kind."""
    held = company.subscriptions[account.account_id]
    match role.kind:
        case "nrr_met_vector_falls":
            return {"state": "revenue_at_expense_of_success", "nrr_12_at_least": 1.10, "delta_at_most": -0.05}
        case "vector_rises_nrr_missed":
            return {"state": "success_without_revenue", "nrr_12_at_most": 0.90, "delta_at_least": 0.04}
        case "reactivated":
            return {
                "churn_month": month_day(company.epoch, 21).isoformat(),
                "reactivation_month": month_day(company.epoch, 26).isoformat(),
            }
        case "dangling":
            return {"customer_class": "Dangling", "cancel_on": _day_or_none(held[0].ended) if held else None}
        case "happy" | "growth" | "at_risk":
            return {"customer_class": {"happy": "Happy", "growth": "Growth", "at_risk": "At-Risk"}[role.kind]}
        case "champion_left":
            return {
                "user_id": str(account.user_id(0)),
                "left_on": _day_or_none(champion_left_at(account, company.starts)),
            }
        case "payment_failed":
            return {
                "open_invoices": [i.invoice_id for one in held for i in one.invoices if i.created >= one.unpaid_since]
            }
        case "quarantined_row":
            return {"quarantined": _bad_rows(company, account)}
        case "merged_away":
            merged = _day_or_none(merged_at(account, company.starts))
            return {"merged_into": f"acc_{account.number + 1:04d}", "merged_on": merged}
        case "merge_survivor":
            return {"merged_from": f"acc_{account.number - 1:04d}"}
        case "name_conflict":
            return {"names": [account.name, f"{account.name} Holdings Ltd"], "customer_id": account.customer_id}
        case "organization_deleted":
            return {"organization_id": str(account.organization_id)}
        case "many_lines":
            return {"lines_per_invoice": 13}
        case "detractor":
            return {"score": 2}
        case _:
            return {}


def _day_or_none(second: int) -> str | None:
    from ingestion.demo.streams import NEVER  # noqa: PLC0415

    return None if second >= NEVER else as_day(second).isoformat()


def _bad_rows(company: "Company", account: "Account") -> list[dict[str, Any]]:
    """File, line and column of every planted row that breaks its contract."""
    from ingestion.demo.drop_files import file_rows  # noqa: PLC0415 - the files are told by the company itself

    return [
        {"file": "qbrs.csv", "line": line, "column": "planned_on", "value": row["planned_on"], "qbr_id": row["qbr_id"]}
        for line, row in enumerate(file_rows(company)["qbrs.csv"], start=2)
        if row["account_ref"] == account.account_id and "/" in row["planned_on"]
    ]
