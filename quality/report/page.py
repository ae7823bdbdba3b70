"""The report: one self-contained HTML file for people, made from a published DuckDB file. No script, no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quality.report import charts
from quality.report.figures import Figures, Row, Run, figures
from quality.report.formatting import environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEMPLATE = "report.html.j2"
BRIDGE = ("new", "reactivation", "expansion", "contraction", "churn", "fx")
FALLS = frozenset({"contraction", "churn"})


class _Blank(dict[str, Any]):
    """A month that is not there: whatever it is asked for is unknown."""

    def __missing__(self, key: str) -> None:
        return None


def write_report(warehouse: Path, page: Path, run: Run) -> None:
    """Write the report of the published file `warehouse`; the same file and run give the same bytes."""
    page.write_text(render(figures(warehouse, run)), encoding="utf-8")


def render(found: Figures) -> str:
    """The page as text."""
    rows = found.rows
    months = list(reversed(rows["months"]))  # oldest first
    closed = [month for month in months if not month["is_provisional"]]
    now = months[-1] if months else _Blank()
    return environment().get_template(TEMPLATE).render(
        run=found.run,
        rows=rows,
        now=now,
        last=closed[-1] if closed else now,
        currency=now["currency"] or "",
        divisor=_divisor(now),
        charts=_charts(rows, closed, _divisor(now)),
        cohorts=_cohorts(rows["cohorts"]),
        moves=_moves(rows["moves"]),
        definitions=found.definitions,
        classes=charts.CLASSES,
    )  # fmt: skip


def _divisor(month: Row) -> float:
    """Minor units of one major unit, as the month itself says it."""
    minor, major = month["closing_mrr_minor"], month["closing_mrr"]
    return round(float(minor) / float(major)) if minor and major else 100


def _charts(rows: Any, closed: Sequence[Row], divisor: float) -> dict[str, str]:
    shares = [
        {
            **row,
            "customer": _share(row["customer_met"], row["customer_due"]),
            "supplier": _share(row["supplier_met"], row["supplier_due"]),
        }
        for row in reversed(rows["promises"])
    ]
    classes = {f"{name.lower().replace('-', '_')}_accounts": name for name in charts.CLASSES}
    return {
        "retention": charts.line_chart(closed, {"nrr_12": "NRR", "grr_12": "GRR", "logo_retention_12": "Logo retention"}, rule=1.0),
        "bridge": charts.bridge_chart(_bridge(closed[-12:])),
        "vector": charts.line_chart(closed, {"success_vector": "Success Vector"}, share=True),
        "nps": charts.interval_chart(closed, "nps", "nps_low", "nps_high", share=False),
        "csat": charts.interval_chart(closed, "csat", "csat_low", "csat_high", share=True),
        "ces": charts.interval_chart(closed, "ces", "ces_low", "ces_high", share=True),
        "classes": charts.stacked_chart(closed[-18:], "calendar_month", classes, charts.CLASS_COLOURS),
        "churn": charts.reason_chart(rows["churn"], divisor),
        "renewals": charts.class_amounts_chart(rows["renewals"], "exposed_minor", divisor),
        "promises": charts.line_chart(shares, {"customer": "by the customer", "supplier": "by us"}),
        "reviews": charts.stacked_chart(
            list(reversed(rows["reviews"])), "calendar_quarter", {"held": "held", "overdue": "overdue", "ahead": "still ahead"},
            (charts.THIRD, charts.CLASS_COLOURS[4], charts.CLASS_COLOURS[2]), quarters=True,
        ),
        "sla": charts.line_chart(closed, {"sla_met_rate": "targets met"}),
        "backlog": charts.line_chart(closed, {"tickets_backlog": "open at month end", "tickets_created": "created"}, share=False),
    }  # fmt: skip


def _share(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if part is not None and whole else None


def _bridge(months: Sequence[Row]) -> list[tuple[str, float, float]]:
    """Opening of the first month, the movements of all months, closing of the last one."""
    if not months:
        return []
    level = float(months[0]["opening_mrr"] or 0)
    steps = [("opening", 0.0, level)]
    for name in BRIDGE:
        moved = sum(float(month[f"{name}_mrr"] or 0) for month in months) * (-1 if name in FALLS else 1)
        steps.append((name if name != "fx" else "exchange rates", level, level + moved))
        level += moved
    return [*steps, ("closing", 0.0, float(months[-1]["closing_mrr"] or 0))]


def _cohorts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One line per cohort: the share of its first revenue that it pays after so many quarters (None: not reached yet)."""
    ages = range(max((row["age_quarters"] for row in rows), default=-1) + 1)
    lines: dict[Any, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            row["first_paid"],
            {"first_paid": row["first_paid"], "accounts": row["accounts"], "shares": [None for _ in ages]},
        )
        line["shares"][row["age_quarters"]] = _share(row["retained"], row["opening"])
    return list(lines.values())


def _moves(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Accounts by class last month and class now."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["previous_class"], {})[row["customer_class"]] = row["accounts"]
    return {name: found[name] for name in [*charts.CLASSES, "not judged"] if name in found}
