"""The back-test of the classes as a person reads it, from the published table class_backtests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

# The naive rule and the base rate stand below the classes; what is the same as another row is left out.
ORDER = ("class", "class_alarm", "last_nps_alarm", "base")
NAMES = {
    ("class_alarm", "alarm"): "Dangling or At-Risk",
    ("last_nps_alarm", "alarm"): "last NPS a detractor",
    ("base", "all"): "everybody",
}

QUERY = """
    select
        horizon_days, predictor, predicted_group, observations, churned, contracted, expanded, churn_rate, churn_rate_low,
        churn_rate_high, churn_lift, churned_share
    from cx.class_backtests
    where scope = $scope
    order by horizon_days, list_position($classes, predicted_group) nulls last, predicted_group
"""
CLASSES = ["Dangling", "At-Risk", "Happy", "Growth", "Unknown"]


@dataclass(frozen=True)
class Group:
    """What became of one group; rates are shares of its accounts, an account counts once per month judged."""

    name: str
    observations: int
    churned: int
    contracted: int
    expanded: int
    churn_rate: float
    low: float
    high: float
    lift: float | None
    churned_share: float | None

    def cells(self) -> tuple[str, ...]:
        """The figures as text; what can't be said is a dash."""
        return (
            f"{self.observations:,}",
            f"{self.churned:,}",
            f"{self.contracted:,}",
            f"{self.expanded:,}",
            f"{self.churn_rate:.1%}",
            f"{100 * self.low:.1f} to {self.high:.1%}",
            "-" if self.lift is None else f"{self.lift:.2f}",
            "-" if self.churned_share is None else f"{self.churned_share:.0%}",
        )


def comparison(warehouse: Path, scope: str = "pooled") -> dict[int, list[Group]]:
    """Horizon in days -> classes, alarms and everybody, in that order, of one scope (pooled or latest).

    Raises:
        duckdb.Error: the file is no publication that holds class_backtests.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(QUERY, {"scope": scope, "classes": CLASSES}).fetchall()
    compared: dict[int, list[Group]] = {}
    for predictor in ORDER:
        for horizon, row_predictor, group, *figures in found:
            name = group if predictor == "class" else NAMES.get((predictor, group))
            if row_predictor == predictor and name:
                compared.setdefault(int(horizon), []).append(Group(name, *figures))
    return dict(sorted(compared.items()))
