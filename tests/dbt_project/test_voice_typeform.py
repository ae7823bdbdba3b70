"""Survey answers through the Typeform connector into the published tables: every one is there, or said why not."""

import json
import random
from datetime import date
from pathlib import Path

import pytest

from quality.gate.suite_files import load_suites
from tests.dbt_project.nights import Project
from tests.dbt_project.typeform_nights import (
    Json,
    Served,
    answer,
    balanced,
    form,
    group,
    outcomes,
    published,
    question,
    rejected,
    response,
)
from tests.ingestion.conftest import quick_disk  # noqa: F401 - fixture

CASES = Path(__file__).resolve().parents[1] / "cases" / "typeform"
OTHER_ANSWERS: tuple[Json, ...] = (
    {"type": "text", "text": "Hm"},
    {"type": "boolean", "boolean": True},
    {"type": "choice", "choice": {"label": "4"}},
    {"type": "choice", "choice": {"label": "Good"}},
    {"type": "choices", "choices": {"labels": ["1", "2"]}},
)
NIGHT, NEXT = date(2026, 11, 10), date(2026, 11, 22)


@pytest.fixture
def served(tmp_path: Path, project: Project) -> Served:
    return Served(tmp_path, project)


def put(served: Served, name: str) -> None:
    case = json.loads((CASES / f"{name}.json").read_text())
    asked = {"title": "Pulse", "last_updated_at": "2026-01-01T00:00:00Z", **case["form"]}
    served.responses.pop(asked["id"], None)
    served.put(asked, *case.get("responses", [case.get("response")]))


def test_a_question_inside_a_group_is_read(served: Served) -> None:
    put(served, "nps_in_group")
    put(served, "nps_in_named_group")
    build = served.night(NIGHT, None, "nps_trend")
    assert published(build) == {"tok1:g1": ("nps", 9.0, 0.0, 10.0), "tg1:gN": ("nps", 10.0, 0.0, 10.0)}
    assert rejected(build) == {}
    scores = "select nps, responses from build.cx.nps_trend where calendar_month = '2026-11-01' and window_days = 90 and level = 'respondent' and segment_dimension = 'all'"
    assert build.execute(scores).fetchall() == [(100.0, 2)]


def test_an_answer_to_a_question_that_was_replaced_stays(served: Served) -> None:
    put(served, "question_replaced_night1")
    first = published(served.night(NIGHT))
    put(served, "question_replaced_night2")
    build = served.night(NEXT)
    assert published(build) == first == {"tr1:fA": ("nps", 9.0, 0.0, 10.0)}
    assert rejected(build) == {}


NPS = question("n", "nps", steps=11, start_at_one=False)
STARS = question("r", "rating", steps=5, shape="star")
SCALE = question("o", "opinion_scale", steps=11, start_at_one=False)
TEXT = question("t", "long_text", ref="nps_reason")
DAY = "2026-10-05T10:00:00Z"


@pytest.mark.parametrize("kind", ["group", "inline_group", "matrix"])
def test_groups_in_groups_are_read(served: Served, kind: str) -> None:
    deep = NPS
    for depth in range(7):
        deep = group(f"g{depth}", deep, kind=kind)
    served.put(form([group("a", STARS), deep]), response("x", DAY, answer(NPS, 9), answer(STARS, 4)))
    build = served.night(NIGHT)
    assert published(build) == {"x:n": ("nps", 9, 0, 10), "x:r": ("csat", 4, 1, 5)}
    assert balanced(build)


def test_a_question_that_no_listing_shows_is_read_by_what_its_answer_says(served: Served) -> None:
    served.put(form([TEXT]), response("x", DAY, answer(NPS, 10), answer(STARS, 4)))
    build = served.night(NIGHT)
    assert published(build) == {"x:n": ("nps", 10, 0, 10)}
    assert rejected(build) == {"x:r": "scale_missing"}
    files = {"survey_questions": [{"question": "r", "metric": "csat", "scale_min": 1.0, "scale_max": 5.0}]}
    assert published(served.night(NIGHT, files))["x:r"] == ("csat", 4, 1, 5)


