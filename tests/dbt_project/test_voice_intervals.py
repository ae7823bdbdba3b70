"""NPS and satisfaction as the models publish them, against exact arithmetic and published tables.

NPS: Rocks, B. (2016), Interval Estimation for the "Net Promoter Score", The American Statistician 70(4), the adjusted
Wald interval with pseudo-observations (0.75, 1.5, 0.75); steps as in the author's own R package NPS (`nps_test`,
`test = "adjusted.wald"`, one and two samples). The reference below is written from the paper with fractions and shares
no code with the models. Wilson: Newcombe, R. G. (1998), Statistics in Medicine 17, 857-872, table I.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Z = 1.959963984540054
SUMS = {
    "calendar_month": "date", "window_days": "integer", "windows_back": "integer", "survey_kind": "varchar",
    "segment_dimension": "varchar", "segment_value": "varchar", "responses": "bigint", "promoters": "bigint",
    "passives": "bigint", "detractors": "bigint", "accounts": "bigint", "promoter_accounts": "bigint",
    "passive_accounts": "bigint", "detractor_accounts": "bigint", "account_votes": "double",
    "account_votes_squared": "double", "paying_accounts": "bigint", "revenue": "double", "revenue_squared": "double",
    "revenue_votes": "double", "revenue_votes_squared": "double",
}  # fmt: skip
WINDOWS = {
    "calendar_month": "date", "number_of_month": "integer", "is_provisional": "boolean", "window_days": "integer",
    "windows_back": "integer", "starts_on": "date", "ends_on": "date",
}  # fmt: skip
MONTH = date(2026, 10, 1)
WINDOW = [
    (MONTH, 2026 * 12 + 9, False, 90, 0, date(2026, 8, 3), date(2026, 10, 31)),
    (MONTH, 2026 * 12 + 9, False, 90, 1, date(2026, 5, 5), date(2026, 8, 2)),
]


def rocks(promoters, passives, detractors):
    """Adjusted score and its variance over n', exactly."""
    counts = [promoters + Fraction(3, 4), passives + Fraction(3, 2), detractors + Fraction(3, 4)]
    total = sum(counts)
    p, q, d = (count / total for count in counts)
    score = p - d
    return score, (p * (1 - score) ** 2 + q * score**2 + d * (1 + score) ** 2) / total


def interval(promoters, passives, detractors):
    """The 95 % interval on the scale of -100 to 100."""
    score, variance = rocks(promoters, passives, detractors)
    margin = Z * sqrt(variance)
    return max(-100.0, 100 * (float(score) - margin)), min(100.0, 100 * (float(score) + margin))


def sums(segment, windows_back, promoters, passives, detractors):
    """A segment in which every respondent is an account of its own with the same revenue."""
    n, net, decided = promoters + passives + detractors, promoters - detractors, promoters + detractors
    return (
        MONTH, 90, windows_back, "relationship", "segment", segment, n, promoters, passives, detractors, n, promoters,
        passives, detractors, net, decided, n, n * 50.0, n * 2500.0, net * 50.0, decided * 50.0,
    )  # fmt: skip


def measured(build, rows):
    """(segment, level, windows_back) -> (nps, nps_low, nps_high)."""
    build.fill("int_voice__nps_segments_summed", SUMS, rows)
    build.run("int_voice__nps_levels_measured")
    found = build.rows(
        "select segment_value, level, windows_back, nps, nps_low, nps_high from build.intermediate.int_voice__nps_levels_measured"
    )
    return {(segment, level, back): (nps, low, high) for segment, level, back, nps, low, high in found}


def test_interval_of_a_small_sample_worked_by_hand(build):
    """5 promoters, 2 passives, 1 detractor: n' = 11, shares 23/44, 14/44, 7/44, score 4/11, var 0.5496, se 0.2235."""
    _, low, high = measured(build, [sums("a", 0, 5, 2, 1)])["a", "respondent", 0]
    assert rocks(5, 2, 1)[0] == Fraction(4, 11)
    assert (round(low, 1), round(high, 1)) == (-7.4, 80.2)


counts = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).filter(any)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=st.lists(counts, min_size=1, max_size=25))
def test_interval_equals_the_exact_reference_on_every_level(build, samples):
    found = measured(build, [sums(str(place), 0, *sample) for place, sample in enumerate(samples)])
    for place, (promoters, passives, detractors) in enumerate(samples):
        share = 100 * (promoters - detractors) / (promoters + passives + detractors)
        for level in ("respondent", "account", "revenue"):  # with one account each and equal weights they are the same
            nps, low, high = found[str(place), level, 0]
            assert nps == pytest.approx(share)
            assert (low, high) == pytest.approx(interval(promoters, passives, detractors))
            assert -100 <= low <= high <= 100


