"""What was left out is part of the verdict: which shares stop a publication, and how it is said."""

import shutil
from datetime import date

import pytest

from quality.gate.left_out import LeftOut, load_tolerance
from quality.gate.left_out_checks import left_out_checks
from quality.gate.suite_files import LEFT_OUT, load_suites
from quality.gate.suite_files import SUITES as SUITES_FOLDER
from quality.gate.verdict import Override, shown_share
from quality.publication.audit_tables import left_out_row
from quality.publication.left_out_lines import block

SUITES = load_suites()


@pytest.fixture
def house(house):
    """The house under the policy of the project."""
    shutil.copy(SUITES_FOLDER / LEFT_OUT, house.suites_folder)
    return house


def check(house, *facts):
    (found,) = left_out_checks(SUITES, house.context(left_out=facts))
    return found


def state(found):
    return "held" if found.is_passed else found.severity


@pytest.mark.parametrize(
    ("stream", "kind", "count", "received", "wanted"),
    [
        ("drop_folder.agreements", "refused", 0, 3, "held"),
        ("drop_folder.agreements", "refused", 1, 3, "critical"),  # a paying account is missing
        ("drop_folder.agreements", "refused", 1500, 5000, "critical"),
        ("drop_folder.agreements", "refused", 6, 5000, "critical"),
        ("drop_folder.agreements", "refused", 5, 5000, "warning"),
        ("drop_folder.agreements", "replaced", 1, 3, "critical"),
        ("drop_folder.agreements", "corrected", 3, 3, "warning"),  # that is what dropping a corrected file is for
        ("drop_folder.accounts", "refused", 1, 100, "critical"),
        ("drop_folder.fx_rates", "refused", 1, 100, "critical"),
        ("stripe.subscriptions", "refused", 2, 1000, "critical"),
        ("drop_folder.qbrs", "refused", 1, 12, "warning"),
        ("drop_folder.qbrs", "refused", 4, 12, "critical"),
        ("zendesk.tickets", "refused", 9, 1000, "warning"),
        ("zendesk.tickets", "refused", 11, 1000, "critical"),
        ("zendesk.tickets", "foreign", 11, 1000, "info"),
    ],
)
def test_over_the_share_it_stops_the_publication_and_below_it_warns(house, stream, kind, count, received, wanted):  # noqa: PLR0917 - a row of the table
    found = check(house, LeftOut(stream, kind, count, received, ("why",) if count else ()))
    assert state(found) == wanted
    assert found.stops_publication == (wanted == "critical")
    assert (found.failed_rows, found.evaluated_rows) == (count, received)


def test_a_file_that_all_but_has_a_contract_stops_the_publication_and_any_other_warns(house):
    assert state(check(house, LeftOut("drop_folder", "ignored", 1, 3, ("notes.docx: is no .csv",)))) == "warning"
    assert state(check(house, LeftOut("drop_folder", "ignored", 2, 3, ("agreement.csv: ...",), meant=1))) == "critical"
    assert state(check(house, LeftOut("drop_folder", "ignored", 0, 3))) == "held"


def test_the_verdict_is_over_what_was_left_out_and_a_person_may_answer_for_it(house):
    fact = LeftOut("drop_folder.agreements", "refused", 1, 3, ("unit_amount is wrong (agreements.csv, line 3)",))
    verdict = house.judged(left_out=(fact,))
    assert not verdict.is_publishable
    (worst,) = verdict.critical
    answered = house.judged(
        left_out=(fact,), overrides=(Override(worst.check_id, "Ada", "the line is a test", date(2026, 12, 1)),)
    )
    assert answered.is_publishable
    assert "overridden by Ada" in "".join(block(left_out_row(found) for found in answered.left_out))
    assert worst.check_id == "raw__drop_folder__agreements/uses_every_row"
    assert worst.found.startswith(
        "drop_folder.agreements: 1 of 3 rows refused (33 %): unit_amount is wrong (agreements.csv, line 3)"
    )


def test_what_was_left_out_is_said_before_the_rows_that_a_table_lost_by_it(house):
    fact = LeftOut("drop_folder.agreements", "refused", 1, 3, ("why",))
    fewer = house.built("r2", "delete from cx.accounts where mrr_minor > 100")
    verdict = fewer.judged(left_out=(fact,), previous=house.published(house.judged()).manifest)
    assert [breach.name for breach in verdict.critical[:1]] == ["uses_every_row"]
    assert verdict.critical[-1].name == "keeps_volume"


def test_the_block_says_everything_once_gravest_first_and_what_is_off_together(house):
    facts = (
        LeftOut("drop_folder.qbrs", "refused", 1, 12, ("held_on is wrong (qbrs.csv, line 4)",)),
        LeftOut("drop_folder.agreements", "refused", 1, 3, ("why",)),
        LeftOut("drop_folder.accounts", "refused", 0, 3),
        LeftOut("drop_folder.fx_rates", "off", 1, 1, ("no file of that name",)),
        LeftOut("drop_folder.projects", "off", 1, 1, ("no file of that name",)),
    )
    verdict = house.judged(left_out=facts)
    title, *lines = block(left_out_row(found) for found in verdict.left_out)
    assert title == "Left out of this run:"
    assert [line.split(": ")[0].strip() for line in lines] == ["stops", "warning", "off"]
    assert "drop_folder.agreements" in lines[0]
    assert lines[2] == "  off: drop_folder.fx_rates, drop_folder.projects (no file of that name)"
    assert block(()) == ["Left out of this run: nothing"]


def test_the_page_and_the_publication_hold_the_block(house):
    fact = LeftOut("drop_folder.qbrs", "refused", 1, 12, ("held_on is wrong (qbrs.csv, line 4)",))
    verdict = house.judged(left_out=(fact,))
    done = house.published(verdict)
    page = (house.root / "current/quality.html").read_text()
    assert page.index("Left out of this run") < page.index("Published tables")
    assert "held_on is wrong (qbrs.csv, line 4)" in page
    assert "1 of 12 rows refused (8.3 %)" in page
    assert done.manifest.left_out[0]["stream"] == "drop_folder.qbrs"


@pytest.mark.parametrize(
    ("count", "of", "shown"),
    [(1, 3, "33 %"), (1, 12, "8.3 %"), (1, 5000, "less than 0.1 %"), (4999, 5000, "99.9 %"), (5, 5, "100 %")],
)
def test_a_share_is_never_rounded_to_nothing_or_everything(count, of, shown):
    assert shown_share(count, of) == shown


@pytest.mark.parametrize(
    "values", [{"revenu_share": 1}, {"revenue_share": -1}, {"other_rows": "3"}, {"revenue_streams": "x"}]
)
def test_a_policy_that_is_not_understood_is_refused_by_name(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        load_tolerance(values)
