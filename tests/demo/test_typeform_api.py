import pytest

from demo.streams import iso


@pytest.fixture(scope="module")
def form_id(get):
    return next(form["id"] for form in get("/typeform/forms")["items"] if "NPS" in form["title"])


def test_forms_say_their_metric_and_scale(get):
    heads = get("/typeform/forms?page_size=200")
    assert heads["page_count"] == 1
    fields = {}
    for head in heads["items"]:
        form = get(f"/typeform/forms/{head['id']}")
        fields[form["fields"][0]["type"]] = form["fields"][0]
        assert {"account_ref", "survey_kind", "trigger_kind", "trigger_id", "respondent_id"} <= set(form["hidden"])
    assert fields["nps"]["properties"]["steps"] == 11
    assert fields["rating"]["ref"].startswith("csat")


def test_responses_come_newest_first_by_token(get, form_id, company):
    seen, before = [], ""
    while True:
        page = get(f"/typeform/forms/{form_id}/responses?page_size=50{before}")
        if not page["items"]:
            break
        seen.extend(page["items"])
        before = f"&before={page['items'][-1]['token']}"
    submitted = [one["submitted_at"] for one in seen]
    assert submitted == sorted(submitted, reverse=True)
    assert len({one["token"] for one in seen}) == len(seen)
    expected = [
        one for one in company.asked if one.form == "nps" and one.answered < company.now and not one.is_old_tool
    ]
    assert len(seen) == len(expected) > 100
    assert {0 <= one["answers"][0]["number"] <= 10 for one in seen} == {True}
    newer = get(f"/typeform/forms/{form_id}/responses?page_size=10&after={seen[30]['token']}")
    assert [one["token"] for one in newer["items"]] == [one["token"] for one in seen[20:30]]


def test_since_and_until_are_inclusive(get, form_id):
    middle = get(f"/typeform/forms/{form_id}/responses?page_size=50")["items"][20]["submitted_at"]
    since = get(f"/typeform/forms/{form_id}/responses?page_size=1000&since={middle}")["items"]
    until = get(f"/typeform/forms/{form_id}/responses?page_size=1000&until={middle}")["items"]
    assert since[-1]["submitted_at"] == until[0]["submitted_at"] == middle
    assert len(since) == 21


def test_bad_requests_are_refused(get, form_id):
    assert get("/typeform/forms/none", 404)["code"] == "FORM_NOT_FOUND"
    assert get(f"/typeform/forms/{form_id}/responses?page_size=1001", 400)["code"] == "VALIDATION_ERROR"
    assert get(f"/typeform/forms/{form_id}/responses?since=yesterday", 400)["code"] == "VALIDATION_ERROR"
    assert get(f"/typeform/forms/{form_id}/responses?before=nobody", 400)["code"] == "VALIDATION_ERROR"


def test_no_answer_of_tomorrow_is_told(get, form_id, company):
    newest = get(f"/typeform/forms/{form_id}/responses?page_size=1")["items"][0]
    assert newest["submitted_at"] < iso(company.now)
