"""The contracts of the drop folder: one table per file name. A column is added, never renamed.

Amounts are decimals in major units. `issues_raised`, `issues_open` and `opportunities` are counts.
"""

from __future__ import annotations

from ingestion.columns import Column, Form, Pii, inherited
from ingestion.contract import Table


def need(form: Form, name: str, description: str, pii: Pii = "none") -> Column:
    return Column(name, form, description, (name,), pii, is_required=True)


def may(form: Form, name: str, description: str, pii: Pii = "none") -> Column:
    return Column(name, form, description, (name,), pii)


ACCOUNT = need("text", "account_ref", "Any identifier that account_identities resolves")


def one_of(choices: tuple[str, ...], name: str, *, required: bool = False, meaning: str = "") -> Column:
    """A column of few values: what it may hold is said here, and the checks, the page and dbt's tests follow."""
    told = meaning or f"{', '.join(choices[:-1])} or {choices[-1]}"
    return Column(name, "text", told, (name,), is_required=required, choices=choices)


COVERAGE_MODELS = ("strategic", "smb", "tech_touch", "operational")
CSM_STRUCTURES = ("firefighter", "sales", "service", "integrated", "partnership")
LINE_KINDS = ("recurring", "usage", "one_time")
INTERVALS = ("day", "week", "month", "year")
LINE_STATUSES = ("active", "trial", "paused", "past_due")
WORK_KINDS = ("project", "onboarding", "migration")
WORDS = ("done", "dismissed", "open", "overdue", "settled", "expired", "lapsed")
DECISIONS = ("rescue", "wind_down")
PARTIES = ("customer", "supplier")
ASKS = ("testimonial", "case_study", "survey")
METRICS = ("nps", "csat", "ces", "review")
SURVEY_KINDS = ("transactional", "relationship", "agent")
DIRECTIONS = ("higher_is_better", "lower_is_better")
EVENTS = ("status", "assignee", "group", "reply", "note")
ROLES = ("agent", "customer", "system")
STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
TRIGGERS = (*WORK_KINDS, "ticket", "qbr", "periodic")


def contract(name: str, key: tuple[str, ...], description: str, *columns: Column, known_only: bool = False) -> Table:
    place = (
        inherited("text", "file_name", "File the row came from"),
        inherited("integer", "line_number", "Line in that file; the header is line 1"),
    )
    return Table(name, "file", key, description, (*columns, *place), known_only=known_only)


