"""What a run left out of what it was given, as checks: counted by stream, and critical beyond what the policy allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from quality.gate.left_out import Kind, LeftOut, Tolerance
from quality.gate.verdict import LEFT_OUT, Check, Severity, shown_share

if TYPE_CHECKING:
    from quality.gate.context import Context
    from quality.gate.suite import Suites

OWNER = "data"

# By kind: the check's name, what it expects, and what it counts.
CHECKS: Mapping[Kind, tuple[str, str, str]] = {
    "refused": ("uses_every_row", "Every row of the stream keeps its contract and is used.", "rows refused"),
    "replaced": (
        "keeps_every_row",
        "No two different rows of one file have the same key.",
        "rows replaced in their file",
    ),
    "corrected": ("corrects_no_row", "No row is replaced by a later file.", "rows replaced by a later file"),
    "foreign": ("knows_every_row", "No row is left out on purpose.", "rows left out on purpose"),
    "ignored": ("reads_every_file", "Every file of the folder is read.", "files not read"),
    "off": ("is_on", "Every stream that is off is named.", "off"),
}


def left_out_checks(suites: Suites, context: Context) -> Iterator[Check]:
    """One check per stream and kind of what was left out; those of a count of 0 held."""
    for fact in context.left_out:
        yield _check(fact, suites)


def _check(fact: LeftOut, suites: Suites) -> Check:
    name, sentence, _ = CHECKS[fact.kind]
    severity = _severity(fact, suites.tolerance)
    table = "raw__" + fact.stream.replace(".", "__")
    suite = suites.get(table)
    stated: dict[str, Any] = {}
    if fact.kind not in {"off", "ignored"}:
        stated = {"failed_rows": fact.count, "evaluated_rows": fact.received}
    return Check(
        suite=table,
        table=table,
        name=name,
        expectation=LEFT_OUT,
        sentence=sentence,
        severity=severity,
        owner=suite.owner if suite else OWNER,
        is_passed=fact.kind == "off" or not fact.count,
        detail=_detail(fact, severity, suites.tolerance) if fact.count else "",
        **stated,
    )


def _severity(fact: LeftOut, tolerance: Tolerance) -> Severity:
    """Held checks say how grave a breach would be."""
    match fact.kind:
        case "refused" | "replaced":
            return "warning" if fact.count and tolerance.allows(fact) else "critical"
        case "ignored":
            return "critical" if fact.meant or not fact.count else "warning"
        case "corrected":
            return "warning"
    return "info"


def _detail(fact: LeftOut, severity: Severity, tolerance: Tolerance) -> str:
    if fact.kind == "off":
        return "; ".join(["off", *fact.reasons])
    what = CHECKS[fact.kind][2]
    share = f" ({shown_share(fact.count, fact.received)})" if fact.kind != "ignored" else ""
    text = f"{fact.count:,} of {fact.received:,} {what}{share}"
    told = "; ".join(fact.reasons)
    limit = f"; {tolerance.said(fact.stream)}" if severity == "critical" and fact.kind != "ignored" else ""
    advice = f". {fact.remedy[:1].upper()}{fact.remedy[1:]}" if fact.remedy else ""
    return f"{text}: {told}{limit}{advice}" if told else f"{text}{limit}{advice}"
