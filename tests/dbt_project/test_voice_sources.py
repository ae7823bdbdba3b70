"""Answers of the helpdesk and of dropped files into the published tables: every one is there, or said why not."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import httpx2

from tests.dbt_project.nights import Project
from tests.dbt_project.typeform_nights import TARGETS, balanced, outcomes, published, rejected
from tests.ingestion.conftest import Bench, quick_disk  # noqa: F401 - fixture

NIGHT = date(2026, 11, 10)
Row = dict[str, object]


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 10, day, hour)  # noqa: DTZ001 - landed timestamps are naive UTC


def build_of(project: Project, **rows: list[Row]) -> duckdb.DuckDBPyConnection:
    """Tables named `source__table`."""
    named = {tuple(name.split("__")): found for name, found in rows.items()}
    return project.build(named, NIGHT, TARGETS)  # type: ignore[arg-type]


def rating(rating_id: str, score: str | None, ticket: str, day: int) -> Row:
    return {
        "rating_id": rating_id,
        "score": score,
        "ticket_id": ticket,
        "requester_id": "7",
        "created_at": at(day),
        "updated_at": at(day, 12),
    }


def test_legacy_ratings_are_answers_offers_or_told(project: Project) -> None:
    scores = ["good", "bad", "goodwithcomment", "badwithcomment", "offered", "unoffered", "received", None]
    build = build_of(
        project, zendesk__satisfaction_ratings=[rating(str(n), score, str(n), 1 + n) for n, score in enumerate(scores)]
    )
    assert published(build) == {f"rating-{n}": ("csat", 1 - n % 2, 0, 1) for n in range(4)}
    assert rejected(build) == {"rating-6": "score_unreadable"}
    assert outcomes(build) == {
        "legacy_csat published": ("csat", "source", 4),
        "legacy_csat score_unreadable": ("csat", "source", 1),
    }
    assert balanced(build)


def survey(response_id: str, ticket: str, *answers: Row) -> Row:
    return {
        "id": response_id, "responder_id": 7, "subject_zrns": [f"zen:ticket:{ticket}"], "survey": {"id": "S", "version": 1},
        "answers": list(answers), "expires_at": "2026-11-05T10:00:00Z", "created_at": "2026-10-05T10:00:00Z",
    }  # fmt: skip


def rated(
    number: int | None, category: str | None, question_id: str = "Q", kind: str = "customer_satisfaction", *options: int
) -> Row:
    question = {
        "id": question_id,
        "type": "rating_scale_numeric",
        "sub_type": kind,
        "options": [{"rating": one} for one in options] or None,
    }
    when = "2026-10-06T10:00:00Z"
    return {
        "type": "rating_scale",
        "rating": number,
        "rating_category": category,
        "question": question,
        "created_at": when,
        "updated_at": when,
    }


def test_ratings_of_the_customisable_survey_keep_their_scale_and_other_questions_are_told(
    project: Project, tmp_path: Path
) -> None:
    bench = Bench(tmp_path)
    skipped = {"type": "skipped", "question": {"id": "C", "type": "open_ended"}, "created_at": "2026-10-06T10:00:00Z"}
    responses = [
        survey("five", "1", rated(4, "good"), skipped),
        survey("three", "2", rated(3, "good", "Q", "customer_satisfaction", 1, 2, 3)),
        survey("other_first", "3", rated(2, "bad", "E", "other", 1, 7), rated(5, "good")),
        survey("word", "4", rated(None, "good")),
        survey("none", "5", skipped),
    ]

    def handler(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"survey_responses": responses, "meta": {"has_more": False}})

    bench.run("zendesk", handler, ["csat_survey_responses"])
    landed = bench.rows("zendesk", "csat_survey_responses")
    # the helpdesk writes the same answer into the legacy rating; one of another month is another answer
    legacy = [rating("same", "good", "1", 6), rating("earlier", "bad", "3", 1)]
    build = build_of(project, zendesk__csat_survey_responses=landed, zendesk__satisfaction_ratings=legacy)
    assert published(build) == {
        "survey-five": ("csat", 4, 1, 5), "survey-three": ("csat", 3, 1, 3), "survey-other_first": ("csat", 5, 1, 5),
        "rating-earlier": ("csat", 0, 0, 1),
    }  # fmt: skip
    assert rejected(build) == {
        "survey-other_first:E": "question_unmapped", "survey-word": "score_unreadable", "rating-same": "told_by_survey",
    }  # fmt: skip
    assert balanced(build)
    line = {"survey_id": "*", "question": "e", "metric": "ces", "scale_direction": "higher_is_better"}
    build = build_of(project, zendesk__csat_survey_responses=landed, drop_folder__survey_questions=[line])
    assert published(build)["survey-other_first:E"] == ("ces", 2, 1, 7)
    assert balanced(build)


def test_dropped_answers_take_what_they_do_not_say_from_the_survey_s_line(project: Project) -> None:
    def dropped(response_id: str, **more: object) -> Row:
        return {
            "response_id": response_id,
            "metric": "ces",
            "score": 5.0,
            "responded_at": at(2),
            "account_ref": "acme",
            **more,
        }

    answers = [
        dropped("bare"), dropped("lined", survey_id="effort"), dropped("said", survey_id="effort", scale_direction="higher_is_better", survey_kind="agent"),
        dropped("csat", survey_id="effort", metric="csat"), dropped("later", survey_id="effort", responded_at=datetime(2026, 11, 11, 3)),  # noqa: DTZ001
    ]  # fmt: skip
    line = {
        "survey_id": "effort",
        "question": "*",
        "metric": "ces",
        "survey_kind": "relationship",
        "scale_direction": "lower_is_better",
        "scale_min": 0.0,
        "scale_max": 10.0,
    }
    build = build_of(project, drop_folder__survey_responses=answers, drop_folder__survey_questions=[line])
    assert rejected(build) == {"bare": "direction_missing"}
    found = build.execute(
        "select response_id, metric, survey_kind, scale_direction, scale_max from build.cx.survey_responses order by 1"
    ).fetchall()
    assert found == [
        ("csat", "csat", "relationship", "higher_is_better", 5), ("lined", "ces", "relationship", "lower_is_better", 10),
        ("said", "ces", "agent", "higher_is_better", 10),
    ]  # fmt: skip
    assert balanced(build)


CHANGES: dict[str, Row] = {
    "score_outside_scale": {"score": 11.0},
    "nps_score_not_whole": {"score": 7.5},
    "nps_scale_not_0_to_10": {"scale_max": 5.0},
    "survey_kind_unknown": {"survey_kind": "often"},
    "metric_unknown": {"metric": "stars"},
    "scale_empty": {"scale_min": 10.0, "metric": "csat"},
    "direction_unknown": {"scale_direction": "upwards", "metric": "csat"},
    "direction_missing": {"metric": "ces"},
    "score_missing": {"score": None},
}


def test_a_dropped_answer_that_cannot_count_says_why(project: Project) -> None:
    base: Row = {"metric": "nps", "score": 7.0, "responded_at": at(2), "account_ref": "acme"}
    rows = [{"response_id": reason, **base, **change} for reason, change in CHANGES.items()]
    build = build_of(project, drop_folder__survey_responses=rows)
    assert rejected(build) == {reason: reason for reason in CHANGES}
    told = build.execute("select outcome, sum(answers), count(remedy) from build.cx.survey_questions group by outcome")
    assert {outcome: (answers, remedies) for outcome, answers, remedies in told.fetchall()} == dict.fromkeys(
        CHANGES, (1, 1)
    )
    assert balanced(build)
