"""One hidden health drives what is seen of an account and what becomes of it, so that evidence foretells, and not perfectly."""

from bisect import bisect_right
from datetime import date

import pytest

from demo import success
from demo.company import build
from demo.health import LAG, health
from demo.streams import NEVER


@pytest.fixture(scope="module")
def population():
    return build(date(2023, 11, 1), date(2026, 11, 21), 400)


def month_of(company, at):
    return bisect_right(company.starts, at) - 1


def mean(values):
    values = list(values)
    assert len(values) >= 30
    return sum(values) / len(values)


def test_a_longer_world_begins_with_the_same_months(population):
    for account in population.accounts[:60]:
        longer = health(population.seed, account, 60)
        assert longer[:36] == health(population.seed, account, 36)
        assert all(0 < month < 1 for month in longer)
        assert (len(set(longer)) == 1) is (account.role is not None)


def test_who_leaves_fared_worse_than_who_stays(population):
    before_leaving, usual = [], []
    for account in population.won:
        if account.role is None:
            fares = population.healths[account.account_id]
            usual.extend(fares[account.start_month : len(population.starts) - 1])
            for held in population.subscriptions[account.account_id]:
                at = min(held.cancel_requested, held.unpaid_since)
                if at < NEVER:
                    before_leaving.append(fares[month_of(population, at) - LAG])
    assert mean(before_leaving) < mean(usual) - 0.12
    assert max(before_leaving) > mean(usual)  # some leave for reasons that nobody could see


def answers(company, low, high):
    return [
        one
        for one in company.asked
        if one.account is not None
        and one.account.role is None
        and one.form == "nps"
        and low <= company.healths[one.account.account_id][month_of(company, one.sent)] < high
    ]


def test_who_fares_badly_answers_less_and_lower(population):
    poor, good = answers(population, 0, 0.45), answers(population, 0.8, 1)
    assert mean(one.answered < NEVER for one in poor) < mean(one.answered < NEVER for one in good) - 0.05
    poor, good = ([one.score for one in some if one.answered < NEVER] for some in (poor, good))
    assert mean(poor) < mean(good) - 1
    assert max(poor) >= 8 >= min(good)


@pytest.mark.parametrize(
    ("told", "of"),
    [
        (success.milestones, lambda one: one.completed <= one.due),
        (success.reviews, lambda one: one.held < NEVER),
        (success.reviews, lambda one: one.rating / 5),
        (success.interviews, lambda one: one.propensity / 10),
        (success.ratings, lambda one: one.desire),
    ],
)
def test_promises_reviews_interviews_and_ratings_follow_the_health(population, told, of):
    poor, good = [], []
    for account in population.won:
        if account.role is None:
            for one in told(*population.lived(account)):
                at = getattr(
                    one,
                    {"Milestone": "due", "Review": "planned", "Interview": "held", "Rating": "rated"}[
                        type(one).__name__
                    ],
                )
                fares = population.healths[account.account_id][month_of(population, at)]
                if fares < 0.45 or fares > 0.8:
                    (poor if fares < 0.45 else good).append(of(one))
    assert mean(poor) < mean(good) - 0.1


def test_tickets_of_who_fares_badly_are_late_and_scored_low(population):
    tickets = population.desk.tickets_now.tickets
    seen = {"poor": ([], []), "good": ([], [])}
    replies = zip(
        tickets.account.tolist(), tickets.created.tolist(), (tickets.replied <= tickets.due).tolist(),
        tickets.has_target.tolist(), tickets.score.tolist(), strict=True,
    )  # fmt: skip
    for place, created, is_met, has_target, score in replies:
        fares = population.healths[population.accounts[place].account_id][month_of(population, created)]
        if fares < 0.45 or fares > 0.8:
            met, scores = seen["poor" if fares < 0.45 else "good"]
            met.extend([is_met] if has_target else [])
            scores.extend([score] if score else [])
    assert mean(seen["poor"][0]) < 0.9
    assert mean(seen["good"][0]) > 0.98
    assert mean(seen["poor"][1]) < mean(seen["good"][1]) - 0.7
