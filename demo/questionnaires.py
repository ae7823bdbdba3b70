"""The survey vendor's forms and responses, as its API writes them."""

from typing import Any

import msgspec

from demo.billing import chance
from demo.streams import DAY, iso
from demo.surveys import Asked

Json = dict[str, Any]
encode = msgspec.json.Encoder().encode
HIDDEN = ["account_ref", "respondent_id", "metric", "survey_kind", "trigger_kind", "trigger_id", "invitation_id"]
COMMENT = {
    "id": "fComment1",
    "ref": "comment",
    "type": "long_text",
    "title": "Why?",
    "properties": {},
    "validations": {"required": False},
}

# form key -> (form id, title, survey kind, metric, field)
FORMS: dict[str, tuple[str, str, str, str, Json]] = {
    "nps": ("nPsReL01", "Relationship NPS", "relationship", "nps", {
        "id": "fNpsScore1", "ref": "nps_recommend", "type": "nps", "title": "How likely are you to recommend us?",
        "properties": {"steps": 11, "start_at_one": False}, "validations": {"required": True}}),
    "csat": ("cSaTpr02", "Project CSAT", "transactional", "csat", {
        "id": "fCsatPrj1", "ref": "csat_project", "type": "rating", "title": "How satisfied are you with this project?",
        "properties": {"steps": 5, "shape": "star"}, "validations": {"required": True}}),
    "ces": ("cEsOnb03", "Onboarding CES", "transactional", "ces", {
        "id": "fCesOnbd1", "ref": "ces_onboarding", "type": "opinion_scale", "title": "We made it easy to get started.",
        "properties": {"steps": 7, "start_at_one": True}, "validations": {"required": True}}),
    "agent": ("aGeNtX04", "Agent Experience CSAT", "agent", "csat", {
        "id": "fCsatAgt1", "ref": "csat_tools", "type": "opinion_scale", "title": "How well do your tools serve you?",
        "properties": {"steps": 5, "start_at_one": True}, "validations": {"required": True}}),
}  # fmt: skip


def form_object(key: str, epoch: int) -> Json:
    """One form with its fields and hidden fields."""
    form_id, title, kind, metric, field = FORMS[key]
    return {
        "id": form_id, "type": "quiz", "title": title, "created_at": iso(epoch - 10 * DAY),
        "last_updated_at": iso(epoch - 9 * DAY), "settings": {
            "language": "en", "is_public": True, "progress_bar": "proportion", "show_progress_bar": True,
            "meta": {"allow_indexing": False, "description": f"{kind} {metric}"},
        },
        "theme": {"href": "https://api.typeform.com/themes/default"},
        "workspace": {"href": "https://api.typeform.com/workspaces/demo"}, "hidden": HIDDEN, "fields": [field, COMMENT],
        "_links": {"display": f"https://northstar.typeform.com/to/{form_id}"},
    }  # fmt: skip


def token_of(asked: Asked, seed: int) -> str:
    """The token of a response."""
    return (
        f"{int(chance(seed, 'token', asked.invitation_id) * (1 << 48)):012x}{asked.invitation_id[4:].replace('_', '')}"
    )


def response_object(asked: Asked, seed: int) -> Json:
    """One completed response."""
    form_id, _, kind, metric, field = FORMS[asked.form]
    token = token_of(asked, seed)
    answers: list[Json] = [
        {
            "field": {"id": field["id"], "ref": field["ref"], "type": field["type"]},
            "type": "number",
            "number": asked.score,
        }
    ]
    if asked.sent % 3 == 0:
        comment = {"id": COMMENT["id"], "ref": COMMENT["ref"], "type": COMMENT["type"]}
        answers.append({"field": comment, "type": "text", "text": "Thank you for asking."})
    hidden = {
        "respondent_id": asked.respondent_id, "metric": metric, "survey_kind": kind, "trigger_kind": asked.trigger_kind,
        "trigger_id": asked.trigger_id, "invitation_id": asked.invitation_id,
    }  # fmt: skip
    if asked.account is not None:
        hidden["account_ref"] = asked.account.account_id
    return {
        "landing_id": token, "token": token, "response_id": token, "response_type": "completed", "form_id": form_id,
        "landed_at": iso(asked.answered - 60), "submitted_at": iso(asked.answered),
        "metadata": {"user_agent": "Mozilla/5.0", "platform": "other", "referer": "", "network_id": "d0", "browser": "default"},
        "hidden": hidden,
        "calculated": {"score": 0}, "answers": answers, "thankyou_screen_ref": "default_tys",
    }  # fmt: skip
