"""What the gate found: one Check per expectation and run, and the Verdict over all of them.

Nothing here holds a value of a judged table except keys, and those have passed `quality.gate.failing_keys.shown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
LEFT_OUT = "left_out"  # the expectation of every check about what a run did not use
VOLUME = ("keeps_volume", "keeps_usual_volume")  # rows that a table lost follow from what is wrong elsewhere
KEYS_NAMED = 3


def shown_share(count: int, of: int) -> str:
    """A share that is never rounded to nothing or to everything."""
    share = count / of if of else 1.0
    if 0 < share < 0.001:
        return "less than 0.1 %"
    if share < 0.1 or 0.99 < share < 1:
        return f"{min(share, 0.999):.1%}".replace("%", " %")
    return f"{share:.0%}".replace("%", " %")


@dataclass(frozen=True)
class Override:
    """A named person lets one critical check pass until a day, and says why. `check` is a Check's `check_id`."""

    check: str
    person: str
    reason: str
    expires_on: date  # the last day on which it counts


@dataclass(frozen=True)
class Check:
    """One expectation, judged once. `failed_rows` is None where rows do not apply or were not counted."""

    suite: str
    table: str
    name: str  # unique within the suite
    expectation: str
    sentence: str
    severity: Severity
    owner: str
    is_passed: bool
    failed_rows: int | None = None
    evaluated_rows: int | None = None
    sample_keys: tuple[str, ...] = ()
    detail: str = ""
    could_not_run: bool = False
    override: str = ""  # the person who answers for it
    finding: str = ""  # what is wrong with the failed rows, in words and without a value; empty: the sentence says it
    has_open_keys: bool = False  # its keys are months, segments and the like, which name nobody

    @property
    def check_id(self) -> str:
        return f"{self.suite}/{self.name}"

    @property
    def stops_publication(self) -> bool:
        """A check that could not run has judged nothing, so it stops whatever its severity, and nobody can wave it on."""
        return not self.is_passed and (self.could_not_run or (self.severity == "critical" and not self.override))

    @property
    def found(self) -> str:
        """What it found in one sentence: counts, what is wrong, and example keys where they name nobody."""
        if self.expectation == LEFT_OUT:
            return f"{self.stream}: {self.detail}"
        if self.could_not_run:
            return f"{self.table}: {self.sentence} ({self.detail or 'could not run'})"
        what = self.finding or self.sentence + (f" ({self.detail})" if self.detail else "")
        keys = self.sample_keys[:KEYS_NAMED] if self.has_open_keys else ()
        example = f", for example {', '.join(keys)} ({'keys' if len(keys) > 1 else 'key'})" if keys else ""
        return f"{self._counted()}: {'' if self.finding else 'this does not hold: '}{what}{example}"

    @property
    def stream(self) -> str:
        """What is judged, a landed stream as source.table."""
        return self.table.removeprefix("raw__").replace("__", ".") if self.table.startswith("raw__") else self.table

    def _counted(self) -> str:
        if not self.failed_rows:
            return self.stream
        if self.evaluated_rows is None:
            return f"{self.failed_rows:,} {'row' if self.failed_rows == 1 else 'rows'} of {self.stream}"
        share = shown_share(self.failed_rows, self.evaluated_rows)
        rows = "row" if self.evaluated_rows == 1 else "rows"
        return f"{self.failed_rows:,} of {self.evaluated_rows:,} {rows} of {self.stream} ({share})"


Breach = Check  # a Check that did not pass


@dataclass(frozen=True)
class Verdict:
    run_id: str
    as_of: date
    now: datetime
    policy_version: str
    checks: tuple[Check, ...]
    tables: tuple[str, ...]  # published tables that were judged
    off_tables: tuple[str, ...] = ()  # tables all of whose sources are off: published empty, and marked so
    overrides: tuple[Override, ...] = ()  # those that were used
    is_demo: bool = False

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """Failed checks, what stops the publication first, and of that what was given before what became of it."""
        failed = (check for check in self.checks if not check.is_passed)
        return tuple(
            sorted(
                failed,
                key=lambda c: (
                    not c.stops_publication,
                    SEVERITIES.index(c.severity),
                    c.expectation in VOLUME,
                    not c.table.startswith("raw__"),
                    c.table,
                    c.name,
                ),
            )
        )

    @property
    def left_out(self) -> tuple[Check, ...]:
        """What the run did not use of what it was given, the gravest first; what is off comes last."""
        found = [check for check in self.checks if check.expectation == LEFT_OUT and check.detail]
        return tuple(
            sorted(found, key=lambda c: (c.is_passed, not c.stops_publication, SEVERITIES.index(c.severity), c.table))
        )

    @property
    def critical(self) -> tuple[Breach, ...]:
        return tuple(check for check in self.breaches if check.stops_publication)

    @property
    def warnings(self) -> tuple[Breach, ...]:
        """What is published in spite of it, and shown: warnings, and critical breaches a person answers for."""
        return tuple(c for c in self.breaches if not c.stops_publication and c.severity != "info")

    @property
    def is_publishable(self) -> bool:
        """Nothing critical failed, everything ran, and something was judged at all."""
        return bool(self.checks) and not self.critical

    def by_table(self) -> dict[str, tuple[Check, ...]]:
        found: dict[str, list[Check]] = {table: [] for table in self.tables}
        for check in self.checks:
            found.setdefault(check.table, []).append(check)
        return {table: tuple(checks) for table, checks in found.items()}

    def summary(self) -> dict[str, int | bool]:
        return {
            "is_publishable": self.is_publishable,
            "checks": len(self.checks),
            "passed": sum(check.is_passed for check in self.checks),
            "critical": len(self.critical),
            "warnings": len(self.warnings),
            "infos": sum(check.severity == "info" for check in self.breaches if not check.stops_publication),
            "could_not_run": sum(check.could_not_run for check in self.checks),
            "overridden": sum(bool(check.override) for check in self.checks),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the published table `quality_results`: one per check of this run."""
        return [
            {
                "check_id": check.check_id,
                "suite": check.suite,
                "table": check.table,
                "expectation": check.expectation,
                "sentence": check.sentence,
                "severity": check.severity,
                "owner": check.owner,
                "is_passed": check.is_passed,
                "failed_rows": check.failed_rows,
                "evaluated_rows": check.evaluated_rows,
                "sample_keys": ", ".join(check.sample_keys) or None,
                "detail": check.detail or None,
                "override": check.override or None,
                "as_of_date": self.as_of,
                "run_id": self.run_id,
                "policy_version": self.policy_version,
                "finding": None if check.is_passed else check.found,
            }
            for check in sorted(self.checks, key=lambda c: c.check_id)
        ]
