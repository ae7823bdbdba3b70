"""What the report shows, asked from one published DuckDB file. Nothing is computed here that a published table does not say."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quality.connections import open_read_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    import duckdb

Row = dict[str, Any]

# Rows shown of a list that grows with the number of accounts; the tables hold the rest.
SHOWN = 12
MONTHS = 24


@dataclass(frozen=True)
class Run:
    """The run whose publication is shown, from its manifest."""

    run_id: str
    as_of: date
    policy_version: str
    is_demo: bool


@dataclass(frozen=True)
class Question:
    """One figure of the report: what it asks, of which columns it shows the definitions.

    columns  `table.column` whose published description defines what is seen
    """

    name: str
    sql: str
    columns: tuple[str, ...] = ()


QUESTIONS = (
    Question(
        "calls",
        f"""
        select account_id, account_name, csm_owner, customer_class, class_since, class_reason, mrr, currency, renewal_on,
            days_until_renewal, open_escalations, next_play, next_play_due_on, next_play_owner
        from cx.accounts_today
        where is_paying and customer_class in ('Dangling', 'At-Risk')
        order by customer_class <> 'Dangling', coalesce(days_until_renewal between 0 and 90, false) desc, mrr_minor desc, account_id
        limit {SHOWN}
        """,
        ("accounts_today.class_reason", "accounts_today.customer_class", "accounts_today.renewal_on", "accounts_today.next_play"),
    ),
    Question(
        "calls_in_all",
        """
        select count(*) as accounts, sum(mrr) as mrr, any_value(currency) as currency from cx.accounts_today
        where is_paying and customer_class in ('Dangling', 'At-Risk')
        """,
    ),
    Question(
        "expense",
        f"""
        select vectors.account_id, accounts.account_name, accounts.csm_owner, vectors.nrr_12, vectors.success_vector, vectors.delta,
            vectors.months_in_state, accounts.mrr, accounts.currency, accounts.renewal_on
        from cx.nrr_vs_success_vector as vectors
        inner join cx.accounts_today as accounts on vectors.account_id = accounts.account_id
        where vectors.state = 'revenue_at_expense_of_success'
            and vectors.calendar_month = (select max(calendar_month) from cx.portfolio_months)
        order by accounts.mrr_minor desc, vectors.account_id
        limit {SHOWN}
        """,
        ("nrr_vs_success_vector.state", "nrr_vs_success_vector.delta", "nrr_vs_success_vector.nrr_12"),
    ),
    Question(
        "changes",
        f"""
        select compared_with, compared_on, change_kind, sentence, amount_minor
        from cx.account_changes
        where compared_with = coalesce(
            (select max(compared_with) from cx.account_changes where compared_with = 'last_publication'), 'month_before'
        )
        order by change_kind <> 'customer_class', abs(amount_minor) desc, account_id
        limit {SHOWN}
        """,
        ("account_changes.compared_with", "account_changes.sentence"),
    ),
    Question(
        "left_out",
        """
        select "table", sentence, detail, severity, failed_rows from cx.quality_results
        where expectation = 'left_out' and not is_passed and run_id = $run_id
        order by severity <> 'critical', "table", sentence
        limit 20
        """,
    ),
    Question(
        "missing",
        f"""
        select account_name, csm_owner, customer_class, remedy, mrr, currency from cx.missing_evidence
        where is_cheapest and customer_class = 'Unknown' order by mrr_minor desc, account_id limit {SHOWN}
        """,
        ("missing_evidence.signal", "missing_evidence.remedy"),
    ),
    Question(
        "months",
        f"select * from cx.portfolio_months order by calendar_month desc limit {MONTHS}",
        (
            "portfolio_months.nrr_12", "portfolio_months.grr_12", "portfolio_months.logo_retention_12", "portfolio_months.nps",
            "portfolio_months.csat", "portfolio_months.ces", "portfolio_months.sla_met_rate", "portfolio_months.success_vector",
            "portfolio_months.closing_mrr",
        ),
    ),
    Question(
        "cohorts",
        """
        select first_paid, age_quarters, sum(retained) as retained, sum(opening) as opening, sum(accounts) as accounts
        from (
            select date_trunc('quarter', first_paid_month)::date as first_paid, age_months // 3 as age_quarters, first_paid_month,
                arg_max(retained_mrr_minor, age_months) as retained, arg_max(opening_mrr_minor, age_months) as opening,
                arg_max(accounts, age_months) as accounts
            from cx.retention_cohorts where not is_provisional
            group by all
        )
        where first_paid >= (select max(calendar_month) from cx.portfolio_months) - interval 3 year
        group by all having sum(opening) > 0 order by all
        """,
        ("retention_cohorts.nrr", "retention_cohorts.first_paid_month"),
    ),
    Question(
        "churn",
        """
        select reason, is_voluntary, count(*) as accounts, sum(lost_mrr_minor) as lost_minor
        from cx.churn_events
        where churn_month > (select max(calendar_month) from cx.portfolio_months) - interval 12 month and lost_mrr_minor > 0
        group by all order by lost_minor desc
        """,
        ("churn_events.reason", "churn_events.lost_mrr_minor"),
    ),
    Question(
        "moves",
        """
        select coalesce(previous_class, 'not judged') as previous_class, customer_class, count(*) as accounts
        from cx.accounts_today where is_paying and customer_class is not null group by all order by all
        """,
        ("customer_classes.customer_class", "customer_classes.previous_class"),
    ),
    Question(
        "renewals",
        """
        select date_trunc('month', renewal_on)::date as calendar_month, coalesce(customer_class, 'Unknown') as customer_class,
            sum(exposed_mrr_minor) as exposed_minor, sum(expected_mid_minor) as expected_minor, count(*) as accounts
        from cx.renewals where days_until between 0 and 180 group by all order by all
        """,
        ("renewals.exposed_mrr_minor", "renewals.expected_mid_minor"),
    ),
    Question(
        "promises",
        """
        select calendar_month, sum(customer_milestones_met_90d) as customer_met, sum(customer_milestones_due_90d) as customer_due,
            sum(supplier_milestones_met_90d) as supplier_met, sum(supplier_milestones_due_90d) as supplier_due
        from cx.success_vector group by all order by calendar_month desc limit 24
        """,
        ("success_vector.adherence_customer_90d", "success_vector.adherence_supplier_90d"),
    ),
    Question(
        "reviews",
        """
        select calendar_quarter, sum(qbrs_held) as held, sum(qbrs_overdue) as overdue,
            greatest(sum(qbrs_planned) - sum(qbrs_held) - sum(qbrs_overdue), 0) as ahead
        from cx.present_patterns group by all order by calendar_quarter desc limit 8
        """,
        ("present_patterns.qbrs_planned", "present_patterns.qbrs_held", "present_patterns.qbrs_overdue"),
    ),
    Question(
        "teams",
        """
        select coalesce(group_name, 'no group') as team, sum(tickets_handled) as handled, sum(backlog) as backlog,
            sum(replies_after_hours) / nullif(sum(replies), 0) as after_hours, sum(reopened) as reopened,
            sum(csat_satisfied) / nullif(sum(csat_responses), 0) as csat, sum(csat_responses) as csat_responses
        from cx.agent_months
        where worker_kind = 'group' and calendar_month = (select max(calendar_month) from cx.portfolio_months where not is_provisional)
        group by all order by handled desc limit 12
        """,
        ("agent_months.tickets_handled", "agent_months.after_hours_rate", "agent_months.csat"),
    ),
    Question(
        "managers",
        """
        select csm_owner, accounts, mrr_minor, at_risk_accounts, dangling_accounts, unknown_accounts, renewing_90d_mrr_minor,
            open_interventions, overdue_interventions
        from cx.csm_loads where csm_owner is not null and segment_dimension = 'all' order by mrr_minor desc limit 20
        """,
        ("csm_loads.accounts", "csm_loads.at_risk_accounts", "csm_loads.overdue_interventions"),
    ),
    Question(
        "quality",
        """
        select count(*) as checks, count(*) filter (where is_passed) as held,
            count(*) filter (where not is_passed and severity = 'warning') as warnings
        from cx.quality_results where run_id = $run_id
        """,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Rows by question, in the order asked; published descriptions by `table.column`."""

    run: Run
    rows: Mapping[str, list[Row]]
    descriptions: Mapping[str, str]

    def definitions(self, name: str) -> list[tuple[str, str]]:
        """What the columns of a question mean: (column in words, published description)."""
        asked = next(question for question in QUESTIONS if question.name == name)
        return [
            (column.split(".", 1)[1].replace("_", " "), self.descriptions[column])
            for column in asked.columns
            if column in self.descriptions
        ]


def figures(warehouse: Path, run: Run) -> Figures:
    """Ask every question of the file. A question about a table that the file lacks (an older version) has no rows."""
    with contextlib.closing(open_read_only(warehouse)) as connection:
        described = connection.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() where schema_name = 'cx' and comment is not null"
        ).fetchall()
        known = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'cx'"
            ).fetchall()
        }
        found = {
            one.name: list(_rows(connection, one.sql, run.run_id)) if _tables(one.sql) <= known else []
            for one in QUESTIONS
        }
        return Figures(run, found, dict(described))


def _tables(sql: str) -> set[str]:
    return {word.split(".", 1)[1].strip("(),") for word in sql.replace("(", " ( ").split() if word.startswith("cx.")}


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, run_id: str) -> Iterator[Row]:
    cursor = connection.execute(sql, {"run_id": run_id} if "$run_id" in sql else None)
    names = [column[0] for column in cursor.description or ()]
    for row in cursor.fetchall():
        yield dict(zip(names, row, strict=True))
