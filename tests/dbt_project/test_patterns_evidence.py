"""From evidence to class, month by month: what was not known in a month changes nothing about it."""

import random
from datetime import date, datetime, timedelta

from tests.dbt_project.conftest import Build

MONTHS = [date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 7))]
LAST_DAYS = [following - timedelta(days=1) for following in [*MONTHS[1:], date(2026, 7, 1)]]
CUT = 5  # months up to this index must not change
ACCOUNTS = [f"a{number:02d}" for number in range(40)]
CHAIN = (
    "int_success__relationship_answers_pooled",
    "int_success__touchpoints_linked",
    "int_success__evidence_observed",
    "int_success__ratings_averaged",
    "int_success__adherence_measured",
    "int_success__vectors_calculated",
    "int_success__support_windows_measured",
    "int_success__revenue_changes_measured",
    "int_success__signals_measured",
    "int_success__patterns_counted",
    "int_success__classes_decided",
)
COLUMNS: dict[str, dict[str, str]] = {
    "int_success__interviews_resolved": {
        "account_id": "varchar", "interview_id": "varchar", "held_on": "date", "sentiment": "double",
        "propensity_to_continue": "double", "future_work": "varchar",
    },
    "int_success__qbrs_resolved": {
        "account_id": "varchar", "qbr_id": "varchar", "held_on": "date", "service_rating": "double",
        "issues_open": "bigint", "opportunities": "bigint",
    },
    "int_success__milestones_resolved": {
        "account_id": "varchar", "milestone_id": "varchar", "owner_party": "varchar", "due_on": "date", "completed_on": "date",
    },
    "int_success__ratings_resolved": {
        "account_id": "varchar", "rating_id": "varchar", "rater": "varchar", "rated_on": "date", "tools": "double",
        "investment": "double", "desire": "double", "rationale": "varchar", "rater_row": "integer",
    },
    "int_voice__responses_unioned": {
        "account_id": "varchar", "response_id": "varchar", "respondent_id": "varchar", "pattern": "varchar", "metric": "varchar",
        "score": "double", "normalised_score": "double", "is_satisfied": "boolean", "sent_at": "timestamp",
        "responded_at": "timestamp", "trigger_kind": "varchar", "trigger_id": "varchar", "source_name": "varchar",
    },
    "int_support__tickets_measured": {
        "account_id": "varchar", "ticket_id": "varchar", "is_sla_met": "boolean", "first_solved_at": "timestamp",
        "sla_judged_at": "timestamp", "source_name": "varchar", "is_shared_id": "boolean",
    },
}  # fmt: skip
# The last columns of these tables, the same in every row: one helpdesk, which asks for itself.
SAME: dict[str, tuple[object, ...]] = {
    "int_voice__responses_unioned": ("zendesk",),
    "int_support__tickets_measured": ("zendesk", False),
}
Rows = dict[str, list[tuple[object, ...]]]


def happened(draw: random.Random, first: date, last: date, tag: str) -> Rows:
    """Evidence of every kind, on days from `first` to `last`."""
    rows: Rows = {table: [] for table in COLUMNS}

    def day() -> date:
        return first + timedelta(days=draw.randint(0, (last - first).days))

    def moment() -> datetime:
        return datetime.combine(day(), datetime.min.time()) + timedelta(minutes=draw.randint(0, 1439))

    for account in ACCOUNTS:
        for number in range(draw.randint(0, 6)):
            key = f"{tag}_{account}_{number}"
            rows["int_success__interviews_resolved"].append(
                (account, key, day(), draw.randint(-2, 2), draw.randint(0, 10), draw.choice((None, "a second site")))
            )
            rows["int_success__qbrs_resolved"].append((account, key, day(), draw.randint(1, 5), draw.randint(0, 3), 1))
            due = day()
            done = draw.choice((None, due, due + timedelta(days=40), due - timedelta(days=9)))
            rows["int_success__milestones_resolved"].append(
                (account, key, draw.choice(("customer", "supplier")), due, done)
            )
            rated = (draw.random(), draw.random(), draw.random())
            rows["int_success__ratings_resolved"].append((account, key, draw.choice("xy"), day(), *rated, "", 1))
            answered, score = moment(), draw.randint(0, 10)
            pattern, trigger = draw.choice((("present", None), ("past", "project"), ("past", "ticket")))
            target = f"project_{account}" if trigger == "project" else f"ticket_{account}" if trigger else None
            rows["int_voice__responses_unioned"].append(
                (
                    account,
                    key,
                    draw.choice("pq"),
                    pattern,
                    "nps",
                    score,
                    score / 10,
                    None,
                    None,
                    answered,
                    trigger,
                    target,
                )
            )
            judged = moment()
            rows["int_support__tickets_measured"].append((account, key, draw.random() < 0.85, judged, judged))
    return rows


