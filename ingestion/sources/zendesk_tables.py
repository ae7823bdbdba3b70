"""What lands from Zendesk Support, by table."""

from __future__ import annotations

from ingestion.columns import column as col
from ingestion.columns import inherited
from ingestion.contract import Table

ORGANIZATIONS = Table(
    "organizations",
    "feed",
    ("organization_id",),
    "One row per version of an organization; deleted ones are tombstones.",
    (
        col("id", "organization_id", "Organization", "id", required=True),
        col("text", "name", "Name of the organization"),
        col("text", "external_id", "Id given by the account's own systems, the best account key"),
        col("json", "domain_names", "JSON list of mail domains"),
        col("json", "organization_fields", "JSON object of custom fields"),
        col("json", "tags", "JSON list of tags"),
        col("instant", "created_at", "Created"),
        col("instant", "updated_at", "Last change", "updated_at", "created_at", required=True),
        col("instant", "deleted_at", "Deleted, if it was"),
    ),
    version="updated_at",
    deleted=("deleted_at", ...),
    redact=("details", "notes"),
)

USERS = Table(
    "users",
    "feed",
    ("user_id",),
    "One row per version of a user (agent or end user).",
    (
        col("id", "user_id", "User", "id", pii="pseudonym", required=True),
        col("text", "name", "Name", pii="contact"),
        col("text", "email", "Primary address; its domain resolves the account", pii="contact"),
        col("text", "role", "end-user, agent or admin"),
        col("id", "organization_id", "Organization of the user"),
        col("boolean", "is_active", "False once the user is deleted", "active"),
        col("boolean", "is_suspended", "Suspended users' tickets are spam", "suspended"),
        col("text", "external_id", "Id given by the account's own systems", pii="pseudonym"),
        col("instant", "created_at", "Created"),
        col("instant", "updated_at", "Last change", "updated_at", "created_at", required=True),
    ),
    version="updated_at",
    deleted=("is_active", False),
    redact=("phone", "photo", "notes", "details", "signature", "alias", "shared_phone_number", "user_fields"),
)

GROUPS = Table(
    "groups",
    "snapshot",
    ("group_id",),
    "One row per group of agents, deleted ones included, per day.",
    (
        col("id", "group_id", "Group", "id", required=True),
        col("text", "name", "Name of the group"),
        col("boolean", "is_deleted", "Deleted in the helpdesk", "deleted"),
        col("instant", "created_at", "Created"),
        col("instant", "updated_at", "Last change"),
    ),
    is_versioned=True,
)