def test_a_scale_is_the_one_in_force_when_the_answer_came(served: Served) -> None:
    """5 of 5 stays the best there is when the scale grows to 10, and starting at 1 does not reach back either."""
    ces = question("e", "opinion_scale", ref="ces_ease", steps=7, start_at_one=True)
    served.put(form([STARS, ces]), response("old", DAY, answer(STARS, 5), answer(ces, 7)))
    served.night(NIGHT)
    edited = form(
        [
            question("r", "rating", steps=10),
            question("e", "opinion_scale", ref="ces_ease", steps=11, start_at_one=False),
        ],
        updated_at="2026-11-15T00:00:00Z",
    )
    served.put(edited, response("new", "2026-11-16T10:00:00Z", answer(STARS, 5), answer(ces, 0)))
    served.put(edited, response("between", "2026-11-14T10:00:00Z", answer(STARS, 5)))
    build = served.night(NEXT)
    assert published(build) == {
        "old:r": ("csat", 5, 1, 5),
        "old:e": ("ces", 7, 1, 7),
        "between:r": ("csat", 5, 1, 5),
        "new:r": ("csat", 5, 1, 10),
        "new:e": ("ces", 0, 0, 10),
    }
    assert balanced(build)


def test_a_past_night_built_again_knows_no_later_edit(served: Served) -> None:
    served.put(form([STARS]), response("old", DAY, answer(STARS, 5)))
    then = served.night(NIGHT)
    edited = form([question("r", "rating", steps=10)], updated_at="2026-11-15T00:00:00Z")
    served.put(edited, response("new", "2026-11-16T10:00:00Z", answer(STARS, 5)))
    served.night(NEXT)
    again = served.built(NIGHT)
    assert published(again) == published(then) == {"old:r": ("csat", 5, 1, 5)}
    assert outcomes(again) == outcomes(then)


def test_a_type_that_was_edited_reads_each_answer_by_its_own(served: Served) -> None:
    served.put(form([STARS]), response("old", DAY, answer(STARS, 5)))
    served.night(NIGHT)
    edited = question("r", "nps", ref=STARS["ref"], steps=11)
    served.put(
        form([edited], updated_at="2026-11-15T00:00:00Z"), response("new", "2026-11-16T00:00:00Z", answer(edited, 5))
    )
    # the form was open in a browser while it was edited
    served.put(
        form([edited], updated_at="2026-11-15T00:00:00Z"), response("late", "2026-11-15T00:05:00Z", answer(STARS, 4))
    )
    assert published(served.night(NEXT)) == {
        "old:r": ("csat", 5, 1, 5), "new:r": ("nps", 5, 0, 10), "late:r": ("csat", 4, 1, 5),
    }  # fmt: skip


def test_a_form_that_was_deleted_keeps_its_answers(served: Served) -> None:
    served.put(form([NPS]), response("x", DAY, answer(NPS, 8)))
    served.put(form([NPS], form_id="other"))
    served.night(NIGHT)
    del served.forms["F"]
    assert published(served.night(NEXT)) == {"x:n": ("nps", 8, 0, 10)}


def test_a_renamed_ref_names_the_metric_of_all_its_answers(served: Served) -> None:
    """A ref given later is how people say what a question measures; one taken away later does not unsay it."""
    named = {**SCALE, "ref": "csat_service"}
    was_named = question("w", "opinion_scale", ref="nps_old", steps=11)
    served.put(form([SCALE, was_named]), response("old", DAY, answer(SCALE, 9), answer(was_named, 9)))
    assert rejected(served.night(NIGHT)) == {"old:o": "question_unmapped"}
    unnamed = {**was_named, "ref": "5b839dbb-9999"}
    served.put(
        form([named, unnamed], updated_at="2026-11-15T00:00:00Z"),
        response("new", "2026-11-16T00:00:00Z", answer(named, 7), answer(unnamed, 3)),
    )
    assert published(served.night(NEXT)) == {
        "old:o": ("csat", 9, 0, 10), "new:o": ("csat", 7, 0, 10), "old:w": ("nps", 9, 0, 10), "new:w": ("nps", 3, 0, 10),
    }  # fmt: skip


