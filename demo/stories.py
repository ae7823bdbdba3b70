"""The planted stories: which account lives which one, when, and what the published tables must say about it.

Months are counted from the epoch month (0). The stories that must be true "now" hold from month 35 to month 40; a first run
places `as_of` in month 36.
"""

from dataclasses import dataclass

STORY_MONTH = 35  # the month in which the late stories are all under way
LAST_STORY_MONTH = 40


@dataclass(frozen=True)
class Role:
    """What one account is cast for: its story, its temper, the months the story runs, and where its outcome shows."""

    kind: str
    temper: str
    start_month: int
    from_month: int
    until_month: int
    tables: tuple[str, ...]
    outcome: str


def _late(kind: str, temper: str, tables: tuple[str, ...], outcome: str, start_month: int = 0) -> Role:
    return Role(kind, temper, start_month, STORY_MONTH, LAST_STORY_MONTH, tables, outcome)


def _lasting(kind: str, since: int, tables: tuple[str, ...], outcome: str, start_month: int = 0) -> Role:
    return Role(kind, "smooth", start_month, since, 1_200, tables, outcome)


ROLES: dict[int, Role] = {
    1: _late(
        "nrr_met_vector_falls",
        "smooth",
        ("nrr_vs_success_vector", "success_vector"),
        "NRR 12 above 1.10 while the Success Vector falls by 0.06 every month: revenue_at_expense_of_success",
    ),
    2: _late(
        "vector_rises_nrr_missed",
        "smooth",
        ("nrr_vs_success_vector", "success_vector"),
        "NRR 12 below 0.90 while the Success Vector rises by 0.05 every month: success_without_revenue",
    ),
    3: _lasting(
        "reactivated",
        26,
        ("mrr_movements", "account_months", "churn_events"),
        "churn in month 20, reactivation in month 26, never a second new",
    ),
    4: _late(
        "dangling",
        "rough",
        ("customer_classes", "customer_class_reasons", "renewals", "interventions"),
        "Dangling: SLA missed, milestones missed, detractor, and a scheduled cancellation after reduced scope",
        start_month=3,
    ),
    5: _late(
        "champion_left",
        "smooth",
        ("interventions", "milestones"),
        "the champion, who answered the surveys, is suspended and deleted in month 35 and that month's milestone is missed",
    ),
    6: _late("detractor", "mixed", ("survey_responses", "interventions"), "the last relationship NPS answer is a 2"),
    7: Role(
        "payment_failed",
        "smooth",
        0,
        STORY_MONTH,
        STORY_MONTH + 1,
        ("interventions", "mrr_lines", "account_months"),
        "an open invoice of month 35, subscription past_due; cancelled as involuntary 40 days later",
    ),
    8: _lasting("quarantined_row", 34, ("quarantine/drop_folder/qbrs",), "a QBR planned on 07/08/... is quarantined"),
    9: _lasting(
        "name_conflict",
        3,
        ("source_conflicts",),
        "billing and the agreements row carry another customer name than accounts.csv",
    ),
    10: _late("happy", "smooth", ("customer_classes",), "Happy: consistent, good relationship, no named future work"),
    11: _late("growth", "smooth", ("customer_classes",), "Growth: consistent, propensity 9 and named future work"),
    12: _late("at_risk", "smooth", ("customer_classes",), "At-Risk: consistent, propensity 3 and sentiment -1"),
    13: _lasting("merged_away", 30, ("accounts", "account_months"), "merged into the survivor; never churn and new"),
    14: _lasting("merge_survivor", 30, ("accounts", "account_months"), "carries the merged account's history"),
    15: _lasting(
        "organization_deleted", 33, ("source_conflicts",), "helpdesk organization deleted while billing is active"
    ),
    16: _lasting("intramonth", 20, ("churn_events",), "started and ended inside month 20", start_month=20),
    17: _lasting("late_answer", 33, ("survey_responses",), "an answer 75 days after its invitation"),
    18: _lasting("many_lines", 1, ("mrr_lines",), "every invoice has 13 lines; an embedded list shows ten"),
    19: _late("paused", "smooth", ("mrr_movements", "account_months"), "collection paused from month 34 on: pause"),
    20: _lasting(
        "upgraded", 12, ("mrr_movements", "mrr_lines"), "plan upgrade in the middle of a period: expansion, plan"
    ),
    21: _lasting(
        "trial",
        12,
        ("mrr_lines", "mrr_movements"),
        "a trial from month 12 on, new when it ends in month 13",
        start_month=12,
    ),
    22: _lasting(
        "foreign_currency", 2, ("mrr_movements", "account_months"), "billed in pounds: fx moves it, nothing else"
    ),
    23: _lasting("annual", 1, ("mrr_lines", "account_months"), "one invoice a year, a twelfth of it each month"),
    24: _lasting(
        "agreement_only", 14, ("mrr_lines", "mrr_movements"), "billed by agreements.csv alone; expansion, quantity"
    ),
}