TICKETS = Table(
    "tickets",
    "feed",
    ("ticket_id",),
    "One row per version of a ticket with its metrics; status `deleted` is a tombstone. Subject and description stay out.",
    (
        col("id", "ticket_id", "Ticket", "id", required=True),
        col("text", "external_id", "Id given by the account's own systems"),
        col("text", "status", "new, open, pending, hold, solved, closed or deleted"),
        col("text", "priority", "low, normal, high or urgent"),
        col("text", "type", "problem, incident, question or task"),
        col("text", "channel", "How the ticket came in", "via.channel"),
        col("text", "via_rel", "What the ticket came from: follow_up of a closed one, ...", "via.source.rel"),
        col("id", "organization_id", "Organization at the last write; a merge of organizations rewrites it"),
        col("id", "requester_id", "User who asked", pii="pseudonym"),
        col("id", "submitter_id", "User who wrote it down", pii="pseudonym"),
        col("id", "assignee_id", "Agent", pii="pseudonym"),
        col("id", "group_id", "Group"),
        col("id", "brand_id", "Brand"),
        col("json", "tags", "JSON list of tags"),
        col(
            "json",
            "custom_fields",
            "JSON list of {id, value}; value is null, text, number, boolean or a list",
            pii="free_text",
        ),
        col("text", "satisfaction_score", "Latest satisfaction score alone", "satisfaction_rating.score"),
        col("instant", "created_at", "Created"),
        col("instant", "updated_at", "Last change by a user; system changes leave it"),
        col("epoch", "generated_at", "Feed time: any change, the export's order", "generated_timestamp", required=True),
        col(
            "integer",
            "reply_time_calendar_minutes",
            "First reply, minutes",
            "metric_set.reply_time_in_minutes.calendar",
        ),
        col(
            "integer",
            "reply_time_business_minutes",
            "First reply, business minutes",
            "metric_set.reply_time_in_minutes.business",
        ),
        col(
            "integer",
            "first_resolution_calendar_minutes",
            "First resolution, minutes",
            "metric_set.first_resolution_time_in_minutes.calendar",
        ),
        col(
            "integer",
            "first_resolution_business_minutes",
            "First resolution, business minutes",
            "metric_set.first_resolution_time_in_minutes.business",
        ),
        col(
            "integer",
            "full_resolution_calendar_minutes",
            "Last resolution, minutes",
            "metric_set.full_resolution_time_in_minutes.calendar",
        ),
        col(
            "integer",
            "full_resolution_business_minutes",
            "Last resolution, business minutes",
            "metric_set.full_resolution_time_in_minutes.business",
        ),
        col("integer", "reopens", "Times reopened", "metric_set.reopens"),
        col("integer", "replies", "Public replies by agents", "metric_set.replies"),
        col("integer", "assignee_stations", "Assignees so far", "metric_set.assignee_stations"),
        col("integer", "group_stations", "Groups so far", "metric_set.group_stations"),
        col("instant", "solved_at", "Last solved", "metric_set.solved_at"),
    ),
    version="generated_at",
    deleted=("status", "deleted"),
    redact=(
        "subject",
        "raw_subject",
        "description",
        "fields",
        "recipient",
        "via.source",
        "satisfaction_rating.comment",
    ),
)

TICKET_EVENTS = Table(
    "ticket_events",
    "feed",
    ("child_event_id",),
    "One row per single change of a ticket; comments are there as metadata, their text never is.",
    (
        col("id", "child_event_id", "Single change", "id", required=True),
        inherited("id", "event_id", "Update that made the change, with others"),
        inherited("id", "ticket_id", "Ticket"),
        inherited("instant", "occurred_at", "When"),
        inherited("id", "updater_id", "User who did it; -1 is the system", pii="pseudonym"),
        col("text", "event_type", "Create, Change, Comment, ...", "event_type", "type"),
        inherited("text", "field_name", "Field that was set"),
        inherited("text", "field_value", "Its new value; a list as JSON"),
        inherited("text", "previous_value", "Its old value; a list as JSON"),
        col("id", "author_id", "Author of a comment", pii="pseudonym"),
        col("boolean", "is_public", "Whether the requester sees the comment", "public", "comment_public"),
        inherited("text", "channel", "How the change came in"),
        inherited("text", "via_rel", "Relation, such as merge or follow_up"),
        col("id", "via_reference_id", "Record that the change came from; of a merge the other ticket"),
        inherited("id", "merged_into_ticket_id", "Ticket this one was merged into, where it is stated"),
    ),
    version="occurred_at",
)

TICKET_METRIC_EVENTS = Table(
    "ticket_metric_events",
    "feed",
    ("metric_event_id",),
    "One row per event of a ticket's clocks: activate, pause, fulfill, apply_sla, breach, update_status, measure.",
    (
        col("id", "metric_event_id", "Metric event", "id", required=True),
        col("id", "ticket_id", "Ticket"),
        col("text", "metric", "reply_time, agent_work_time, requester_wait_time, ..."),
        col("integer", "instance_id", "Which run of the clock, from 0"),
        col("text", "event_type", "activate, pause, fulfill, apply_sla, breach, update_status, measure", "type"),
        col("instant", "occurred_at", "When", "time", required=True),
        col("id", "sla_policy_id", "Policy of an apply_sla", "sla.policy.id", "group_sla.policy.id"),
        col("integer", "sla_target_minutes", "Target, minutes", "sla.target", "group_sla.target"),
        col(
            "boolean",
            "is_business_hours",
            "Target counts business minutes",
            "sla.business_hours",
            "group_sla.business_hours",
        ),
        col("integer", "status_calendar_minutes", "Minutes on the clock", "status.calendar"),
        col("integer", "status_business_minutes", "Business minutes on the clock", "status.business"),
        col("boolean", "is_deleted", "Withdrawn by the helpdesk", "deleted"),
    ),
    version="occurred_at",
    deleted=("is_deleted", True),
)

