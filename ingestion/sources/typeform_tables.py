"""What lands from Typeform, by table."""

from __future__ import annotations

from ingestion.columns import column as col
from ingestion.columns import inherited
from ingestion.contract import Table

FORMS = Table(
    "forms",
    "snapshot",
    ("form_id",),
    "One row per form per day, with its fields: they say metric and scale.",
    (
        col("id", "form_id", "Form", "id", required=True),
        col("text", "title", "Title"),
        col("json", "fields", "JSON list of fields: id, ref, type, properties"),
        col("json", "hidden", "JSON list of the names of hidden fields"),
        col("json", "settings", "JSON object of settings"),
        col("instant", "created_at", "Created"),
        col("instant", "updated_at", "Last change", "last_updated_at"),
    ),
    redact=("_links", "workspace", "theme", "self"),
    is_versioned=True,
)

RESPONSES = Table(
    "responses",
    "feed",
    ("form_id", "response_id"),
    "One row per completed response; what people wrote themselves stays out.",
    (
        col("id", "response_id", "Response (its token), unique in its form", "token", "response_id", required=True),
        inherited("id", "form_id", "Form"),
        col("instant", "landed_at", "Form was opened"),
        col("instant", "submitted_at", "Answers were sent", "submitted_at", "landed_at", required=True),
        col("text", "response_type", "started, partial or completed"),
        col("json", "hidden", "JSON object of hidden fields: account_ref, survey_kind, trigger_kind, trigger_id, respondent_id", pii="contact"),
        col("json", "answers", "JSON list of answers without written text, addresses and files"),
    ),
    version="submitted_at",
    redact=(
        "metadata", "answers.*.text", "answers.*.email", "answers.*.phone_number", "answers.*.file_url",
        "answers.*.url", "answers.*.contact_info", "answers.*.choice.other", "answers.*.choices.other",
        "variables.*.text",
    ),
)  # fmt: skip