def trend(build, rows):
    build.fill("int_voice__windows_spined", WINDOWS, WINDOW)
    segment = {
        "calendar_month": "date",
        "window_days": "integer",
        "survey_kind": "varchar",
        "segment_dimension": "varchar",
    }
    build.fill(
        "int_voice__nps_invitations_summed", {**segment, "segment_value": "varchar", "invited": "bigint", "answered": "bigint"},
        [(MONTH, 90, "relationship", "segment", "a", 50, 20)],
    )  # fmt: skip
    build.fill(
        "int_voice__segment_bases_summed",
        {
            "calendar_month": "date",
            "segment_dimension": "varchar",
            "segment_value": "varchar",
            "paying_accounts": "bigint",
            "revenue": "bigint",
        },
        [],
    )
    build.fill("int_voice__nps_segments_summed", SUMS, rows)
    build.run("int_voice__nps_levels_measured", "nps_trend")
    return build.rows(
        "select segment_value, change, is_significant, reliability, response_rate, accounts_covered_rate"
        " from build.cx.nps_trend where level = 'respondent' order by segment_value"
    )


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(counts, counts), min_size=1, max_size=20))
def test_a_step_is_significant_where_the_interval_of_the_difference_excludes_zero(build, pairs):
    rows = [sums(f"{place:02}", back, *sample) for place, pair in enumerate(pairs) for back, sample in enumerate(pair)]
    for (_, _, is_significant, *_), (present, earlier) in zip(trend(build, rows), pairs, strict=True):
        (score, variance), (score_before, variance_before) = rocks(*present), rocks(*earlier)
        margin = Z * sqrt(variance + variance_before)
        difference = float(score - score_before)
        assert is_significant == (not difference - margin <= 0 <= difference + margin)


def test_a_step_without_an_earlier_window_is_neither_significant_nor_not(build):
    rows = [
        sums("a", 0, 20, 5, 4),
        sums("b", 0, 4, 4, 1),
        sums("b", 1, 1, 1, 1),
        sums("c", 0, 30, 0, 0),
        sums("d", 1, 9, 9, 9),
    ]
    assert trend(build, rows) == [
        ("a", None, None, "indicative", 0.4, None),
        ("b", pytest.approx(100 / 3), False, "insufficient", None, None),
        ("c", None, None, "reportable", None, None),
    ]


ANSWERS = {
    "response_id": "varchar", "source_name": "varchar", "metric": "varchar", "survey_kind": "varchar", "account_id": "varchar",
    "respondent_id": "varchar", "nps_vote": "integer", "responded_at": "timestamp",
}  # fmt: skip


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from(["mia", "ben", "eve", None]), st.sampled_from([-1, 0, 1]),
            st.integers(0, 200 * 24), st.sampled_from(["relationship", "transactional"]),
        ),
        max_size=40, unique_by=lambda answer: answer[3],
    )
)  # fmt: skip
def test_the_latest_answer_of_each_respondent_in_each_window_counts(build, answers):
    newest = datetime(2026, 11, 2)  # noqa: DTZ001 - naive UTC, two days after the window closes
    told = [
        (str(place), "t", "nps", kind, account, person, vote, newest - timedelta(hours=hours))
        for place, (account, person, vote, hours, kind) in enumerate(answers)
    ]
    expected = {}
    for *_, windows_back, starts_on, ends_on in WINDOW:
        latest = {}
        for response_id, _, _, kind, account, person, vote, responded_at in sorted(told, key=lambda answer: answer[-1]):
            if starts_on <= responded_at.date() <= ends_on:
                latest[kind, person or response_id] = (account, vote)
        for (kind, _), (account, vote) in latest.items():
            expected.setdefault((windows_back, kind, account), []).append(vote)
    build.fill("int_voice__responses_unioned", ANSWERS, told)
    build.fill("int_voice__windows_spined", WINDOWS, WINDOW)
    build.run("int_voice__nps_accounts_summed")
    found = build.rows(
        "select windows_back, survey_kind, account_id, promoters, passives, detractors from build.intermediate.int_voice__nps_accounts_summed"
    )
    assert {(back, kind, account): votes for back, kind, account, *votes in found} == {
        key: [votes.count(1), votes.count(0), votes.count(-1)] for key, votes in expected.items()
    }


@pytest.mark.parametrize(
    ("satisfied", "responses", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_csat_has_the_wilson_interval_of_newcombes_table(build, satisfied, responses, low, high):
    build.fill("int_calendar__months_spined", {"calendar_month": "date", "is_provisional": "boolean"}, [(MONTH, False)])
    build.fill(
        "int_voice__satisfaction_summed",
        {
            "calendar_month": "date", "metric": "varchar", "survey_kind": "varchar", "segment_dimension": "varchar",
            "segment_value": "varchar", "responses": "bigint", "satisfied": "bigint", "score_sum": "double",
            "score_squared_sum": "double", "last_responded_on": "date", "offered": "bigint", "unoffered": "bigint",
            "offered_answered": "bigint",
        },
        [(MONTH, "csat", "transactional", "all", "all", responses, satisfied, 1.0, 1.0, MONTH, 0, 0, 0)],
    )  # fmt: skip
    build.run("satisfaction_trend")
    [(score, score_low, score_high, response_rate)] = build.rows(
        "select score, score_low, score_high, response_rate from build.cx.satisfaction_trend"
    )
    assert score == satisfied / responses
    assert (round(score_low, 4), round(score_high, 4)) == (low, high)
    assert response_rate is None