def told(table: str, rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The rows with the columns that are the same in all of them."""
    return [(*row, *SAME.get(table, ())) for row in rows]


def classes(build: Build, rows: Rows, *, shuffle: random.Random | None = None) -> list[tuple[object, ...]]:
    """All signals and classes up to the cut, decided on these rows."""
    for table, columns in COLUMNS.items():
        found = shuffle.sample(rows[table], len(rows[table])) if shuffle else rows[table]
        build.fill(table, columns, told(table, found))
    build.seed("class_rules")
    build.seed("class_signals")
    build.run(*CHAIN)
    return build.rows(f"""
        select signals.account_id, signals.calendar_month, signals.signal, round(signals.signal_value, 9), signals.evidence_id,
            signals.observed_on, decided.customer_class, decided.rule_id, round(decided.confidence, 9)
        from build.intermediate.int_success__classes_decided as decided
        left join build.intermediate.int_success__signals_measured as signals using (account_id, calendar_month)
        where calendar_month <= date '{MONTHS[CUT]}'
        order by all
    """)


def prepare(build: Build) -> None:
    """What the chain reads besides evidence: the spine of months, projects and tickets that answers are about, and revenue."""
    spine = [
        (account, month, False, last) for account in ACCOUNTS for month, last in zip(MONTHS, LAST_DAYS, strict=True)
    ]
    build.fill(
        "int_success__account_months_spined",
        {"account_id": "varchar", "calendar_month": "date", "is_provisional": "boolean", "last_on": "date"},
        spine,
    )
    build.fill(
        "int_success__projects_resolved", {"project_id": "varchar"}, [(f"project_{account}",) for account in ACCOUNTS]
    )
    movements = ("new", "reactivation", "expansion", "contraction", "churn")
    build.fill(
        "int_revenue__account_months",
        {"account_id": "varchar", "calendar_month": "date", "closing_mrr_minor": "bigint"}
        | {f"{name}_minor": "bigint" for name in movements},
        # every fourth account gives up a fifth of its scope in one month
        [
            (account, month, 100, 0, 0, 0, 20 if place % 4 == 0 and month == MONTHS[4] else 0, 0)
            for place, account in enumerate(ACCOUNTS)
            for month in MONTHS
        ],
    )
    build.fill(
        "int_revenue__line_months",
        {
            "account_id": "varchar", "calendar_month": "date", "net_mrr_minor": "bigint", "is_end_committed": "boolean",
            "scheduled_end_at": "timestamp", "end_requested_at": "timestamp", "requested_end_at": "timestamp",
        },
        [],
    )  # fmt: skip


def together(earlier: Rows, later: Rows) -> Rows:
    return {table: earlier[table] + later[table] for table in COLUMNS}


def test_later_evidence_changes_nothing_in_an_earlier_month(build: Build) -> None:
    prepare(build)
    draw = random.Random(11)
    known = happened(draw, date(2025, 7, 1), LAST_DAYS[CUT], "known")
    # a ticket that answers were about is solved only later
    later = happened(draw, LAST_DAYS[CUT] + timedelta(days=1), LAST_DAYS[-1], "later")
    solved = datetime.combine(date(2026, 4, 20), datetime.min.time())
    later["int_support__tickets_measured"] += [
        (account, f"ticket_{account}", False, solved, solved) for account in ACCOUNTS
    ]
    before = classes(build, known)
    assert {str(row[6]) for row in before} >= {"Dangling", "At-Risk", "Unknown"}, "the batch must say something"
    assert classes(build, together(known, later)) == before


def test_the_order_in_which_evidence_arrives_is_irrelevant(build: Build) -> None:
    prepare(build)
    rows = happened(random.Random(12), date(2025, 7, 1), LAST_DAYS[-1], "known")
    assert classes(build, rows, shuffle=random.Random(13)) == classes(build, rows)
