"""One account's whole story on a sheet to be printed or shown in a business review, made from a published DuckDB file."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from quality.connections import open_read_only
from quality.report import charts
from quality.report.formatting import environment

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from quality.report.figures import Row, Run

TEMPLATE = "account_sheet.html.j2"

QUESTIONS = {
    "today": "from cx.accounts_today where account_id = $account",
    "reasons": """
        select signal, value, threshold, direction, is_satisfied, missing_reason, observed_on, age_days from cx.customer_class_reasons
        where account_id = $account and calendar_month = (select max(calendar_month) from cx.customer_class_reasons)
            and reason_kind = 'condition' and signal <> 'valid_patterns'
        order by signal, threshold
    """,
    "months": """
        select calendar_month, is_provisional, closing_mrr_minor, success_vector, customer_class, csat, sla_met_rate, tickets
        from cx.account_months where account_id = $account order by calendar_month desc limit 24
    """,
    "movements": """
        select calendar_month, movement, reason, change_minor from cx.mrr_movements
        where account_id = $account and movement <> 'fx' order by calendar_month desc, movement limit 8
    """,
    "vector": """
        select tools, investment, desire, subjective, proven, adherence_customer_90d, adherence_supplier_90d, status, last_rated_on
        from cx.success_vector where account_id = $account order by calendar_month desc limit 1
    """,
    "milestones": """
        select milestone_name, owner_party, due_on, completed_on, days_late, is_met from cx.milestones
        where account_id = $account and (not is_met or completed_on > $today::date - 90) order by due_on desc limit 10
    """,
    "interviews": """
        select held_on, situation, sentiment, propensity_to_continue, future_work, themes, next_action from cx.potential_patterns
        where account_id = $account order by held_on desc limit 3
    """,
    "works": """
        select work_name, work_kind, completed_on, csat, ces, nps, peak_end_score, missing_reason from cx.past_patterns
        where account_id = $account order by completed_on desc limit 6
    """,
    "quarters": """
        select calendar_quarter, qbrs_planned, qbrs_held, qbrs_overdue, nps, nps_responses, issues_open, service_rating, sla_met_rate
        from cx.present_patterns where account_id = $account order by calendar_quarter desc limit 4
    """,
    "plays": """
        select play, kind, opened_on, due_on, owner, status from cx.interventions
        where account_id = $account and status in ('open', 'overdue') order by due_on limit 8
    """,
    "changes": "select sentence from cx.account_changes where account_id = $account order by compared_with, change_kind",
}


class AccountUnknownError(LookupError):
    """The publication has no such account; the text says which are close."""


def write_account_sheet(warehouse: Path, page: Path, account_id: str, run: Run) -> None:
    """Write the sheet of `account_id`. Raises AccountUnknownError where the publication does not know it."""
    with contextlib.closing(open_read_only(warehouse)) as connection:
        rows = {name: _rows(connection, sql, account_id, run) for name, sql in QUESTIONS.items()}
        if not rows["today"]:
            close = connection.execute(
                "select account_id from cx.accounts_today order by jaro_winkler_similarity(account_id, $account) desc limit 3",
                {"account": account_id},
            ).fetchall()
            raise AccountUnknownError(f"No account has this id. Close to it are: {', '.join(one for (one,) in close)}.")
    months = list(reversed(rows["months"]))
    today = rows["today"][0]
    minor, major = today["mrr_minor"], today["mrr"]
    divisor = round(float(minor) / float(major)) if minor and major else 100
    amounts = [
        {**month, "mrr": month["closing_mrr_minor"] / divisor if month["closing_mrr_minor"] is not None else None}
        for month in months
    ]
    page.write_text(
        environment()
        .get_template(TEMPLATE)
        .render(
            run=run,
            today=today,
            rows=rows,
            divisor=divisor,
            charts={
                "mrr": charts.line_chart(amounts, {"mrr": "recurring revenue"}, share=False),
                "vector": charts.line_chart(months, {"success_vector": "Success Vector"}),
            },
        ),
        encoding="utf-8",
    )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, account_id: str, run: Run) -> list[Row]:
    given: dict[str, Any] = {"account": account_id}
    if "$today" in sql:
        given["today"] = run.as_of
    cursor = connection.execute(sql, given)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
