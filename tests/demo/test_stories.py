"""The planted stories are in the raw records, and no unplanted account carries the two that must be rare."""

import csv
import io
import json
from bisect import bisect_right
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest

from demo import success
from demo.company import build
from demo.drop_files import file_bytes, file_rows
from demo.manifest import story_manifest
from demo.stories import ROLES
from demo.streams import DAY, NEVER, as_day


@pytest.fixture(scope="module")
def stories(company):
    return {story["kind"]: story for story in story_manifest(company)["stories"]}


@pytest.fixture(scope="module")
def files(company):
    return file_rows(company)


def account_of(company, kind):
    return next(account for account in company.won if account.role and account.role.kind == kind)


def held_by(company, kind):
    return company.subscriptions[account_of(company, kind).account_id]


def billed(company, account_id, at):
    """Net recurring minor units a month that the account's lines cover at an instant, prorations included."""
    total = 0
    for held in company.subscriptions[account_id]:
        for invoice in held.invoices:
            if invoice.voided >= company.now:
                for line in invoice.lines:
                    if line.start <= at < line.end and line.price.product.usage == "licensed":
                        days = {"month": 30.4375, "year": 365.25, "week": 7}[line.price.interval]
                        share = (line.end - line.start) / DAY / days if line.is_proration else 1
                        total += (
                            (line.amount - line.discount)
                            / share
                            / {"month": 1, "year": 12, "week": 12 / 52}[line.price.interval]
                        )
    return total


def test_the_manifest_is_json_and_tells_every_story_once(company, stories):
    manifest = story_manifest(company)
    assert json.loads(json.dumps(manifest)) == manifest
    assert len(stories) == len(manifest["stories"]) == len(ROLES)
    assert all(story["is_visible"] for story in manifest["stories"])
    assert all(story["tables"] and story["outcome"] for story in manifest["stories"])


def test_stories_that_lie_ahead_are_not_visible_yet():
    young = story_manifest(build(date(2023, 11, 1), date(2024, 2, 20), 30))
    seen = {story["kind"]: story["is_visible"] for story in young["stories"]}
    assert not seen["nrr_met_vector_falls"]
    assert seen["many_lines"]
    assert "intramonth" not in seen


def ratings_of(company, account):
    return list(success.ratings(*company.lived(account)))


def test_revenue_grows_while_the_vector_falls_and_the_mirror(company):
    year = 365 * DAY
    falling, rising = account_of(company, "nrr_met_vector_falls"), account_of(company, "vector_rises_nrr_missed")
    assert billed(company, falling.account_id, company.now) > 1.1 * billed(
        company, falling.account_id, company.now - year
    )
    assert billed(company, rising.account_id, company.now) < 0.9 * billed(
        company, rising.account_id, company.now - year
    )
    for account, sign in ((falling, -1), (rising, 1)):
        levels = [rating.tools for rating in ratings_of(company, account)][-4:]
        steps = [sign * (later - earlier) for earlier, later in pairwise(levels)]
        assert min(steps) >= 0.05 - 1e-9


def test_no_success_vector_moves_in_two_months_running_where_no_story_has_it(company):
    for account in company.won:
        if account.role is None:
            moved = {bisect_right(company.starts, rating.rated) - 1 for rating in ratings_of(company, account)}
            moved |= {bisect_right(company.starts, one.due) - 1 for one in success.milestones(*company.lived(account))}
            turns = sorted(month for month in moved if month > account.start_month + success.PLAN_MONTHS)
            assert all(later - earlier >= 3 for earlier, later in pairwise(turns)), account.account_id


def test_what_a_quarter_owed_is_weighed_until_the_next_one_falls_due(company):
    for account in company.won:
        dues = sorted(one.due for one in success.milestones(*company.lived(account)))
        spans = [span for span in company.tenures[account.account_id].spans if span[0] <= company.starts[-1]]
        if account.role is None and account.has_plan and len(spans) == 1:
            assert all(later - earlier < 90 * DAY for earlier, later in pairwise(dues)), account.account_id


def test_the_stories_that_stand_still_have_an_adherence_that_does(company):
    for account in company.won:
        if account.role is not None and account.role.kind != "champion_left":
            by_month = {}
            for one in success.milestones(*company.lived(account)):
                by_month.setdefault(as_day(one.due).replace(day=1), []).append(one.completed <= one.due)
            assert len({sum(met) / len(met) for met in by_month.values()}) <= 1, account.account_id
            levels = [rating.tools for rating in ratings_of(company, account)]
            moves = account.role.kind in ("nrr_met_vector_falls", "vector_rises_nrr_missed")
            assert moves or not levels or max(levels) - min(levels) <= 0.03, account.account_id


def test_the_reactivated_account_had_a_gap(company):
    first, second = held_by(company, "reactivated")
    assert first.ended + 90 * DAY < second.terms.started_at
    assert second.ended == NEVER


