"""Nights of a served Typeform: a form and its responses go through the connector, are landed, and the models read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx2

from quality.gate.suite_files import load_suites
from tests.dbt_project.nights import Project
from tests.ingestion.conftest import Bench

Json = dict[str, Any]
TARGETS = ("survey_responses", "survey_questions", "int_voice__answers_landed")


def form(fields: Sequence[Json], form_id: str = "F", updated_at: str = "2026-01-01T00:00:00Z", **more: object) -> Json:
    """A form as the vendor's API gives it."""
    return {"id": form_id, "title": "Pulse", "fields": list(fields), "last_updated_at": updated_at, **more}


def question(question_id: str, kind: str, ref: str | None = None, **properties: object) -> Json:
    """A question; without a ref of its own it has one that the vendor generated."""
    name = ref or f"5b839dbb-0000-430e-a47e-{question_id:0>12}"
    return {"id": question_id, "ref": name, "type": kind, "title": f"Title of {question_id}", "properties": properties}


def group(group_id: str, *fields: Json, kind: str = "group") -> Json:
    """A question that holds other questions."""
    return question(group_id, kind, fields=list(fields))


def answer(asked: Json, number: object = None, **more: object) -> Json:
    """An answer to a question of a form, a number where nothing else is said."""
    field = {name: asked[name] for name in ("id", "ref", "type")}
    return {"field": field, **(more or {"type": "number", "number": number})}


def response(token: str, submitted_at: str, *answers: Json, hidden: Json | None = None, **more: object) -> Json:
    """A completed response of a known account."""
    hidden = {"account_ref": "acme", "respondent_id": f"{token}@acme.example"} if hidden is None else hidden
    return {
        "token": token, "response_id": token, "landed_at": submitted_at, "submitted_at": submitted_at, "response_type": "completed",
        "hidden": hidden, "answers": list(answers), **more,
    }  # fmt: skip


class Served:
    """A Typeform whose forms and responses a test replaces between nights."""

    def __init__(self, folder: Path, project: Project) -> None:
        self.bench = Bench(folder)
        self.project = project
        self.forms: dict[str, Json] = {}
        self.responses: dict[str, list[Json]] = {}

    def put(self, asked: Json, *responses: Json) -> None:
        """The form as it is from now on; its responses are added to those it has."""
        self.forms[asked["id"]] = asked
        self.responses.setdefault(asked["id"], []).extend(responses)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        parts = request.url.path.strip("/").split("/")
        if parts == ["forms"]:
            return httpx2.Response(200, json={"items": [{"id": one} for one in self.forms], "page_count": 1})
        if len(parts) == 2:
            return httpx2.Response(200, json=self.forms[parts[1]])
        newest = sorted(self.responses[parts[1]], key=lambda one: one["submitted_at"], reverse=True)
        before = request.url.params.get("before")
        if before:
            newest = newest[[one["token"] for one in newest].index(before) + 1 :]
        return httpx2.Response(
            200, json={"items": newest, "page_count": 1 if newest else 0, "total_items": len(newest)}
        )

    def night(self, as_of: date, files: dict[str, list[Json]] | None = None, *more: str) -> duckdb.DuckDBPyConnection:
        """What is read in the early hours after `as_of`, and the models, `more` among them."""
        self.bench.clock.moment = datetime(as_of.year, as_of.month, as_of.day, 2, tzinfo=UTC) + timedelta(days=1)
        self.bench.run("typeform", self, start_date=date(2026, 1, 1))
        return self.built(as_of, files, *more)

    def built(self, as_of: date, files: dict[str, list[Json]] | None = None, *more: str) -> duckdb.DuckDBPyConnection:
        """The models at `as_of`, on all that was landed up to now, later nights included."""
        rows = {("typeform", name): self.bench.rows("typeform", name) for name in ("forms", "responses")}
        rows |= {("drop_folder", name): found for name, found in (files or {}).items()}
        every = {"survey_id": "*", "question": "*"}
        rows["drop_folder", "survey_questions"] = [
            every | line for line in rows.get(("drop_folder", "survey_questions"), [])
        ]
        rows["drop_folder", "accounts"] = [{"account_id": "acme", "name": "Acme"}]
        return self.project.build(rows, as_of, (*TARGETS, *more))


def published(build: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """Answer -> metric, score, lowest and highest score of its scale."""
    found = build.execute(
        "select response_id, metric, score, scale_min, scale_max from build.cx.survey_responses"
    ).fetchall()
    return {key: tuple(rest) for key, *rest in found}


def rejected(build: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Answer -> why it counts nowhere."""
    query = "select response_id, rejection_reason from build.intermediate.int_voice__responses_rejected"
    return dict(build.execute(query).fetchall())


def outcomes(build: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """Question and outcome -> metric, who mapped it, answers."""
    query = "select question_id || ' ' || outcome, metric, mapped_by, answers from build.cx.survey_questions"
    return {key: tuple(rest) for key, *rest in build.execute(query).fetchall()}


def balanced(build: duckdb.DuckDBPyConnection) -> bool:
    """Whether every reconciliation about answers holds, the one that only warns of unmapped questions left out."""
    sentences = {
        one.name: one.sql
        for one in load_suites().reconciliations
        if one.table in ("survey_questions", "survey_responses")
    }
    build.execute("use build")
    broken = {name: build.execute(sql).fetchall() for name, sql in sentences.items()}
    return not any(
        broken[name]
        for name in (
            "every_answer_is_published",
            "every_answer_is_accounted_for",
            "outcomes_of_answers_are_published_and_rejected",
        )
    )