def test_what_is_not_mapped_is_told_and_a_file_maps_it(served: Served) -> None:
    choice = question("c", "multiple_choice")
    chosen = answer(choice, type="choice", choice={"label": "4"})
    asked = form([NPS, STARS, SCALE, TEXT, choice])
    served.put(
        asked,
        response(
            "x", DAY, answer(NPS, 9), answer(STARS, 3), answer(SCALE, 6), answer(TEXT, type="text", text="Hm"), chosen
        ),
    )
    build = served.night(NIGHT)
    assert outcomes(build) == {
        "n published": ("nps", "source", 1), "r published": ("csat", "type", 1), "o question_unmapped": (None, None, 1),
        "t not_scored": (None, None, 1), "c not_scored": (None, None, 1),
    }  # fmt: skip
    assert balanced(build)
    unmapped = next(one for one in load_suites().reconciliations if one.name == "every_scored_question_is_mapped")
    assert build.execute(unmapped.sql).fetchall() == [("typeform", "F", "o", 1)]
    [(remedy,)] = build.execute("select remedy from cx.survey_questions where outcome = 'question_unmapped'").fetchall()
    assert "survey_questions.csv" in remedy
    files = {"survey_questions": [
        {"survey_id": "F", "metric": "csat"},  # says nothing that a question says itself
        {"question": "O", "metric": "nps", "survey_kind": "transactional"},
        {"question": STARS["ref"].upper(), "survey_id": "F", "metric": "none"},
        {"question": "c", "metric": "ces", "scale_direction": "lower_is_better", "scale_min": 1.0, "scale_max": 7.0},
        {"question": "r", "metric": "review"},
        {"question": "o", "survey_id": "another", "metric": "ces"},
    ]}  # fmt: skip
    build = served.night(NIGHT, files)
    assert outcomes(build) == {
        "n published": ("nps", "source", 1), "r question_not_counted": (None, "survey_questions", 1),
        "o published": ("nps", "survey_questions", 1), "c published": ("ces", "survey_questions", 1),
        "t score_missing": ("csat", "survey_questions", 1),
    }  # fmt: skip
    assert balanced(build)
    kinds = build.execute("select survey_kind, scale_direction from cx.survey_responses where response_id = 'x:o'")
    assert kinds.fetchall() == [("transactional", "higher_is_better")]


def test_effort_needs_a_direction_also_where_a_file_maps_it(served: Served) -> None:
    served.put(form([SCALE]), response("x", DAY, answer(SCALE, 9)))
    line = {"question": "o", "metric": "ces"}
    assert rejected(served.night(NIGHT, {"survey_questions": [line]})) == {"x:o": "direction_missing"}
    line["scale_direction"] = "higher_is_better"
    assert published(served.night(NIGHT, {"survey_questions": [line]})) == {"x:o": ("ces", 9, 0, 10)}


def test_answers_that_cannot_count_say_why_and_none_is_lost(served: Served) -> None:
    stepless = question("s", "opinion_scale", ref="csat_short")
    other = question("m", "nps", steps=11)
    named = question("c", "multiple_choice", ref="csat_choice")
    served.put(
        form([NPS, other, STARS, stepless, named]),
        response("begun", DAY, answer(NPS, 9), response_type="started"),
        response("half", DAY, answer(NPS, 9), response_type="partial"),
        response("two", DAY, answer(NPS, 9), answer(other, 2)),
        response("again", DAY, answer(NPS, 9), answer(NPS, 3)),
        response("above", DAY, answer(STARS, 7), answer(NPS, 11)),
        response("empty", DAY, answer(NPS, None)),
        response("steps", DAY, answer(stepless, 4)),
        response("label", DAY, answer(named, type="choice", choice={"label": "Good"})),
        response("nobody", DAY, answer(NPS, 6), hidden={}),
        response("kind", DAY, answer(NPS, 6), hidden={"account_ref": "acme", "survey_kind": "xxxxx"}),
        response("none", DAY),
    )
    build = served.night(NIGHT)
    assert published(build).keys() == {"two:n", "two:m", "again:n", "nobody:n"}
    assert rejected(build) == {
        "begun:n": "response_not_completed", "half:n": "response_not_completed", "again:n:2": "answered_twice",
        "above:r": "score_outside_scale", "above:n": "score_outside_scale", "empty:n": "score_missing", "steps:s": "scale_missing",
        "label:c": "score_unreadable", "kind:n": "survey_kind_unknown",
    }  # fmt: skip
    assert balanced(build)
    remedies = build.execute(
        "select count(*), count(remedy) from cx.survey_questions where outcome <> 'published'"
    ).fetchall()
    assert remedies == [(8, 8)]


