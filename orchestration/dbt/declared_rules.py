"""Rules that analysts write once, as data tests beside the models, in the form in which the gate judges them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from orchestration.dbt.test_descriptions import sentence
from quality.gate.suite import Expectation, Suite, Suites
from quality.gate.verdict import Severity

OWNER = "team:analytics"
MARTS = "marts"


def with_declared_rules(suites: Suites, manifest: Mapping[str, Any]) -> Suites:
    """The suites with every generic data test of the dbt project: those of a mart in its suite, the others in suites of
    their own, one per model or seed.

    Raises ValueError for a generic test that has no counterpart here.
    """
    judged = dict(suites.suites)
    models: list[Suite] = []
    for unique_id, lines in sorted(_by_node(manifest).items()):
        node = manifest["nodes"][unique_id]
        name = str(node["name"])
        if node["resource_type"] == "model" and node["fqn"][1] == MARTS:
            if suite := judged.get(name):  # a mart without a suite file is refused by the gate
                judged[name] = replace(suite, expectations=_merged(suite.expectations, lines))
        else:
            models.append(Suite(name, _key(lines), OWNER, _merged((), lines), schema=str(node["schema"])))
    return replace(suites, suites=judged, models=tuple(models))


def _merged(written: tuple[Expectation, ...], declared: list[Expectation]) -> tuple[Expectation, ...]:
    """Both lists, each rule once: two names for one rule would judge it twice."""
    known = {line.name for line in written}
    return (*written, *{line.name: line for line in declared if line.name not in known}.values())


def _key(lines: list[Expectation]) -> tuple[str, ...]:
    """The columns that name a failing row: those of the first rule that says they are unique."""
    return next((line.columns for line in lines if "unique" in line.expectation), ())


def _by_node(manifest: Mapping[str, Any]) -> dict[str, list[Expectation]]:
    found: dict[str, list[Expectation]] = {}
    for _, node in sorted(manifest["nodes"].items()):
        if node["resource_type"] == "test" and node.get("test_metadata"):
            found.setdefault(node["attached_node"], []).extend(_lines(node, manifest))
    return found


def _lines(test: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[Expectation]:
    told = test["test_metadata"]["kwargs"]
    kind = str(test["test_metadata"]["name"])
    columns = tuple(told.get("columns") or filter(None, [told.get("column_name")]))
    match kind:
        case "not_null" | "filled":
            for column in columns:
                text = test.get("description") or f"`{column}` is never missing."
                yield _line("expect_column_values_to_not_be_null", test, (column,), text=text)
        case "unique":
            yield _line("expect_column_values_to_be_unique", test, columns)
        case "unique_combination":
            yield _line("unique_combination", test, columns)
        case "accepted_values":
            yield _line("expect_column_values_to_be_in_set", test, columns, value_set=list(told["values"]))
        case "in_range":
            bounds = {name: told[name] for name in ("min_value", "max_value") if told.get(name) is not None}
            yield _line("expect_column_values_to_be_between", test, columns, **bounds)
        case "expression_holds":
            yield _line("expression_holds", test, (), name=str(test["name"]), expression=str(told["expression"]))
        case "equal_row_count":
            yield _line("equal_row_count", test, (), name=str(test["name"]), other=_relation(test, manifest))
        case _:
            raise ValueError(f"{test['name']}: the gate has no counterpart for the generic test {kind}")


def _line(
    expectation: str, test: Mapping[str, Any], columns: tuple[str, ...], *, text: str = "", name: str = "", **args: Any
) -> Expectation:
    severity = "warning" if str(test["config"].get("severity", "error")).lower() == "warn" else "critical"
    stated = name or "/".join([expectation.removeprefix("expect_"), *columns])
    return Expectation(
        expectation, text or sentence(test), cast("Severity", severity), OWNER, stated, tuple(columns), args
    )


def _relation(test: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """`schema.table` of the other model that a test compares with."""
    other = next(one for one in test["depends_on"]["nodes"] if one != test["attached_node"])
    node = manifest["nodes"][other]
    return f"{node['schema']}.{node['name']}"
