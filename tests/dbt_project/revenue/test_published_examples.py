"""Worked examples that vendors and authors publish, run through the models from raw rows to the published tables.

Each example names its source and is a segment of its own (revenue) or an account of its own (surveys), so that one run of the
models answers all of them. Amounts are in dollars as the source prints them, ratios are compared at the digits it prints.
Where a source defines otherwise than this project, the example says so, and which policy brings its number about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest

from tests.dbt_project.nights import Project

Row = dict[str, object]
LONG_AGO, BEGINS, CHANGES, ENDS = date(2025, 3, 1), date(2026, 10, 3), date(2026, 10, 10), date(2026, 10, 20)
MONTH = date(2026, 10, 1)


@dataclass(frozen=True)
class Change:
    """Accounts that paid `before` dollars a month at the end of September and pay `after` at the end of October.

    between: what they paid from the 10th to the 20th of October.
    """

    before: str
    after: str
    accounts: int = 1
    between: str | None = None
    interval: str = "month"
    discount_percent: str = "0"
    reason: str | None = None

    def lines(self) -> Iterator[tuple[str, date, date | None]]:
        """(amount, starts on, ends on)"""
        if self.between is not None:
            first = BEGINS if self.before == "0" else CHANGES
            if self.before != "0":
                yield self.before, LONG_AGO, CHANGES
            yield self.between, first, ENDS
        elif self.before == self.after:
            yield self.before, LONG_AGO, None
        else:
            if self.before != "0":
                yield self.before, LONG_AGO, CHANGES
            if self.after != "0":
                yield self.after, CHANGES, None


@dataclass(frozen=True)
class Example:
    source: str
    changes: tuple[Change, ...]
    expected: dict[str, float]
    note: str = ""


REVENUE = {
    "chartmogul_gross_mrr_churn": Example(
        "ChartMogul Help Center, article 203359341 'Metric: MRR Churn Rate': of $100, $10 churned, $10 contracted, one customer "
        "expanded by $10: gross MRR churn rate 20 %",
        (Change("10", "0"), Change("20", "10"), Change("20", "30"), Change("50", "50")),
        {"opening_mrr_minor": 10000, "revenue_churn_gross": 0.20, "grr_1": 0.80},
    ),
    "chartmogul_net_mrr_churn": Example(
        "ChartMogul Help Center, article 203359341, same month: net MRR churn rate 10 %, with $0 of reactivation",
        (Change("10", "0"), Change("20", "10"), Change("20", "30"), Change("50", "50")),
        {"revenue_churn_net": 0.10, "nrr_1": 0.90, "nrr_1_with_reactivation": 0.90},
        "ChartMogul lets reactivation offset churn: that is 1 - nrr_1_with_reactivation; revenue_churn_net leaves it out",
    ),
    "chartmogul_customer_churn": Example(
        "ChartMogul Help Center, article 203359321 'Metric: Customer Churn rate', B2B formula: 100 customers, 11 cancel, one of "
        "them had joined in the same month: 10 / 100",
        (Change("10", "10", accounts=90), Change("10", "0", accounts=10), Change("0", "0", between="10")),
        {"opening_accounts": 100, "churned_accounts": 10, "logo_churn": 0.10, "new_minor": 0},
        "Baremetrics (changelog 'Churn Update') counts who joins and leaves in one window; here churn_events lists them as intramonth",
    ),
    "chartmogul_mrr_of_equal_customers": Example(
        "ChartMogul blog, 'Everything you need to know about CMRR': 120 customers at $60 a month are $7,200 of MRR",
        (Change("60", "60", accounts=120),),
        {"closing_mrr_minor": 720000, "closing_accounts": 120},
    ),
    "stripe_mrr_of_two_plans": Example(
        "Stripe Docs, 'Billing metric definitions', MRR: 100 subscribers at 100 USD a month, 50 at 600 USD a year: 12,500 USD",
        (Change("100", "100", accounts=100), Change("600", "600", accounts=50, interval="year")),
        {"closing_mrr_minor": 1250000},
        "the formula line of that page prints 800/12; its result, 12,500, is that of the 600 USD it speaks of",
    ),
    "stripe_annual_subscription": Example(
        "Stripe Support, 'Billing Analytics', MRR: an annual subscription of $1,200 counts $100",
        (Change("1200", "1200", interval="year"),),
        {"closing_mrr_minor": 10000},
    ),
    "stripe_forever_coupon": Example(
        "Stripe Support, 'Billing Analytics', Discounts: a coupon of 50 % with duration forever halves the MRR",
        (Change("100", "100", discount_percent="50"),),
        {"closing_mrr_minor": 5000},
        "Stripe leaves coupons of duration once and repeating out: discount_policy forever_only, a unit test of its own",
    ),
    "glassfy_annual_subscription": Example(
        "Glassfy Docs, 'Monthly Recurring Revenues': an annual subscription of $1200 is counted as $100 a month",
        (Change("1200", "1200", interval="year"),),
        {"closing_mrr_minor": 10000},
    ),
    "chargebee_gross_retention": Example(
        "Chargebee Docs, 'Recurring Revenue', Gross Revenue Retention: $5,000 at the beginning, $6,000 at the end of the period: "
        "minimum over beginning, 5000 / 5000",
        (Change("5000", "6000"),),
        {"grr_12": 1.0, "grr_1": 1.0, "kept_mrr_minor": 500000},
        "the page prints the quotient 5000/5000 as 1%",
    ),
    "chargebee_downgrade": Example(
        "Chargebee Support, article 264186 'How Churn is calculated': a switch from $100 to $70 a month is no customer churn and "
        "a revenue loss of $30",
        (Change("100", "70"),),
        {"churned_accounts": 0, "churn_minor": 0, "contraction_minor": 3000},
    ),
    "chargebee_plan_addon_discount": Example(
        "Chargebee on MRR, as quoted by profoundtips.com 'How is MRR calculated in Chargebee?': plan $100 + add-on $100 - "
        "discount $50 = $150",
        (Change("100", "100"), Change("100", "100", discount_percent="50")),
        {"closing_mrr_minor": 15000},
    ),
    "baremetrics_upgrade_then_churn": Example(
        "Baremetrics changelog, revenue churn: a customer upgrades from $500 to $1,379 within the period and churns: $500 / $500",
        (Change("500", "0", between="1379"),),
        {"churn_minor": 50000, "revenue_churn_cancelled_only": 1.0, "revenue_churn_gross": 1.0, "expansion_minor": 0},
    ),
    "churnzero_net_retention": Example(
        "ChurnZero, Churnopedia 'Net Revenue Retention': MRR of $27,000 enters January, upsells lift it to $35,000, $5,000 churn: "
        "111 % ($30,000 / $27,000)",
        (Change("22000", "30000"), Change("5000", "0")),
        {"opening_mrr_minor": 2700000, "nrr_1": 1.11},
    ),
    "pitchkit_net_dollar_retention": Example(
        "PitchKit glossary, 'NDR': start $100k, expansion $15k, contraction $3k, churn $5k: 107 %",
        (Change("50000", "65000"), Change("40000", "37000"), Change("5000", "0"), Change("5000", "5000")),
        {"nrr_1": 1.07, "nrr_12": 1.07, "expansion_minor": 1500000, "contraction_minor": 300000, "churn_minor": 500000},
    ),
    "prop365_net_retention_above_one": Example(
        "prop365 glossary, 'Net Revenue Retention': $100,000 + $10,000 - $5,000: 105 %",
        (Change("95000", "105000"), Change("5000", "0")),
        {"nrr_1": 1.05, "nrr_12": 1.05},
    ),
    "prop365_net_retention_below_one": Example(
        "prop365 glossary, 'Net Revenue Retention', second case: $200,000 + $20,000 - $30,000: 95 %",
        (Change("170000", "190000"), Change("30000", "0")),
        {"nrr_1": 0.95, "nrr_12": 0.95},
    ),
    "dnoise_net_retention": Example(
        "D-Noise, 'NRR': (200,000 - 6,000 - 4,000 + 20,000) / 200,000: 105 %",
        (Change("6000", "0"), Change("54000", "50000"), Change("140000", "160000")),
        {"nrr_1": 1.05, "nrr_12": 1.05},
    ),
    "revpartners_expansion": Example(
        "RevPartners, 'Revenue reporting in HubSpot CRM': January begun at $500 and ended at $700 is an expansion of $200",
        (Change("500", "700"),),
        {"expansion_minor": 20000, "new_minor": 0},
    ),
    "revpartners_upgrade": Example(
        "RevPartners Academy, class 23: beginning MRR 1,000, ending 1,200: an upgrade of 200",
        (Change("1000", "1200"),),
        {"expansion_minor": 20000},
    ),
    "revpartners_downgrade": Example(
        "RevPartners Academy, class 23: from a thousand to a hundred dollars is a downgrade, not churn",
        (Change("1000", "100"),),
        {"contraction_minor": 90000, "churn_minor": 0, "churned_accounts": 0},
    ),
    "chargebee_voluntary_cancellation": Example(
        "Chargebee Docs, 'Charts', Voluntary Cancellation MRR: 15 customers on $10 leave voluntarily, ten involuntarily: $150",
        (Change("10", "0", accounts=15), Change("10", "0", accounts=10, reason="involuntary")),
        {"churned_accounts": 25, "voluntary_minor": 15000},
    ),
}  # fmt: skip

SCORES = {
    "delighted_csat": (
        "csat", "Delighted Help, article 240 'How is CSAT calculated?': 42, 32, 10, 9, 14 answers of 5 to 1: 74 / 107, 69.16 %",
        {5: 42, 4: 32, 3: 10, 2: 9, 1: 14}, {"score": (0.6916, 4)},
    ),
    "voc_metrics_csat": (
        "csat", "VoC Metrics Help, article 9647540 'What is CSAT': 10, 20, 10, 5, 5 answers of 5 to 1: 60 %",
        {5: 10, 4: 20, 3: 10, 2: 5, 1: 5}, {"score": (0.60, 2)},
    ),
    "wyapy_csat": (
        "csat", "Wyapy, 'How to calculate CSAT': 120, 40, 20, 10, 10 answers of 5 to 1: 80 %",
        {5: 120, 4: 40, 3: 20, 2: 10, 1: 10}, {"score": (0.80, 2)},
    ),
    # the mean is CYS's headline, the share of 5 to 7 is ours; both are published, the mean under `mean`
    "cys_ces": (
        "ces", "CYS Group Support, article 3000095529 'CES 7-point scale to average': 80, 210, 140, 110, 160, 180, 120 of 1 to 7: 4.08",
        {1: 80, 2: 210, 3: 140, 4: 110, 5: 160, 6: 180, 7: 120}, {"mean": (4.08, 2)},
    ),
    "reputation_nps": (
        "nps", "Reputation Help, 'How is NPS calculated?': 50 % promoters, 10 % detractors: 40",
        {10: 25, 9: 25, 8: 20, 7: 20, 6: 5, 0: 5}, {"nps": (40, 0)},
    ),
    "dela_nps": (
        "nps", "DELA annual report 2018, glossary 'Net Promotor Score': 30 % promoters, 20 % detractors: +10",
        {9: 30, 8: 50, 3: 20}, {"nps": (10, 0)},
    ),
    "cross_validated_nps": (
        "nps", "Cross Validated, 'How can I calculate margin of error in a NPS result?': 1/2 promoters, 1/3 passives, 1/6 detractors: 1/3",
        {10: 30, 7: 20, 5: 10}, {"nps": (33.3333, 4)},
    ),
}  # fmt: skip


def _agreements(name: str, example: Example) -> Iterator[tuple[str, Row]]:
    for place, change in enumerate(example.changes):
        for number in range(change.accounts):
            account = f"{name}.{place}.{number}"
            yield (
                "accounts",
                {"account_id": account, "name": account, "segment": name, "start_date": date(2025, 1, 1)},
            )
            for line, (amount, starts_on, ends_on) in enumerate(change.lines()):
                yield "agreements", {
                    "line_id": f"{account}.{line}", "account_ref": account, "product": "Plan", "kind": "recurring",
                    "quantity": Decimal(1), "unit_amount": Decimal(amount), "currency": "USD", "interval": change.interval,
                    "interval_count": 1, "starts_on": starts_on, "ends_on": ends_on, "ended_reason": change.reason,
                    "discount_percent": Decimal(change.discount_percent), "status": "active",
                }  # fmt: skip


def _answers(name: str, metric: str, counts: dict[int, int]) -> Iterator[tuple[str, Row]]:
    yield "accounts", {"account_id": name, "name": name, "segment": "answers", "start_date": date(2025, 1, 1)}
    number = 0
    for score, count in counts.items():
        for _ in range(count):
            number += 1
            yield "survey_responses", {
                "response_id": f"{name}.{number}", "metric": metric, "survey_kind": "relationship" if metric == "nps" else "transactional",
                "score": float(score), "scale_min": 0.0 if metric == "nps" else 1.0,
                "scale_max": {"nps": 10.0, "csat": 5.0, "ces": 7.0}[metric], "scale_direction": "higher_is_better",
                "account_ref": name, "respondent_email": f"p{number}@{name}.test",
                "responded_at": datetime(2026, 10, 5) + timedelta(minutes=number),  # noqa: DTZ001 - naive UTC
            }  # fmt: skip


def _recurly_added_user() -> Iterator[tuple[str, str, Row]]:
    """A user at $10 is added halfway through June; the invoice line says $5 and 15 to 30 June."""
    yield "stripe", "customers", {"customer_id": "cus", "metadata": '{"account_id": "recurly_added_user"}'}
    yield "stripe", "subscriptions", {
        "subscription_id": "sub", "customer_id": "cus", "status": "active", "currency": "usd",
        "created_at": datetime(2026, 6, 1), "started_at": datetime(2026, 6, 1),  # noqa: DTZ001 - naive UTC
    }  # fmt: skip
    price = {
        "price_id": "price", "product_id": "prod", "currency": "usd", "unit_amount_decimal": "1000", "interval": "month",
        "interval_count": 1, "usage_type": "licensed",
    }  # fmt: skip
    yield "stripe", "prices", price | {"type": "recurring"}
    yield "stripe", "subscription_items", price | {"item_id": "si", "subscription_id": "sub", "quantity": 2}
    for invoice, amount, day, is_proration in (("first", 1000, 1, False), ("added", 500, 16, True)):
        at = datetime(2026, 6, day)  # noqa: DTZ001 - naive UTC
        yield "stripe", "invoices", {
            "invoice_id": invoice, "customer_id": "cus", "subscription_id": "sub", "status": "paid", "currency": "usd",
            "billing_reason": "subscription_update" if is_proration else "subscription_create", "created_at": at, "effective_at": at,
        }  # fmt: skip
        yield "stripe", "invoice_lines", {
            "line_id": f"il_{invoice}", "invoice_id": invoice, "subscription_id": "sub", "price_id": "price", "product_id": "prod",
            "line_type": "invoice_item_details" if is_proration else "subscription_item_details", "is_proration": is_proration,
            "currency": "usd", "amount_minor": amount, "quantity": 1, "discount_amounts_minor": 0, "period_start_at": at,
            "period_end_at": datetime(2026, 7, 1), "invoice_created_at": at,  # noqa: DTZ001 - naive UTC
        }  # fmt: skip


@pytest.fixture(scope="module")
def build(project: Project) -> duckdb.DuckDBPyConnection:
    rows: dict[tuple[str, str], list[Row]] = {}
    for name, example in REVENUE.items():
        for table, row in _agreements(name, example):
            rows.setdefault(("drop_folder", table), []).append(row)
    for name, (metric, _, counts, _) in SCORES.items():
        for table, row in _answers(name, metric, counts):
            rows.setdefault(("drop_folder", table), []).append(row)
    for name in ("recurly_whole_period", "recurly_added_user"):
        rows["drop_folder", "accounts"].append({"account_id": name, "name": name, "segment": name})
    for source, table, row in _recurly_added_user():
        rows.setdefault((source, table), []).append(row)
    rows["drop_folder", "agreements"].append({
        "line_id": "recurly", "account_ref": "recurly_whole_period", "product": "Plan", "kind": "recurring", "quantity": Decimal(1),
        "unit_amount": Decimal(100), "currency": "USD", "interval": "month", "interval_count": 1,
        "starts_on": date(2026, 3, 29), "ends_on": date(2026, 4, 29),
    })  # fmt: skip
    return project.build(rows, targets=("retention_months", "mrr_movements", "nps_trend", "satisfaction_trend"))


@pytest.mark.parametrize("name", REVENUE)
def test_revenue_as_published(build: duckdb.DuckDBPyConnection, name: str) -> None:
    example = REVENUE[name]
    columns = [column for column in example.expected if column != "voluntary_minor"]
    [found] = build.execute(
        f"select {', '.join(columns)} from build.cx.retention_months"
        " where segment_dimension = 'segment' and segment_value = ? and calendar_month = ?", [name, MONTH],
    ).fetchall()  # fmt: skip
    told = dict(zip(columns, found, strict=True))
    if "voluntary_minor" in example.expected:
        [(told["voluntary_minor"],)] = build.execute(
            "select -sum(change_minor) from build.cx.mrr_movements"
            " where movement = 'churn' and reason = 'cancel' and calendar_month = ? and account_id like ?", [MONTH, f"{name}.%"],
        ).fetchall()  # fmt: skip
    assert {column: round(value, 2) for column, value in told.items()} == example.expected, example.source


@pytest.mark.parametrize("name", SCORES)
def test_scores_as_published(build: duckdb.DuckDBPyConnection, name: str) -> None:
    metric, source, counts, expected = SCORES[name]
    table = "nps_trend" if metric == "nps" else "satisfaction_trend"
    window = "window_days = 90 and level = 'respondent'" if metric == "nps" else f"metric = '{metric}'"
    [found] = build.execute(
        f"select responses, {', '.join(expected)} from build.cx.{table}"
        f" where segment_dimension = 'account' and segment_value = ? and calendar_month = ? and {window}", [name, MONTH],
    ).fetchall()  # fmt: skip
    assert found[0] == sum(counts.values())
    for (column, (value, digits)), told in zip(expected.items(), found[1:], strict=True):
        assert round(told, digits) == value, (column, source)


def closing(build: duckdb.DuckDBPyConnection, account: str) -> dict[date, int]:
    query = "select calendar_month, closing_mrr_minor from build.intermediate.int_revenue__account_months where account_id = ?"
    return dict(build.execute(query, [account]).fetchall())


def test_a_period_counts_whole_until_it_ends_as_recurly_has_it(build: duckdb.DuckDBPyConnection) -> None:
    """Recurly Support, article 360027350412: $100 from March 29th to April 29th is $100 of MRR on every day of it, and a
    month shows its last day."""
    found = closing(build, "recurly_whole_period")
    assert (found[date(2026, 3, 1)], found[date(2026, 4, 1)]) == (10000, 0)


def test_a_prorated_user_counts_at_the_whole_price_where_recurly_counts_the_prorated_one(
    build: duckdb.DuckDBPyConnection,
) -> None:
    """Recurly Support, article 360029630811: a user at $10 added halfway through June raises MRR by the prorated $5 only.

    Here by $10: half a month's price is what half a month costs, not what a month does; no policy brings the $5 about, for
    July would then show an expansion that nobody made.
    """
    assert closing(build, "recurly_added_user")[date(2026, 6, 1)] == 2000