def test_a_token_that_two_forms_gave_out_is_two_responses(served: Served) -> None:
    served.put(form([NPS]), response("x", DAY, answer(NPS, 9)))
    served.put(form([NPS], form_id="G"), response("x", DAY, answer(NPS, 2)))
    build = served.night(NIGHT)
    assert published(build) == {"x:n": ("nps", 9, 0, 10), "G:x:n": ("nps", 2, 0, 10)}
    assert balanced(build)


@pytest.mark.parametrize("steps", [3, 7, 10])
def test_a_rating_of_any_length_keeps_its_scale(served: Served, steps: int) -> None:
    stars = question("r", "rating", steps=steps)
    served.put(form([stars]), response("best", DAY, answer(stars, steps)), response("worst", DAY, answer(stars, 1)))
    build = served.night(NIGHT)
    scores = build.execute(
        "select response_id, normalised_score, is_satisfied from build.cx.survey_responses"
    ).fetchall()
    assert sorted(scores) == [("best:r", 1, True), ("worst:r", 0, False)]


def test_an_answer_lost_on_the_way_breaks_a_check(served: Served) -> None:
    served.put(form([NPS]), response("x", DAY, answer(NPS, 9)), response("y", DAY, answer(NPS, 9)))
    build = served.night(NIGHT)
    assert balanced(build)
    build.execute("delete from cx.survey_responses where response_id = 'x:n'")
    assert not balanced(build)
    build.execute("delete from cx.survey_questions")
    assert not balanced(build)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_asked_and_answered_all_answers_are_accounted_for(served: Served, seed: int) -> None:
    """Forms of any shape, edited between two nights, and responses of any kind: each answer ends in one place."""
    chance = random.Random(seed)
    kinds = ("nps", "rating", "opinion_scale", "number", "yes_no", "multiple_choice", "long_text", "ranking")

    def any_question(number: int) -> Json:
        properties = {"steps": chance.choice((3, 5, 7, 10, 11, None)), "start_at_one": chance.random() < 0.5}
        names = (None, None, f"nps_{number}", f"csat_{number}", f"ces_{number}_lower_is_better", f"CES_{number}")
        return question(f"q{number}", chance.choice(kinds), chance.choice(names), **properties)

    def any_answer(asked: Json) -> Json:
        value = chance.choice((None, -1, 0, 1, 3, 5, 7, 9.5, 10, 11, 40))
        return answer(asked, value) if chance.random() < 0.7 else answer(asked, **chance.choice(OTHER_ANSWERS))

    sent: dict[tuple[str, str], int] = {}
    for night, day in ((NIGHT, "2026-10"), (NEXT, "2026-11")):
        for number in range(5):
            asked = [any_question(place) for place in range(6)]
            nested = [*asked[:2], group("g", *asked[2:4], group("h", asked[4], kind="matrix"))]
            responses = []
            for _ in range(30):
                token = f"t{chance.randrange(500)}_{day}"
                if (f"F{number}", token) in sent:
                    continue
                answers = [any_answer(chance.choice(asked)) for _ in range(chance.randrange(5))]
                sent[f"F{number}", token] = len(answers)
                hidden = chance.choice(
                    ({}, {"account_ref": "acme", "survey_kind": chance.choice(("agent", "", "odd"))})
                )
                kind = chance.choice(("completed", "completed", "partial"))
                at = f"{day}-{chance.randrange(1, 10):02}T08:00:00Z"
                responses.append(response(token, at, *answers, hidden=hidden, response_type=kind))
            served.put(form(nested, f"F{number}", updated_at=f"{day}-05T00:00:00Z"), *responses)
        build = served.night(
            night, {"survey_questions": [{"question": "q3", "metric": "ces"}, {"survey_id": "F1", "metric": "csat"}]}
        )
        assert balanced(build)
        told = build.execute(
            "select sum(answers), count(*) filter (where outcome = 'lost') from build.cx.survey_questions"
        ).fetchall()
        assert told == [(sum(sent.values()), 0)]
        odd = "select count(*) from build.cx.survey_responses where score not between scale_min and scale_max"
        assert build.execute(odd).fetchall() == [(0,)]