SATISFACTION_RATINGS = Table(
    "satisfaction_ratings",
    "feed",
    ("rating_id",),
    "One row per version of a satisfaction rating of the legacy feature (good or bad).",
    (
        col("id", "rating_id", "Rating", "id", required=True),
        col("id", "ticket_id", "Ticket"),
        col("id", "requester_id", "User who rated", pii="pseudonym"),
        col("id", "assignee_id", "Agent rated", pii="pseudonym"),
        col("id", "group_id", "Group rated"),
        col("text", "score", "offered, unoffered, good, bad, ... "),
        col("text", "reason", "Chosen reason of a bad rating"),
        col("instant", "created_at", "Offered"),
        col("instant", "updated_at", "Last change", "updated_at", "created_at", required=True),
    ),
    version="updated_at",
    redact=("comment",),
)

CSAT_SURVEY_RESPONSES = Table(
    "csat_survey_responses",
    "feed",
    ("response_id",),
    "One row per version of an answer to the customisable CSAT survey; open answers stay out.",
    (
        col("id", "response_id", "Response", "id", required=True),
        inherited("id", "ticket_id", "Ticket asked about"),
        col("id", "responder_id", "User who answered", pii="pseudonym"),
        col("id", "survey_id", "Survey", "survey.id", "survey_id"),
        inherited("integer", "rating", "Chosen point of the scale, 5 is best; NULL: skipped"),
        inherited("text", "rating_category", "good, neutral or bad"),
        inherited("integer", "rating_min", "Lowest rating offered, where the question says it"),
        inherited("integer", "rating_max", "Highest rating offered, where the question says it"),
        inherited(
            "json", "other_ratings", "JSON list of the ratings of other questions of the survey, with their scales"
        ),
        inherited("instant", "answered_at", "When the rating was last given"),
        inherited("instant", "sent_at", "Offered, where it is stated"),
        col("instant", "expires_at", "Last moment to change the answer"),
        inherited("instant", "updated_at", "Last change of any answer"),
    ),
    version="updated_at",
    redact=("answers.*.value", "answers.*.question.headline"),
)

SCHEDULES = Table(
    "schedules",
    "snapshot",
    ("schedule_id",),
    "One row per business-hours schedule per day.",
    (
        col("id", "schedule_id", "Schedule", "id", required=True),
        col("text", "name", "Name"),
        col("text", "time_zone", "Time zone as the helpdesk names it"),
        col("json", "intervals", "JSON list of {start_time, end_time}: minutes since Sunday 0:00"),
        col("instant", "created_at", "Created"),
        col("instant", "updated_at", "Last change"),
    ),
    is_versioned=True,
)

SCHEDULE_HOLIDAYS = Table(
    "schedule_holidays",
    "snapshot",
    ("holiday_id",),
    "One row per holiday of a schedule per day.",
    (
        col("id", "holiday_id", "Holiday", "id", required=True),
        inherited("id", "schedule_id", "Schedule"),
        col("text", "name", "Name"),
        col("date", "start_on", "First day", "start_date"),
        col("date", "end_on", "Last day, included, as the helpdesk says it", "end_date"),
    ),
    stream="schedules",
    is_versioned=True,
)
