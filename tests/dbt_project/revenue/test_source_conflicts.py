"""Facts on which billing, the helpdesk and the drop folder disagree: each kind shown, and silent where they agree."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.dbt_project.nights import Project

Row = dict[str, object]
Rows = dict[tuple[str, str], list[Row]]
SINCE = datetime(2026, 1, 5)  # noqa: DTZ001 - naive UTC


def customer(key: str, account: str | None, name: str, **said: object) -> Row:
    metadata = json.dumps({"account_id": account} if account else {})
    return {"customer_id": key, "name": name, "metadata": metadata, "created_at": SINCE} | said


def organization(key: str, account: str | None, name: str, **said: object) -> Row:
    return {
        "organization_id": key, "name": name, "external_id": account, "domain_names": "[]", "created_at": SINCE, "updated_at": SINCE,
    } | said  # fmt: skip


def agreement(account: str, **said: object) -> Row:
    return {
        "line_id": f"line-{account}", "account_ref": account, "product": "Retainer", "kind": "recurring", "quantity": Decimal(1),
        "unit_amount": Decimal(100), "currency": "USD", "interval": "month", "interval_count": 1, "starts_on": date(2026, 2, 1),
    } | said  # fmt: skip


def company() -> Rows:
    """One account, three sources, one voice."""
    return {
        ("drop_folder", "accounts"): [{"account_id": "a", "name": "Northwind", "contract_end": date(2027, 6, 1)}],
        ("drop_folder", "agreements"): [agreement("a")],
        ("stripe", "customers"): [customer("cus_a", "a", "northwind ")],
        ("zendesk", "organizations"): [organization("org_a", "a", "Northwind")],
    }


def conflicts(project: Project, rows: Rows) -> set[tuple[str, ...]]:
    build = project.build(rows, targets=("source_conflicts",))
    return set(build.execute(
        'select conflict_kind, entity_id, account_id, sources, "values", winner from build.cx.source_conflicts'
    ).fetchall())  # fmt: skip


def test_where_all_say_the_same_there_is_no_conflict(project: Project) -> None:
    assert conflicts(project, company()) == set()


CASES: dict[str, tuple[dict[tuple[str, str], list[Row]], tuple[str | None, ...]]] = {
    "the helpdesk deleted who billing says is active": (
        {("zendesk", "organizations"): [organization("org_a", "a", "Northwind", deleted_at=SINCE, _deleted=True)]},
        ("status", "org_a", "a", "billing, zendesk", "active; organization deleted", "billing"),
    ),
    "two names for one id": (
        {("zendesk", "organizations"): [organization("org_a", "a", "Southwind")]},
        ("name", "org_a", "a", "registry, zendesk", "Northwind; Southwind", "registry"),
    ),
    "billing knows somebody whom the registry does not": (
        {("stripe", "customers"): [customer("cus_a", "a", "Northwind"), customer("cus_x", "x", "Nobody")]},
        ("existence", "cus_x", None, "stripe, registry", "known; unknown", "none"),
    ),
    "the drop folder agrees with somebody whom the registry does not know": (
        {("drop_folder", "agreements"): [agreement("a"), agreement("typo")]},
        ("existence", "typo", None, "drop_folder, registry", "known; unknown", "none"),
    ),
    "ended by the registry, paid for by billing": (
        {("drop_folder", "accounts"): [{"account_id": "a", "name": "Northwind", "contract_end": date(2026, 6, 1)}]},
        ("churn", "a", "a", "registry, billing", "ended 2026-06-01; active", "billing"),
    ),
    "churned by billing, under contract by the registry": (
        {("drop_folder", "agreements"): [agreement("a", ends_on=date(2026, 6, 1))]},
        ("churn", "a", "a", "registry, billing", "under contract until 2027-06-01; churned", "billing"),
    ),
    "two owners of one record": (
        {
            ("drop_folder", "accounts"): [{"account_id": "a", "name": "Northwind"}, {"account_id": "b", "name": "B"}],
            ("drop_folder", "account_identities"): [{"source": "stripe", "source_id": "cus_b", "account_id": "b"}],
            ("stripe", "customers"): [customer("cus_b", "a", "B")],
        },
        ("owner", "cus_b", "b", "stripe (explicit), stripe (metadata)", "b; a", "explicit"),
    ),
    "one domain, two claimants": (
        {
            ("drop_folder", "accounts"): [{"account_id": "a", "name": "Northwind"}, {"account_id": "b", "name": "B"}],
            ("stripe", "customers"): [
                customer("cus_a", "a", "Northwind", email="x@shared.test"), customer("cus_b", "b", "B", email="y@shared.test"),
            ],
        },
        ("domain", "shared.test", None, "domain claimants", "2 accounts", "none"),
    ),
    "a map to nobody": (
        {("drop_folder", "account_identities"): [{"source": "Stripe", "source_id": "cus_a", "account_id": "typo"}]},
        ("existence", "cus_a", None, "account_identities (stripe), registry", "mapped to typo; no such account", "none"),
    ),
    "a merge into nobody": (
        {("drop_folder", "accounts"): [{"account_id": "a", "name": "Northwind", "merged_into": "gone"}]},
        ("merge", "a", "a", "registry", "merged into gone; no such account", "none"),
    ),
    "without an accounts file billing and the helpdesk name an account differently": (
        {("drop_folder", "accounts"): [], ("zendesk", "organizations"): [organization("org_a", "a", "zephyr")]},
        ("name", "org_a", "a", "stripe, zendesk", "northwind ; zephyr", "stripe"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_conflict_is_one_row_with_both_values_and_who_won(project: Project, case: str) -> None:
    changes, expected = CASES[case]
    assert conflicts(project, company() | changes) == {expected}