def test_the_dangling_account_has_poor_experience_and_does_not_renew(company, files, stories):
    account = account_of(company, "dangling")
    assert billed(company, account.account_id, company.now) < billed(
        company, account.account_id, company.now - 120 * DAY
    )
    core = held_by(company, "dangling")[0]
    assert core.cancel_requested < company.now < core.ended
    assert stories["dangling"]["expect"]["cancel_on"] == as_day(core.ended).isoformat()
    row = next(row for row in files["accounts.csv"] if row["account_id"] == account.account_id)
    assert row["auto_renew"] == "false"
    tickets = company.desk.tickets_now.tickets
    mine = (tickets.account == account.number - 1) & tickets.has_target & (tickets.replied < company.now)
    assert (tickets.replied <= tickets.due)[mine].mean() < 0.6
    last = [
        one for one in company.asked if one.account is account and one.form == "nps" and one.answered < company.now
    ][-1]
    assert last.score <= 6
    interview = [row for row in files["interviews.csv"] if row["account_ref"] == account.account_id][-1]
    assert int(interview["propensity_to_continue"]) <= 2


def test_no_other_account_with_a_poor_experience_shrinks_late(company):
    start = company.starts[29]
    for account in company.won:
        if account.role is not None or not account.is_frank:
            continue
        for held in company.subscriptions[account.account_id]:
            assert not start < held.ended < NEVER, account.account_id
            sizes = [
                invoice.subtotal
                for invoice in held.invoices
                if invoice.reason == "subscription_cycle" and invoice.created > start
            ]
            metered = any(item.product == "cloud_usage" for item in held.items)
            assert metered or sizes == sorted(sizes), account.account_id
            assert held.paused == NEVER or held.pause_until < start + 60 * DAY


def test_polite_accounts_give_no_reason_to_call_their_experience_poor(company):
    tickets = company.desk.tickets_now.tickets
    lowest = {"nps": 7, "csat": 3, "ces": 4}
    polite = [account for account in company.won if not account.is_frank and account.role is None]
    assert polite
    for account in polite:
        mine = (tickets.account == account.number - 1) & (tickets.score > 0)
        assert (tickets.score[mine] >= 3).all()
        assert all(one.score >= lowest[one.form] for one in company.asked if one.account is account)
        assert all(one.rating >= 3 for one in success.reviews(*company.lived(account)))
        assert all(one.sentiment >= 0 for one in success.interviews(*company.lived(account)))


def test_the_champion_is_gone_and_the_milestone_missed(company, files, stories):
    account = account_of(company, "champion_left")
    users = [msgspec.json.decode(record) for record in company.desk.users.records]
    champion = next(user for user in users if user["id"] == account.user_id(0))
    assert (champion["active"], champion["suspended"]) == (False, True)
    assert stories["champion_left"]["expect"]["left_on"] == champion["updated_at"][:10]
    answered = [one for one in company.asked if one.account is account and one.answered < company.now]
    assert any(one.respondent_id == str(champion["id"]) for one in answered)
    missed = [row for row in files["milestones_2026.csv"] if row["account_ref"] == account.account_id and row["due_on"] <= "2026-11-21" and not row["completed_on"]]  # fmt: skip
    assert [row["due_on"][:7] for row in missed] == ["2026-10"]


def test_the_last_answer_of_the_detractor_is_a_two(company):
    account = account_of(company, "detractor")
    scores = [
        one.score
        for one in company.asked
        if one.account is account and one.form == "nps" and one.answered < company.now
    ]
    assert scores[-1] == 2
    assert min(scores[:-1]) >= 7


def test_the_failed_payment_leaves_an_open_invoice(company, stories, get):
    held = held_by(company, "payment_failed")[0]
    assert held.unpaid_since < company.now < held.ended
    invoice_id = stories["payment_failed"]["expect"]["open_invoices"][0]
    assert get(f"/stripe/v1/invoices/{invoice_id}")["status"] == "open"
    assert get(f"/stripe/v1/subscriptions/{held.subscription_id}")["status"] == "past_due"


def test_the_unpaid_subscription_is_given_up_later():
    later = build(date(2023, 11, 1), date(2026, 12, 20), 10)
    held = held_by(later, "payment_failed")[0]
    stored = later.ledger.shelves["subscriptions"].get(held.subscription_id)
    body = msgspec.json.decode(stored.body)
    assert (body["status"], body["cancellation_details"]["reason"]) == ("canceled", "payment_failed")


def test_the_manifest_points_at_the_line_of_the_quarantined_row(files, stories):
    [bad] = stories["quarantined_row"]["expect"]["quarantined"]
    lines = file_bytes(bad["file"], files[bad["file"]]).decode().split("\n")
    row = dict(
        zip(next(csv.reader(io.StringIO(lines[0]))), next(csv.reader(io.StringIO(lines[bad["line"] - 1]))), strict=True)
    )
    assert row[bad["column"]] == bad["value"] == "07/08/2026"