CONTRACTS: tuple[Table, ...] = (
    contract(
        "accounts", ("account_id",), "One row per account as customer success keeps it.",
        need("text", "account_id", "Account"), need("text", "name", "Name of the company"),
        may("text", "parent_account_id", "Account it belongs to"), may("text", "segment", "Segment"),
        may("text", "appropriate_experience", "Appropriate experience"),
        one_of(COVERAGE_MODELS, "coverage_model"),
        one_of(CSM_STRUCTURES, "csm_structure"),
        may("text", "csm_owner", "Who looks after the account", "contact"), may("text", "industry", "Industry"),
        may("text", "region", "Region"), may("date", "start_date", "First day as a customer"),
        may("date", "contract_end", "First day no longer covered"), may("date", "renewal_date", "Day of renewal"),
        may("boolean", "auto_renew", "Renews by itself"), may("text", "service_level", "Service level"),
        may("text", "merged_into", "Account that goes on for this one"), may("date", "merged_on", "Day of the merge"),
    ),
    contract(
        "account_identities", ("source", "source_id", "valid_from", "valid_to"),
        "One row per id of an account in another source and time in which it is that account's.",
        need("text", "source", "Source"), need("text", "source_id", "Id there"), need("text", "account_id", "Account"),
        may("date", "valid_from", "First day; empty: always was"), may("date", "valid_to", "First day no longer valid; empty: still is"),
    ),
    contract(
        "agreements", ("line_id",), "One row per line of an agreement: what is paid, how often, from when.",
        need("text", "line_id", "Line"), ACCOUNT, need("text", "product", "Product"),
        one_of(LINE_KINDS, "kind", required=True), need("decimal", "quantity", "Units"),
        need("decimal", "unit_amount", "Major units per unit and interval"),
        need("text", "currency", "ISO 4217, upper case"), one_of(INTERVALS, "interval", required=True),
        need("integer", "interval_count", "Intervals per period"), need("date", "starts_on", "First day"),
        may("text", "agreement_id", "Agreement of the line"), may("date", "ends_on", "First day no longer covered; empty: open"),
        may("decimal", "discount_percent", "Percent off, 0 to 100"), one_of(LINE_STATUSES, "status"),
        may("text", "ended_reason", "Why it ended"),
    ),
    contract(
        "projects", ("project_id",), "One row per project, onboarding or migration.",
        need("text", "project_id", "Project"), ACCOUNT, need("text", "name", "Name"),
        one_of(WORK_KINDS, "kind", required=True), need("text", "status", "Status"),
        may("date", "started_on", "First day"), may("date", "closed_on", "Day it was closed"),
    ),
    contract(
        "qbrs", ("qbr_id",), "One row per quarterly business review.",
        need("text", "qbr_id", "Review"), ACCOUNT, need("date", "planned_on", "Planned day"),
        may("date", "held_on", "Day it was held"), may("text", "attendees", "Who came", "contact"),
        may("integer", "issues_raised", "Issues raised, count"), may("integer", "issues_open", "Issues still open, count"),
        may("integer", "opportunities", "Opportunities found, count"), may("number", "service_rating", "1 to 5"),
        may("text", "notes", "Notes", "free_text"),
    ),
    contract(
        "interviews", ("interview_id",), "One row per interview about what comes next.",
        need("text", "interview_id", "Interview"), ACCOUNT, need("date", "held_on", "Day it was held"),
        need("number", "sentiment", "-2 to 2, coded by a person"),
        need("number", "propensity_to_continue", "0 to 10"), may("text", "interviewer", "Who asked", "contact"),
        may("text", "situation", "Situation", "free_text"), may("text", "themes", "Themes", "free_text"),
        may("text", "future_work", "Future work", "free_text"), may("number", "confidence", "0 to 1"),
        may("text", "next_action", "Next action", "free_text"),
    ),
    contract(
        "interventions", ("intervention_id",), "One row per word of a person on an intervention: done, dismissed, and what was decided.",
        need("text", "intervention_id", "Intervention, as published"),
        one_of(WORDS, "status", required=True, meaning="done or dismissed closes it; open, overdue, settled, expired or lapsed, as exported, change nothing"),
        one_of(DECISIONS, "decision", meaning="rescue or wind_down, owed for a Dangling account"),
        may("date", "decided_on", "Day of the word; empty: the day the file was last changed"),
        may("text", "note", "Note", "free_text"),
    ),
    contract(
        "milestones", ("milestone_id",), "One row per milestone of a success plan.",
        need("text", "milestone_id", "Milestone"), ACCOUNT, need("text", "name", "Name"),
        one_of(PARTIES, "owner_party", required=True), need("date", "due_on", "Due"),
        may("integer", "plan_day", "Day of the plan"), may("date", "completed_on", "Day it was met"),
        may("text", "evidence", "Evidence", "free_text"), one_of(ASKS, "asks_for"),
    ),
    contract(
        "success_ratings", ("account_ref", "rated_on", "rater"), "One row per rating of an account by one person on one day.",
        ACCOUNT, need("date", "rated_on", "Day of the rating"), need("text", "rater", "Who rated", "contact"),
        need("number", "tools", "0 to 1"), need("number", "investment", "0 to 1"), need("number", "desire", "0 to 1"),
        may("text", "rationale", "Why", "free_text"),
    ),
    contract(
        "survey_responses", ("response_id",), "One row per answer to a survey of another tool; account_ref or respondent_email is needed.",
        need("text", "response_id", "Response"), one_of(METRICS, "metric", required=True),
        need("number", "score", "Score on its own scale"), need("instant", "responded_at", "When"),
        may("text", "account_ref", "Any identifier that account_identities resolves"),
        may("text", "respondent_email", "Who answered", "contact"), may("text", "survey_id", "Survey"),
        one_of(SURVEY_KINDS, "survey_kind"), may("number", "scale_min", "Lowest score"),
        may("number", "scale_max", "Highest score"), one_of(DIRECTIONS, "scale_direction"),
        one_of(TRIGGERS, "trigger_kind"), may("text", "trigger_id", "Id of the trigger"),
        may("instant", "sent_at", "Survey was sent"), may("text", "comment", "What was written", "free_text"),
        may("text", "site", "Site of a review"),
    ),
    contract(
        "survey_invitations", ("invitation_id",), "One row per survey sent; account_ref or respondent_email is needed.",
        need("text", "invitation_id", "Invitation"), need("text", "survey_id", "Survey"), need("instant", "sent_at", "When"),
        may("text", "account_ref", "Any identifier that account_identities resolves"),
        may("text", "respondent_email", "Who was asked", "contact"),
        one_of(TRIGGERS, "trigger_kind"), may("text", "trigger_id", "Id of the trigger"),
    ),
    contract(
        "tickets", ("ticket_id",), "One row per ticket of a helpdesk without a connector; account_ref or requester_email is needed.",
        need("text", "ticket_id", "Ticket"), need("instant", "created_at", "Created"),
        need("text", "status", "new, open, pending, hold, solved, closed or deleted, or a word that stands for one of them"),
        may("text", "account_ref", "Any identifier that account_identities resolves"),
        may("text", "requester_email", "Who asked", "contact"),
        may("boolean", "created_by_agent", "An agent wrote the ticket down"),
        may("instant", "first_reply_at", "First public reply by a person who is no customer"),
        may("instant", "solved_at", "Solved for the last time"), may("instant", "closed_at", "Closed for good"),
        may("text", "priority", "Priority"), may("text", "type", "Type: problem, incident, question, task or your own"),
        may("text", "group", "Team that has the ticket"), may("text", "assignee", "Who has the ticket: a name, an address or an id", "contact"),
        may("text", "channel", "How it came in"), may("text", "tags", "Tags, with commas or semicolons between them"),
        may("text", "merged_into", "Ticket that goes on for this one"),
        may("instant", "sla_first_reply_due_at", "First reply owed by"), may("instant", "sla_resolution_due_at", "Solution owed by"),
        may("boolean", "is_sla_met", "The helpdesk's own verdict; read where no due time stands"),
        may("instant", "sla_judged_at", "When that verdict fell; empty: when the ticket was solved"),
        may("number", "satisfaction", "Score the customer gave"), may("number", "satisfaction_min", "Lowest score; empty: 1"),
        may("number", "satisfaction_max", "Highest score; empty: 5"), may("instant", "satisfaction_at", "When the score was given"),
        may("instant", "satisfaction_sent_at", "When the customer was asked"),
        known_only=True,
    ),
    contract(
        "ticket_events", ("event_id",), "One row per change or public reply of a ticket.",
        need("text", "event_id", "Event"), need("text", "ticket_id", "Ticket"), need("instant", "occurred_at", "When"),
        one_of(EVENTS, "event", required=True, meaning="status, assignee, group, reply (public) or note (private)"),
        may("text", "value", "New status, assignee or group; empty: nobody", "contact"),
        may("text", "previous_value", "What it was before; empty: what the event before says", "contact"),
        may("text", "author", "Who did it, written as in assignee", "contact"),
        one_of(ROLES, "author_role", meaning="agent, customer or system, at that time"),
        may("text", "update_id", "Update it came with; empty: each event is one"),
        known_only=True,
    ),
    contract(
        "ticket_statuses", ("word",), "One row per word that the helpdesk's files use for a status.",
        need("text", "word", "Word of the file"), one_of(STATUSES, "status", required=True),
    ),
    contract(
        "survey_questions", ("survey_id", "question"), "One row per question of a survey tool: what it measures.",
        need("text", "survey_id", "Survey (form), or * for every survey"),
        need("text", "question", "Id or ref of the question, or * for every question of the survey that nothing else maps"),
        one_of((*METRICS, "none"), "metric", required=True, meaning="nps, csat, ces or review; none: answers to it are not counted"),
        one_of(SURVEY_KINDS, "survey_kind"),
        one_of(DIRECTIONS, "scale_direction", meaning="higher_is_better or lower_is_better; needed for ces"),
        may("number", "scale_min", "Lowest score, where the tool does not say it"),
        may("number", "scale_max", "Highest score, where the tool does not say it"),
    ),
    contract(
        "fx_rates", ("rate_date", "currency"), "One row per day and currency.",
        need("date", "rate_date", "Day"), need("text", "currency", "ISO 4217, upper case"),
        need("decimal", "rate_to_reporting", "Reporting currency per one unit of the currency"), may("text", "source", "Whose rate"),
    ),
)  # fmt: skip
