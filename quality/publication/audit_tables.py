"""The two tables that the gate itself publishes: what was checked, and what was published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from quality.publication.release import PublishedTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quality.gate.verdict import Check
    from quality.publication.manifest import Manifest

QUALITY_RESULTS = PublishedTable(
    "quality_results",
    "One row per check and run: what the gate expected of a table, and whether it held.",
    {
        "check_id": "Suite and name of the check; unique within a run.",
        "suite": "Suite that the check belongs to: a file of `quality/suites/`, or the rules beside a table's columns.",
        "table": "Table or raw stream that the check judges.",
        "expectation": "Kind of expectation, as the gate names it.",
        "sentence": "What is expected, as a sentence.",
        "severity": "How grave a breach is: critical stops the publication, warning is shown with it, info is only recorded.",
        "owner": "Team that looks after the rule.",
        "is_passed": "True where the expectation held.",
        "failed_rows": "Number of rows that broke the rule. NULL: rows do not apply, or were not counted.",
        "evaluated_rows": "Number of rows that were judged. NULL: they were not counted.",
        "sample_keys": "Keys of up to twenty failing rows, as digests where a key could name a person. NULL: there are none.",
        "detail": "Counts and circumstances, in words. NULL: there is nothing to add.",
        "override": "Person who answers for publishing in spite of the breach. NULL: nobody had to.",
        "as_of_date": "Date of the run: what was known by the end of that day.",
        "run_id": "Run that was judged.",
        "policy_version": "Hash (12 hex digits) of the policies and rule tables in force.",
        "finding": "What was found, in one sentence: counts, what is wrong, example keys where they name nobody. NULL: the expectation held.",
    },
    ("run_id", "check_id"),
)
RESULTS_SCHEMA = pa.schema(
    [
        *[
            (name, pa.string())
            for name in ("check_id", "suite", "table", "expectation", "sentence", "severity", "owner")
        ],
        ("is_passed", pa.bool_()),
        ("failed_rows", pa.int64()),
        ("evaluated_rows", pa.int64()),
        *[(name, pa.string()) for name in ("sample_keys", "detail", "override")],
        ("as_of_date", pa.date32()),
        *[(name, pa.string()) for name in ("run_id", "policy_version", "finding")],
    ]
)
PUBLICATIONS = PublishedTable(
    "publications",
    "One row per publication that is known: when it was published, from what, and what the gate said.",
    {
        "version": "Name of the published version.",
        "run_id": "Run that made the version.",
        "published_at": "When the version was published, UTC.",
        "previous_version": "Version that was current before it. NULL: it was the first.",
        "code_version": "Hash of the models, seeds and suites that made it.",
        "is_demo": "True where the rows are those of the demo company.",
        "watermarks": "JSON: up to which instant each stream was read.",
        "row_counts": "JSON: number of rows of each table.",
        "checksums": "JSON: hash of the content of each table.",
        "verdict": "JSON: what the gate found, as counts of checks, breaches and overrides.",
        "overrides": "JSON: who overrode which check, why, and until when.",
        "as_of_date": "Date of the run: what was known by the end of that day.",
        "policy_version": "Hash (12 hex digits) of the policies and rule tables in force.",
        "reporting_currency": "ISO 4217 code of the currency that every amount in minor units is in.",
        "minor_unit_exponent": "Decimals of the reporting currency: an amount in minor units divided by 10 to this power is in major units.",
        "left_out": "JSON: what the run did not use of what it was given: stream, kind, severity, counts, why. NULL: an "
        "earlier release of this project published it.",
    },
    ("published_at", "version"),
)
PUBLICATIONS_SCHEMA = pa.schema(
    [
        ("version", pa.string()),
        ("run_id", pa.string()),
        ("published_at", pa.timestamp("us")),
        *[(name, pa.string()) for name in ("previous_version", "code_version")],
        ("is_demo", pa.bool_()),
        *[(name, pa.string()) for name in ("watermarks", "row_counts", "checksums", "verdict", "overrides")],
        ("as_of_date", pa.date32()),
        ("policy_version", pa.string()),
        ("reporting_currency", pa.string()),
        ("minor_unit_exponent", pa.int32()),
        ("left_out", pa.string()),
    ]
)


def left_out_row(check: Check) -> dict[str, str | int | None]:
    """What a check of the kind left_out says, for the manifest."""
    return {
        "stream": check.table.removeprefix("raw__").replace("__", "."),
        "kind": check.name,
        "severity": "info" if check.is_passed else check.severity,
        "count": check.failed_rows,
        "received": check.evaluated_rows,
        "why": check.detail,
        "override": check.override or None,
    }


def publication_row(manifest: Manifest) -> dict[str, Any]:
    """The row of `publications` for one version. Its own row counts leave out the two tables that are still being made."""
    facts = manifest.tables
    return {
        "version": manifest.version,
        "run_id": manifest.run_id,
        "published_at": manifest.published_at,
        "previous_version": manifest.previous,
        "code_version": manifest.code_version,
        "is_demo": manifest.is_demo,
        "watermarks": _json({name: at.isoformat() for name, at in manifest.watermarks.items()}),
        "row_counts": _json({name: table.rows for name, table in facts.items()}),
        "checksums": _json({name: table.content_hash for name, table in facts.items()}),
        "verdict": _json(dict(manifest.verdict)),
        "overrides": _json(list(manifest.overrides)),
        "as_of_date": manifest.as_of,
        "policy_version": manifest.policy_version,
        "reporting_currency": manifest.reporting_currency or None,
        "minor_unit_exponent": manifest.minor_unit_exponent,
        "left_out": _json(list(manifest.left_out)),
    }


def merged(key: str, new: Iterable[dict[str, Any]], earlier: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Earlier rows stay unless a new row has the same key value: history is carried forward, never doubled."""
    new = list(new)
    taken = {row[key] for row in new}
    return [*new, *(row for row in earlier if row[key] not in taken)]


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)
