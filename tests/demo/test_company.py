from datetime import date, timedelta

import msgspec
import pytest

from demo.company import build
from demo.drop_files import file_bytes, file_rows
from demo.manifest import story_manifest
from demo.streams import epoch_seconds

EPOCH = date(2023, 11, 1)
FEEDS = ("tickets", "ticket_events", "metric_events", "ratings", "survey_responses", "users", "organizations")


def everything(company):
    feeds = {name: getattr(company.desk, name).records for name in FEEDS}
    shelves = {name: [(one.body, one.lists) for one in shelf.newest] for name, shelf in company.ledger.shelves.items()}
    files = {name: file_bytes(name, rows) for name, rows in file_rows(company).items()}
    return feeds, shelves, files, company.asked


@pytest.fixture(scope="module")
def earlier():
    return build(EPOCH, date(2026, 9, 17), 40)


def test_the_same_parameters_give_the_same_bytes(earlier):
    assert everything(earlier) == everything(build(EPOCH, date(2026, 9, 17), 40))


def test_another_seed_gives_another_world(earlier):
    other = build(EPOCH, earlier.as_of, 40, seed=1)
    assert other.desk.tickets.records != earlier.desk.tickets.records
    assert [i.body for i in other.ledger.shelves["invoices"].newest] != [
        i.body for i in earlier.ledger.shelves["invoices"].newest
    ]


@pytest.mark.parametrize("feed", FEEDS)
def test_a_later_night_changes_no_record_of_a_feed_but_by_a_later_change(earlier, company, feed):
    before, after = getattr(earlier.desk, feed), getattr(company.desk, feed)
    later = {record_id: (at, record) for (at, record_id), record in zip(after.keys, after.records, strict=True)}
    assert len(before.records) > 0
    for (_, record_id), record in zip(before.keys, before.records, strict=True):
        at, now_says = later[record_id]
        if now_says != record and feed in ("tickets", "users", "organizations"):
            assert at >= earlier.now
        elif now_says != record:  # an offer that was answered later
            assert feed == "ratings"
            assert msgspec.json.decode(record)["score"] == "offered"


def test_a_later_night_knows_no_record_more_of_the_time_before(earlier, company):
    for feed in ("ticket_events", "metric_events"):
        before, after = getattr(earlier.desk, feed), getattr(company.desk, feed)
        assert [key for key in after.keys if key[0] < earlier.now] == before.keys


def test_a_later_night_changes_no_invoice_but_its_state(earlier, company):
    after = company.ledger.shelves["invoices"]
    assert {i.object_id for i in after.newest if i.created < earlier.now} == set(
        earlier.ledger.shelves["invoices"].place
    )
    for invoice in earlier.ledger.shelves["invoices"].newest:
        later = after.get(invoice.object_id)
        assert later.lists == invoice.lists
        if later.body != invoice.body:
            moved = msgspec.json.decode(later.body)["status_transitions"]
            assert max(at or 0 for at in moved.values()) >= earlier.now


def test_a_later_night_only_adds_to_what_people_said(earlier, company):
    before, after = file_rows(earlier), file_rows(company)
    for name in (
        "interviews.csv",
        "success_ratings.csv",
        "survey_responses.csv",
        "fx_rates.csv",
        "survey_invitations_2025.csv",
    ):
        kept = {tuple(row.values()) for row in after[name]}
        assert all(tuple(row.values()) in kept for row in before[name])


def test_every_month_of_a_young_world_can_be_told():
    for days in (0, 1, 45, 120):
        company = build(EPOCH, EPOCH + timedelta(days=days), 25)
        assert company.now == epoch_seconds(company.as_of) + 86_400
        assert "accounts.csv" in file_rows(company) or days == 0
        assert msgspec.json.encode(story_manifest(company))
        assert len(company.desk.tickets.records) >= 0


def test_an_epoch_that_is_no_first_of_a_month_is_refused():
    with pytest.raises(ValueError, match="first of a month"):
        build(date(2024, 1, 2), date(2024, 5, 1))
    with pytest.raises(ValueError, match="not after"):
        build(date(2024, 6, 1), date(2024, 5, 1))


def test_the_population_is_plausible(company):
    columns = company.desk.tickets_now.tickets
    answered = columns.has_target & (columns.replied < company.now)
    assert 0.85 <= (columns.replied <= columns.due)[answered].mean() <= 0.99
    asked = [one for one in company.asked if one.form == "nps" and one.account.role is None]
    assert 0.3 <= sum(one.answered < company.now for one in asked) / len(asked) <= 0.5
    assert len({one.currency for one in company.won}) == 3
    assert {one.route for one in company.won} == {"stripe", "agreement"}