def test_names_conflict_between_billing_and_accounts(company, files, get, stories):
    expected = stories["name_conflict"]["expect"]
    account = account_of(company, "name_conflict")
    names = {get(f"/stripe/v1/customers/{expected['customer_id']}")["name"]}
    names |= {row["name"] for row in files["accounts.csv"] if row["account_id"] == account.account_id}
    assert names == set(expected["names"])
    assert [row["line_id"] for row in files["agreements.csv"] if row["account_ref"] == account.account_id] == [
        "agl_conflict"
    ]


def test_accounts_are_billed_by_one_side_but_for_the_conflict(company, files):
    by_vendor = {billed_one.account.account_id for billed_one in company.ledger.billed}
    domains = {account.domain: account.account_id for account in company.won}
    by_agreement = {domains.get(row["account_ref"], row["account_ref"]) for row in files["agreements.csv"]}
    assert by_vendor & by_agreement == {account_of(company, "name_conflict").account_id}
    assert by_vendor | by_agreement == {account.account_id for account in company.won}


@pytest.mark.parametrize(
    ("kind", "propensity", "has_future"), [("happy", 6, False), ("growth", 9, True), ("at_risk", 3, False)]
)
def test_the_classes_have_their_evidence(company, files, kind, propensity, has_future):
    account = account_of(company, kind)
    interview = [row for row in files["interviews.csv"] if row["account_ref"] == account.account_id][-1]
    assert int(interview["propensity_to_continue"]) == propensity
    assert bool(interview["future_work"]) is has_future
    assert date.fromisoformat(interview["held_on"]) > company.as_of - timedelta(days=90)
    relation = [
        one for one in company.asked if one.account is account and one.form == "nps" and one.answered < company.now
    ][-1]
    assert relation.score >= 8
    assert relation.answered > company.now - 120 * DAY
    past = [
        one for one in company.asked if one.account is account and one.form == "csat" and one.answered < company.now
    ][-1]
    assert past.answered > company.now - 180 * DAY
    assert past.score >= 4


def test_the_merged_account_points_at_its_survivor(company, files, stories):
    expected = stories["merged_away"]["expect"]
    account = account_of(company, "merged_away")
    row = next(row for row in files["accounts.csv"] if row["account_id"] == account.account_id)
    assert (row["merged_into"], row["merged_on"]) == (expected["merged_into"], expected["merged_on"])
    assert account_of(company, "merge_survivor").account_id == expected["merged_into"]
    records = [msgspec.json.decode(record) for record in company.desk.organizations.records]
    deleted = {one["id"] for one in records if one["deleted_at"]}
    assert deleted == {account.organization_id, account_of(company, "organization_deleted").organization_id}
    tickets = [msgspec.json.decode(record.partition(b"\x00")[0]) for record in company.desk.tickets.records]
    assert account.organization_id not in {ticket["organization_id"] for ticket in tickets}


def test_one_account_started_and_ended_inside_a_month(company):
    [held] = held_by(company, "intramonth")
    assert company.starts[20] < held.terms.started_at < held.ended < company.starts[21]


def test_the_late_answer_is_late(company):
    account = account_of(company, "late_answer")
    waits = [one.answered - one.sent for one in company.asked if one.account is account and one.answered < company.now]
    assert max(waits) > 70 * DAY


def test_the_paused_account_is_billed_nothing(company):
    account = account_of(company, "paused")
    assert billed(company, account.account_id, company.now - 1) == 0
    assert billed(company, account.account_id, company.starts[34]) > 0


def test_the_upgrade_is_prorated_in_the_middle_of_a_period(company):
    [held] = held_by(company, "upgraded")
    [invoice] = [one for one in held.invoices if one.reason == "subscription_update"]
    credit, debit = invoice.lines
    assert credit.is_proration
    assert debit.is_proration
    assert credit.amount < 0 < debit.amount
    assert company.starts[12] < invoice.created < company.starts[13]


def test_the_trial_is_billed_nothing_and_then_its_price(company):
    [held] = held_by(company, "trial")
    assert [invoice.subtotal > 0 for invoice in held.invoices[:3]] == [False, True, True]


def test_pounds_and_years(company):
    assert account_of(company, "foreign_currency").currency == "gbp"
    [yearly] = held_by(company, "annual")
    assert len(yearly.invoices) == 4 - (yearly.invoices[0].created > company.now - 3 * 365 * DAY)


def test_one_account_is_billed_by_the_drop_folder_alone_and_grows(company, files):
    account = account_of(company, "agreement_only")
    rows = [row for row in files["agreements.csv"] if row["account_ref"] == account.account_id]
    assert [row["quantity"] for row in rows] == ["24", "28"]
    assert rows[0]["ends_on"] == rows[1]["starts_on"]
    assert rows[1]["ends_on"] == ""
