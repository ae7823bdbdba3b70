"""The back-test: what was known at a month's end decides the group, what happened after it the outcome, and nothing else either."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.dbt_project.conftest import Build
from tests.dbt_project.test_patterns_evidence import (
    ACCOUNTS,
    CHAIN,
    COLUMNS,
    CUT,
    LAST_DAYS,
    MONTHS,
    Rows,
    happened,
    prepare,
    together,
    told,
)

HORIZONS = (1, 3, 6, 12)
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")
Life = dict[tuple[str, date], tuple[int, dict[str, int]]]  # account and month -> closing MRR and movements


def number(month: date) -> int:
    return month.year * 12 + month.month - 1


def lives(draw: random.Random) -> Life:
    """Every account from 100 on, with movements drawn at random; some leave and come back."""
    life: Life = {}
    for account in ACCOUNTS:
        mrr = 0
        for month in MONTHS:
            moved = dict.fromkeys(MOVEMENTS, 0)
            if mrr == 0:
                kind, size = ("new" if month == MONTHS[0] else "reactivation"), draw.choice((0, 100))
                size = 100 if month == MONTHS[0] else size
            else:
                kind = draw.choice(("", "", "", "expansion", "contraction", "churn"))
                size = mrr if kind == "churn" else draw.randint(1, mrr - 1) if mrr > 1 else 0
            if kind and size:
                moved[kind] = size
            mrr += sum(moved[name] for name in MOVEMENTS[:3]) - moved["contraction"] - moved["churn"]
            life[account, month] = mrr, moved
    return life


def fill(build: Build, life: Life, provisional: date = date(2027, 1, 1)) -> None:
    build.fill(
        "int_revenue__account_months",
        {"account_id": "varchar", "calendar_month": "date", "closing_mrr_minor": "bigint"}
        | {f"{name}_minor": "bigint" for name in MOVEMENTS},
        [
            (account, month, mrr, *(moved[name] for name in MOVEMENTS))
            for (account, month), (mrr, moved) in life.items()
        ],
    )
    build.fill(
        "int_calendar__months_spined",
        {"calendar_month": "date", "month_number": "bigint", "ends_on": "date", "is_provisional": "boolean"},
        [(month, number(month), last + timedelta(days=1), month >= provisional) for month, last in zip(MONTHS, LAST_DAYS, strict=True)],
    )  # fmt: skip


def judged(build: Build, rows: Rows) -> list[tuple[object, ...]]:
    for table, columns in COLUMNS.items():
        build.fill(table, columns, told(table, rows[table]))
    build.seed("class_rules")
    build.seed("class_signals")
    build.run(*CHAIN, "int_success__outcomes_observed", "class_backtests")
    return build.rows("""
        select account_id, judged_month, horizon_months, class_group, class_alarm_group, nps_group, outcome, kept_mrr_minor
        from build.intermediate.int_success__outcomes_observed order by all
    """)


@pytest.fixture
def prepared(build: Build) -> Iterator[Build]:
    prepare(build)
    yield build
    prepare(build)


def test_evidence_that_came_later_changes_no_group(prepared: Build) -> None:
    fill(prepared, lives(random.Random(20)))
    draw = random.Random(21)
    known = happened(draw, date(2025, 7, 1), LAST_DAYS[CUT], "known")
    later = happened(draw, LAST_DAYS[CUT] + timedelta(days=1), LAST_DAYS[-1], "later")
    first = [row for row in judged(prepared, known) if row[1] <= MONTHS[CUT]]
    assert {row[3] for row in first} >= {"Dangling", "At-Risk", "Unknown"}
    assert {row[5] for row in first} == {"detractor", "passive", "promoter", "unanswered"}
    assert {row[6] for row in first} == {"churned", "contracted", "expanded", "unchanged"}
    then = judged(prepared, together(known, later))
    assert [row for row in then if row[1] <= MONTHS[CUT]] == first
    assert [row for row in then if row[1] > MONTHS[CUT]] != [
        row for row in judged(prepared, known) if row[1] > MONTHS[CUT]
    ]


def test_an_answer_on_the_last_day_counts_and_one_on_the_next_does_not(prepared: Build) -> None:
    steady = dict.fromkeys(MOVEMENTS, 0)
    fill(prepared, {(account, month): (100, steady) for account in ("a00", "a01") for month in MONTHS})
    rows: Rows = {table: [] for table in COLUMNS}
    for account, moment in (("a00", LAST_DAYS[3]), ("a01", LAST_DAYS[3] + timedelta(days=1))):
        answered = datetime.combine(moment, datetime.min.time()) + timedelta(hours=23)
        rows["int_voice__responses_unioned"].append(
            (account, account, "p", "present", "nps", 2, 0.2, None, None, answered, None, None)
        )
    groups = {(row[0], row[1]): row[5] for row in judged(prepared, rows) if row[0] in {"a00", "a01"} and row[2] == 1}
    assert groups.get(("a00", MONTHS[3])) == "detractor"
    assert groups.get(("a01", MONTHS[3])) == "unanswered"
    assert groups.get(("a01", MONTHS[4])) == "detractor"


def test_outcomes_and_rates_against_a_count_by_hand(prepared: Build) -> None:
    life = lives(random.Random(23))
    running = MONTHS[-1]  # is not over, so that nothing is known of it
    fill(prepared, life, provisional=running)
    found = judged(prepared, happened(random.Random(24), date(2025, 7, 1), LAST_DAYS[-1], "known"))
    whole = [month for month in MONTHS if month < running]
    expected = {}
    for horizon in HORIZONS:
        for place in range(len(whole) - 1 - horizon, -1, -horizon):
            for account in ACCOUNTS:
                before, _ = life[account, whole[place]]
                if before == 0:
                    continue
                after = [life[account, month][1] for month in whole[place + 1 : place + 1 + horizon]]
                if any(moved["churn"] for moved in after):
                    expected[account, whole[place], horizon] = "churned", 0
                    continue
                end = life[account, whole[place + horizon]][0]
                outcome = "contracted" if end < before else "expanded" if end > before else "unchanged"
                expected[account, whole[place], horizon] = outcome, min(before, end)
    assert {(row[0], row[1], row[2]): (row[6], row[7]) for row in found} == expected

    groups = Counter((row[2] * 30, row[3], row[6]) for row in found)
    for horizon, group, churned, observations, rate, base in prepared.rows("""
        select horizon_days, predicted_group, churned, observations, churn_rate, base_churn_rate
        from build.cx.class_backtests where predictor = 'class' and scope = 'pooled'
    """):
        mine = {outcome: count for (days, name, outcome), count in groups.items() if (days, name) == (horizon, group)}
        everybody = dict.fromkeys(mine, 0) | Counter(
            outcome for (_, _, months), (outcome, _) in expected.items() if months * 30 == horizon
        )
        assert (churned, observations) == (mine.get("churned", 0), sum(mine.values()))
        assert rate == pytest.approx(churned / observations)
        assert base == pytest.approx(everybody.get("churned", 0) / sum(everybody.values()))


def test_the_groups_of_every_way_to_tell_accounts_apart_sum_to_all(prepared: Build) -> None:
    fill(prepared, lives(random.Random(25)))
    judged(prepared, happened(random.Random(26), date(2025, 7, 1), LAST_DAYS[-1], "known"))
    sums = prepared.rows("""
        select horizon_days, scope, predictor, sum(observations), sum(churned), sum(lost_mrr_minor), round(sum(churned_share), 9)
        from build.cx.class_backtests group by all
    """)
    totals = {row[:2]: row[3:6] for row in sums if row[2] == "base"}
    assert len(totals) == 6  # three horizons are over in nine months, pooled and latest
    assert len(sums) == 5 * len(totals)
    assert [row for row in sums if row[3:6] != totals[row[:2]] or row[6] != 1] == []
