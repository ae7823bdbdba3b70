"""A map that gives an id away by date holds for what vendors say, too: tickets and answers are those of their day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.helpdesks import CUSTOMER, company, land, landed, ticket
from tests.dbt_project.nights import Project
from tests.dbt_project.typeform_nights import Served, answer, form, question, response
from tests.ingestion.conftest import quick_disk  # noqa: F401 - fixture

LAST = date(2026, 11, 22)
HANDED_OVER = date(2026, 6, 1)


def handed_over(source: str, source_id: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The first account's until the day, the second's from then on."""
    return {
        ("drop_folder", "accounts"): [{"account_id": name, "name": name} for name in ("first", "second")],
        ("drop_folder", "account_identities"): [
            {"source": source, "source_id": source_id, "account_id": "first", "valid_to": HANDED_OVER},
            {"source": source, "source_id": source_id, "account_id": "second", "valid_from": HANDED_OVER},
        ],
    }


@pytest.mark.parametrize(("source_id", "organization"), [("9001", 9001), ("9001", None), (str(CUSTOMER), None)])
def test_a_ticket_is_of_the_account_that_its_company_belonged_to(
    project: Project, tmp_path: Path, source_id: str, organization: int | None
) -> None:
    """By the ticket's organization, by that of the requester, by the requester."""
    days = {1: "2026-05-31T10:00:00Z", 2: "2026-06-01T10:00:00Z"}
    told = [ticket(number, "open", at, at, organization_id=organization) for number, at in days.items()]
    land(tmp_path / "raw", company(tickets=told), LAST, date(2026, 1, 1))
    build = project.build(landed(tmp_path / "raw") | handed_over("zendesk", source_id), LAST, ["tickets"])
    found = build.execute("select ticket_id, account_id from build.cx.tickets order by 1").fetchall()
    assert found == [("1", "first"), ("2", "second")]


@pytest.mark.parametrize("source", ["typeform", "stripe"])
def test_an_answer_is_of_the_account_that_its_reference_belonged_to(
    project: Project, tmp_path: Path, source: str
) -> None:
    """The reference itself is mapped, or it is the id of a billing customer that is."""
    served = Served(tmp_path, project)
    nps = question("n", "nps")
    days = {"before": "2026-05-31T10:00:00Z", "after": "2026-06-01T10:00:00Z"}
    served.put(
        form([nps]),
        *(response(token, at, answer(nps, 9), hidden={"account_ref": "cus_moved"}) for token, at in days.items()),
    )
    served.bench.run("typeform", served, start_date=date(2026, 1, 1))
    rows = {("typeform", name): served.bench.rows("typeform", name) for name in ("forms", "responses")}
    rows["stripe", "customers"] = [{"customer_id": "cus_moved", "created_at": datetime(2026, 1, 1)}]  # noqa: DTZ001 - naive UTC
    build = project.build(rows | handed_over(source, "cus_moved"), LAST, ["survey_responses"])
    found = build.execute("select response_id, account_id from build.cx.survey_responses order by 1").fetchall()
    assert found == [("after:n", "second"), ("before:n", "first")]
