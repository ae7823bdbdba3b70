"""One query per table that asks all its row rules and unique keys at once, as yes or no.

Most nights every rule holds, and a scan per rule would be most of the gate's cost. Where the answer is no, or there is none,
each rule of the table is judged by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality.connections import identifier
from quality.gate.expectation_catalogue import ROW_RULES, UNIQUE
from quality.gate.failing_keys import failing_condition

if TYPE_CHECKING:
    from quality.gate.suite import Expectation, Suite


def is_screened(line: Expectation) -> bool:
    """Whether the screening query answers a line. A tolerated share (`mostly`) needs counts, so it does not."""
    return line.expectation in ROW_RULES | UNIQUE and "mostly" not in line.args


def query(schema: str, suite: Suite) -> str:
    """SQL that returns a row where any screened line of the suite is broken; empty where it has none.

    `{batch}` stands in a comment: Great Expectations wants to see it, and the query names its table itself.
    """
    relation = f"{identifier(schema)}.{identifier(suite.table)}"
    lines = [line for line in suite.expectations if is_screened(line)]
    rows = [f"coalesce({failing_condition(line)}, false)" for line in lines if line.expectation in ROW_RULES]
    broken = [f"select 1 from {relation} where {' or '.join(rows)} limit 1"] if rows else []
    broken += [repeated(relation, line) for line in lines if line.expectation in UNIQUE]
    found = " union all ".join(f"from ({one})" for one in broken)
    return f"/* {{batch}} */ {escaped(found)}" if broken else ""


def repeated(relation: str, line: Expectation) -> str:
    """The groups of rows that a unique key names more than once."""
    keys = [identifier(column) for column in line.columns]
    # Without a value no row is named, except where a rule of the dbt project counts a missing value as a value.
    known = "true" if line.expectation == "unique_combination" else " or ".join(f"{key} is not null" for key in keys)
    return f"select 1 from {relation} group by {', '.join(keys)} having count(*) > 1 and ({known}) limit 1"


def escaped(sql: str) -> str:
    """SQL whose braces Great Expectations leaves alone."""
    return sql.replace("{", "{{").replace("}", "}}")
