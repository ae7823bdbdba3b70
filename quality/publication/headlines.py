"""The figures that a run ends with: NRR 12, NPS 90 and the paying accounts per class, read from built or published tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from quality.publication.release import Currency

# By headline, in the order of `lines`: the tables whose rows it is made of.
READ_FROM = (
    frozenset({"retention_months", "account_months", "mrr_lines", "mrr_movements"}),
    frozenset({"nps_trend", "survey_responses"}),
    frozenset({"accounts", "customer_classes"}),
)
CLASSES = ("Happy", "Growth", "At-Risk", "Dangling", "Unknown")


@dataclass(frozen=True)
class Headlines:
    """Figures of the last month that is over (NRR, GRR: ratios; NPS: points) and the classes of the accounts that pay."""

    calendar_month: date | None = None
    nrr_12: float | None = None
    grr_12: float | None = None
    nps: float | None = None
    nps_low: float | None = None
    nps_high: float | None = None
    responses: int = 0
    accounts_by_class: Mapping[str, int] = field(default_factory=dict)

    def figures(self) -> dict[str, float | str | None]:
        """Flat, for a manifest that is compared with another."""
        figures: dict[str, float | str | None] = {
            "calendar_month": self.calendar_month.isoformat() if self.calendar_month else None,
            "nrr_12": self.nrr_12,
            "grr_12": self.grr_12,
            "nps_90": self.nps,
            "nps_90_low": self.nps_low,
            "nps_90_high": self.nps_high,
        }
        return figures | {f"accounts_{name}": count for name, count in self.accounts_by_class.items()}

    def lines(self) -> list[str]:
        """One sentence per figure; a missing one says so."""
        month = f"{self.calendar_month:%B %Y}" if self.calendar_month else "no month is over yet"
        nrr = "unknown (needs 12 months of revenue)" if self.nrr_12 is None else f"{self.nrr_12:.1%}"
        nps = "unknown (no relationship answers in 90 days)"
        if self.nps is not None and self.nps_low is not None and self.nps_high is not None:
            nps = (
                f"{self.nps:+.0f} (95 % between {self.nps_low:+.0f} and {self.nps_high:+.0f}, {self.responses} answers)"
            )
        counts = ", ".join(f"{name} {count}" for name, count in self.accounts_by_class.items())
        return [f"NRR 12 ({month}): {nrr}", f"NPS 90: {nps}", f"Paying accounts: {counts or 'none'}"]


def policies_of(build: Path) -> str:
    """The policy_version that a build was made under."""
    with duckdb.connect(str(build), read_only=True) as connection:
        return str(connection.execute("select policy_version from intermediate.int_run__facts").fetchall()[0][0])


def currency_of(build: Path) -> Currency:
    """The currency that the amounts of a build are in."""
    with duckdb.connect(str(build), read_only=True) as connection:
        query = "select reporting_currency, minor_unit_exponent from intermediate.int_run__facts"
        return Currency(*connection.execute(query).fetchall()[0])


def headlines(warehouse: Path) -> Headlines:
    """Read the figures from a built or published DuckDB file, opened read-only."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        retention = connection.execute(
            "select calendar_month, nrr_12, grr_12 from cx.retention_months"
            " where segment_dimension = 'all' and not is_provisional order by calendar_month desc limit 1"
        ).fetchall()
        month, nrr, grr = retention[0] if retention else (None, None, None)
        nps = connection.execute(
            "select nps, nps_low, nps_high, responses from cx.nps_trend"
            " where segment_dimension = 'all' and level = 'respondent' and window_days = 90"
            " and survey_kind = 'relationship' and not is_provisional order by calendar_month desc limit 1"
        ).fetchall()
        classes = connection.execute(
            "select coalesce(customer_class, 'Unknown'), count(*) from cx.accounts"
            " where merged_into is null and coalesce(mrr_minor > 0, true) group by all"
        ).fetchall()
    counts = dict(classes)
    score, low, high, responses = nps[0] if nps else (None, None, None, 0)
    return Headlines(
        month, nrr, grr, score, low, high, responses,
        {name: counts[name] for name in CLASSES if name in counts},
    )  # fmt: skip


def noted_headlines(warehouse: Path, run_id: str) -> list[tuple[str, list[str]]]:
    """Each headline with what the gate found in the tables it is read from, by the published results of a run.

    What was found in any other table stands last, under a line of its own.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            'select "table", finding from cx.quality_results where run_id = ? and not is_passed and finding is not null'
            " and severity <> 'info' and expectation <> 'left_out' order by severity, check_id",
            [run_id],
        ).fetchall()
    lines = headlines(warehouse).lines()
    noted = [
        (line, [finding for table, finding in rows if table in tables])
        for line, tables in zip(lines, READ_FROM, strict=True)
    ]
    named = {table for tables in READ_FROM for table in tables}
    others = [finding for table, finding in rows if table not in named]
    return [*noted, *([("Also found by the gate", others)] if others else [])]
