"""Forms, responses by token, and what people wrote."""

import json

import httpx2
import pytest

from ingestion.contract import AnswerBroken

FORM = {
    "id": "f1",
    "title": "Relationship",
    "fields": [{"id": "q", "type": "nps", "ref": "nps"}],
    "hidden": ["account_ref"],
}


def response(number):
    return {
        "token": f"t{number}",
        "landed_at": "2026-11-01T10:00:00Z",
        "submitted_at": f"2026-11-01T10:{number:02}:00Z",
        "hidden": {"account_ref": "acme.test", "survey_kind": "relationship"},
        "metadata": {"browser": "SECRET"},
        "answers": [
            {"type": "number", "number": 9, "field": {"id": "q", "type": "nps"}},
            {"type": "text", "text": "SECRET", "field": {"id": "w", "type": "long_text"}},
            {"type": "email", "email": "SECRET"},
            {"type": "choice", "choice": {"label": "A", "other": "SECRET"}},
        ],
    }


class Vendor:
    def __init__(self, count, size=1000, stuck=False):
        self.newest = [response(number) for number in reversed(range(count))]
        self.size = size
        self.stuck = stuck
        self.asked = []

    def __call__(self, request):
        path, params = request.url.path, request.url.params
        if path == "/forms":
            return httpx2.Response(200, json={"items": [{"id": "f1"}], "page_count": 1})
        if path == "/forms/f1":
            return httpx2.Response(200, json=FORM)
        self.asked.append(dict(params))
        left = self.newest
        if params.get("before") and not self.stuck:
            left = left[[item["token"] for item in left].index(params["before"]) + 1 :]
        return httpx2.Response(200, json={"items": left[: self.size], "page_count": -(-len(left) // self.size)})


def test_forms_with_their_fields(bench):
    bench.run("typeform", Vendor(0), ["forms"])
    (row,) = bench.rows("typeform", "forms")
    assert (row["form_id"], json.loads(row["fields"])) == ("f1", FORM["fields"])


def test_responses_are_walked_by_token_to_the_oldest(bench):
    vendor = Vendor(7, size=3)
    bench.run("typeform", vendor, ["responses"])
    assert [params.get("before") for params in vendor.asked] == [None, "t4", "t1"]
    assert {params["since"] for params in vendor.asked} == {"2026-10-01T00:00:00"}
    rows = bench.rows("typeform", "responses")
    assert sorted(row["response_id"] for row in rows) == [f"t{n}" for n in range(7)]
    assert {row["form_id"] for row in rows} == {"f1"}


def test_a_walk_that_stands_still_is_an_error(bench):
    with pytest.raises(AnswerBroken, match="does not advance"):
        bench.run("typeform", Vendor(4, size=2, stuck=True), ["responses"])


def test_what_people_wrote_is_in_no_file_and_ratings_are(bench):
    bench.run("typeform", Vendor(1), ["responses"])
    (row,) = bench.rows("typeform", "responses")
    assert json.loads(row["hidden"])["account_ref"] == "acme.test"
    assert json.loads(row["answers"])[0]["number"] == 9
    assert [answer["type"] for answer in json.loads(row["answers"])] == ["number", "text", "email", "choice"]
    assert "SECRET" not in row["answers"] + row["_raw"]
    assert all(b"SECRET" not in path.read_bytes() for path in bench.root.rglob("*") if path.is_file())


def test_a_second_run_with_nothing_new_leaves_every_byte(bench):
    bench.run("typeform", Vendor(5), ["responses"])
    before = bench.files()
    report = bench.run("typeform", Vendor(5), ["responses"])["responses"]
    assert (report.received, report.kept, report.duplicate) == (5, 0, 5)
    assert bench.files() == before
