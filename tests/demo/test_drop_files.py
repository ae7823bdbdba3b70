import csv
import io
from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import pytest

from demo.drop_files import file_bytes, file_rows, write
from demo.manifest import story_manifest

KEYS = {
    "accounts": ("account_id",),
    "account_identities": ("source", "source_id"),
    "agreements": ("line_id",),
    "projects": ("project_id",),
    "qbrs": ("qbr_id",),
    "interventions": ("intervention_id",),
    "interviews": ("interview_id",),
    "milestones": ("milestone_id",),
    "success_ratings": ("account_ref", "rated_on", "rater"),
    "survey_responses": ("response_id",),
    "survey_invitations": ("invitation_id",),
    "survey_questions": ("survey_id", "question"),
    "fx_rates": ("rate_date", "currency"),
}
REQUIRED = {
    "accounts": ("name",),
    "agreements": ("account_ref", "product", "kind", "quantity", "unit_amount", "currency", "interval", "interval_count", "starts_on"),
    "projects": ("account_ref", "name", "kind", "status"),
    "qbrs": ("account_ref", "planned_on"),
    "interventions": ("status",),
    "interviews": ("account_ref", "held_on", "sentiment", "propensity_to_continue"),
    "milestones": ("account_ref", "name", "owner_party", "due_on"),
    "success_ratings": ("tools", "investment", "desire"),
    "survey_responses": ("metric", "score", "responded_at"),
    "survey_invitations": ("survey_id", "sent_at", "account_ref"),
    "survey_questions": ("metric",),
    "fx_rates": ("rate_to_reporting",),
}  # fmt: skip
ALLOWED = {
    ("agreements", "kind"): {"recurring", "usage", "one_time"},
    ("agreements", "interval"): {"day", "week", "month", "year"},
    ("projects", "kind"): {"project", "onboarding", "migration"},
    ("milestones", "owner_party"): {"customer", "supplier"},
    ("accounts", "coverage_model"): {"strategic", "smb", "tech_touch", "operational"},
    ("accounts", "auto_renew"): {"true", "false"},
    ("survey_responses", "metric"): {"nps", "csat", "ces", "review"},
}


def contract_of(name):
    stem = name.removesuffix(".csv")
    return stem if stem in KEYS else stem.rpartition("_")[0]


@pytest.fixture(scope="module")
def rows(company):
    found = {}
    for name, part in file_rows(company).items():
        found.setdefault(contract_of(name), []).extend(part)
    return found


def is_day(text):
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False


def test_every_contract_has_a_file(rows):
    assert set(rows) == set(KEYS)


def test_keys_are_unique_and_required_columns_filled(rows):
    for contract, part in rows.items():
        keys = Counter(tuple(row[column] for column in KEYS[contract]) for row in part)
        assert max(keys.values()) == 1, contract
        assert all(row[column] for row in part for column in (*KEYS[contract], *REQUIRED.get(contract, ()))), contract


def test_values_keep_the_contract_but_for_the_planted_row(rows, company):
    planted = next(story for story in story_manifest(company)["stories"] if story["kind"] == "quarantined_row")
    bad = {entry["qbr_id"] for entry in planted["expect"]["quarantined"]}
    found = set()
    for contract, part in rows.items():
        for row in part:
            for column, text in row.items():
                is_date = column.endswith(("_on", "_date")) or column in ("valid_from", "contract_end")
                if text and is_date and not is_day(text):
                    found.add(row.get("qbr_id", contract))
                if (contract, column) in ALLOWED:
                    assert text in ALLOWED[contract, column]
                if column in ("sent_at", "responded_at") and text:
                    assert datetime.fromisoformat(text).tzinfo is not None
    assert found == bad
    assert len(bad) == 1


def test_amounts_and_ratings_are_in_range(rows):
    for row in rows["agreements"]:
        assert Decimal(row["unit_amount"]) > 0
        assert row["currency"] in {"USD", "EUR", "GBP"}
        assert not row["ends_on"] or row["starts_on"] < row["ends_on"]
    for row in rows["success_ratings"]:
        assert all(0 <= float(row[part]) <= 1 for part in ("tools", "investment", "desire"))
    for row in rows["interviews"]:
        assert -2 <= int(row["sentiment"]) <= 2
        assert 0 <= int(row["propensity_to_continue"]) <= 10
    for row in rows["survey_responses"]:
        assert int(row["scale_min"]) <= int(row["score"]) <= int(row["scale_max"])
    for row in rows["qbrs"]:
        assert not row["service_rating"] or 1 <= int(row["service_rating"]) <= 5


def test_rates_cover_every_day_up_to_the_night(rows, company):
    days = Counter(row["currency"] for row in rows["fx_rates"])
    assert set(days) == {"USD", "EUR", "GBP"}
    assert set(days.values()) == {(company.as_of - company.epoch).days + 2}
    assert max(row["rate_date"] for row in rows["fx_rates"]) == company.as_of.isoformat()


def test_what_has_not_happened_is_empty(rows, company):
    tonight = company.as_of.isoformat()
    assert all(row["completed_on"] <= tonight for row in rows["milestones"])
    assert all(row["held_on"] <= tonight for row in rows["qbrs"])
    assert all(row["closed_on"] <= tonight for row in rows["projects"])
    assert any(row["due_on"] > tonight for row in rows["milestones"])


def test_every_account_named_is_known(rows, company):
    known = {account.account_id for account in company.won} | {row["source_id"] for row in rows["account_identities"]}
    for contract in (
        "agreements",
        "projects",
        "qbrs",
        "interviews",
        "milestones",
        "success_ratings",
        "survey_invitations",
    ):
        assert {row["account_ref"] for row in rows[contract]} <= known, contract


def test_files_are_written_once_and_the_same(company, tmp_path):
    paths = write(company, tmp_path)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
    write(company, tmp_path)
    assert before == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}


def test_one_file_comes_from_a_spreadsheet_of_another_country(company):
    content = file_bytes("projects.csv", file_rows(company)["projects.csv"])
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert read == file_rows(company)["projects.csv"]
