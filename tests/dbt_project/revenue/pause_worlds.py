"""Pauses of collection of which two listings, weeks apart, say one thing each: the renewals between them say when."""

from __future__ import annotations

from typing import Any

from tests.dbt_project.revenue.served_stripe import Object, World
from tests.dbt_project.revenue.stripe_worlds import (
    ASKED,
    BEHAVIORS,
    TODAY,
    P,
    invoice,
    item,
    line,
    months,
    subscription,
    world,
)

FIRST = "2026-09-20"
STATUSES = {"void": "void", "mark_uncollectible": "uncollectible", "keep_as_draft": "draft"}


def left(behavior: str, month: int) -> Object:
    """The renewal of a month that the pause left unpaid."""
    status, start = STATUSES[behavior], f"2026-{month:02}-10"
    more = {} if status == "draft" else {"turned": start}
    return invoice([line(P, 5000, start, f"2026-{month + 1:02}-10", f"left_{month}")], start, status, **more)


def listed(*invoices: Object, **more: Any) -> dict[str, list[Object]]:
    return {"prices": [P], "subscriptions": [subscription([item(P)], **more)], "invoices": list(invoices)}


def paused(behavior: str, until: int | None = None) -> dict[str, Any]:
    return {"pause_collection": {"behavior": behavior, "resumes_at": until}}


WORLDS: list[World] = []
for behavior in BEHAVIORS:
    before = listed(*months(P, 6, 8), left(behavior, 9), **paused(behavior))
    WORLDS += [
        world(
            f"resumed_by_the_first_renewal_that_was_collected_{behavior}", {8: 5000, 9: 0, 10: 5000, 11: 5000},
            nights={
                FIRST: before,
                TODAY: listed(*months(P, 6, 8), left(behavior, 9), *months(P, 10, 11, first_reason="subscription_cycle")),
            },
            movements={"2026-09": ("churn", "pause"), "2026-10": ("reactivation", "resume")},
        ),
        world(
            f"begun_by_the_first_renewal_that_was_not_{behavior}", {8: 5000, 9: 5000, 10: 5000, 11: 0},
            nights={
                FIRST: listed(*months(P, 6, 9)),
                TODAY: listed(*months(P, 6, 10), left(behavior, 11), **paused(behavior)),
            },
            movements={"2026-11": ("churn", "pause")}, churn={"churned_on": "2026-11-10", "reason": "pause"},
        ),
        world(
            f"not_begun_while_renewals_were_collected_{behavior}", {8: 5000, 9: 5000, 10: 5000, 11: 0},
            nights={FIRST: listed(*months(P, 6, 9)), TODAY: listed(*months(P, 6, 11), **paused(behavior))},
            movements={"2026-11": ("churn", "pause")}, churn={"churned_on": "2026-11-28", "reason": "pause"},
        ),
        world(
            f"cancelled_while_it_was_paused_{behavior}", {8: 5000, 9: 0, 10: 0, 11: 0},
            nights={FIRST: before, TODAY: listed(*months(P, 6, 8), left(behavior, 9), **ASKED)},
            movements={"2026-09": ("churn", "pause")}, churn={"churned_on": "2026-09-10", "reason": "pause"},
        ),
    ]  # fmt: skip
