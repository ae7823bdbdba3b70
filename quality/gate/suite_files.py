"""Reads `suites/*.yaml` and `suites/_reconciliations.yaml`; an error names file and line, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from quality.gate.expectation_catalogue import FORMS, Form
from quality.gate.left_out import Tolerance, load_tolerance
from quality.gate.suite import TABLE_NAME, Expectation, Reconciliation, Suite, SuiteError, Suites
from quality.gate.verdict import SEVERITIES, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SUITES = Path(__file__).parents[1] / "suites"
RECONCILIATIONS = "_reconciliations.yaml"
LEFT_OUT = "_left_out.yaml"

SUITE_KEYS = frozenset(
    {"table", "key", "owner", "fed_by", "may_be_empty", "starts_anew", "landed_as", "personal_keys", "expectations"}
)
LINE_KEYS = frozenset({"expectation", "column", "columns", "args", "sentence", "severity", "owner", "name"})
RECONCILIATION_KEYS = frozenset({"name", "table", "needs", "sentence", "severity", "owner", "sql", "key_columns"})
LANDINGS = frozenset({"feed", "ledger", "snapshot", "files"})


def load_suites(directory: Path = SUITES) -> Suites:
    """Every suite of a directory. Raises SuiteError for the first file or line that is not understood."""
    suites: dict[str, Suite] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name in {RECONCILIATIONS, LEFT_OUT}:
            continue
        suite = load_suite(path)
        suites[suite.table] = suite
    path = directory / RECONCILIATIONS
    reconciliations = tuple(_reconciliations(path)) if path.exists() else ()
    return Suites(suites, reconciliations, tolerance=_tolerance(directory / LEFT_OUT))


def _tolerance(path: Path) -> Tolerance:
    """The policy beside the suites; without it, what the gate holds by itself."""
    if not path.exists():
        return Tolerance()
    top = _Mapping.read(path)
    top.only(Tolerance.__dataclass_fields__)
    try:
        return load_tolerance(top.values)
    except ValueError as error:
        raise SuiteError(f"{path.name}: {error}") from None


def load_suite(path: Path) -> Suite:
    """One suite file. A file without an expectation loads; the gate calls that critical."""
    top = _Mapping.read(path)
    top.only(SUITE_KEYS)
    table, owner = top.text("table"), top.text("owner")
    if not TABLE_NAME.fullmatch(table):
        raise top.error("table", f"table name {table!r} must match {TABLE_NAME.pattern}")
    if table != path.stem:
        raise top.error("table", f"table {table!r} belongs in {table}.yaml")
    landed_as = top.text("landed_as", "")
    if landed_as or table.startswith("raw__"):
        top.one_of("landed_as", landed_as, LANDINGS)
    lines = [_expectation(line, owner) for line in top.mappings("expectations")]
    names = [line.name for line in lines]
    for at, line in zip(top.mappings("expectations"), lines, strict=True):
        if names.count(line.name) > 1:
            raise at.error("expectation", f"{line.name!r} is there twice; give each line its own `name`")
    return Suite(
        table=table,
        key=top.texts("key"),
        owner=owner,
        expectations=tuple(lines),
        fed_by=top.texts("fed_by"),
        may_be_empty=top.text("may_be_empty", ""),
        starts_anew=top.text("starts_anew", ""),
        landed_as=landed_as,
        personal_keys=top.texts("personal_keys"),
    )


def _expectation(line: _Mapping, owner: str) -> Expectation:
    line.only(LINE_KEYS)
    expectation = line.text("expectation")
    line.one_of("expectation", expectation, FORMS)
    form = FORMS[expectation]
    columns = _columns(line, form)
    args = line.mapping("args")
    given = frozenset(args.values) if args else frozenset()
    if args:
        args.only(form.arguments, what=f"argument of {expectation}")
    for missing in sorted(form.required - given):
        raise line.error("expectation", f"{expectation} needs the argument {missing!r}")
    return Expectation(
        expectation=expectation,
        sentence=line.text("sentence"),
        severity=_severity(line),
        owner=line.text("owner", owner),
        name=line.text("name", "/".join([expectation.removeprefix("expect_"), *columns])),
        columns=columns,
        args=dict(args.values) if args else {},
    )


def _columns(line: _Mapping, form: Form) -> tuple[str, ...]:
    columns = (line.text("column"),) if "column" in line.values else line.texts("columns")
    wanted = {"none": 0, "one": 1, "pair": 2}.get(form.columns)
    if (wanted is None and len(columns) < 2) or (wanted is not None and len(columns) != wanted):
        raise line.error("expectation", f"needs {form.columns} column(s), {len(columns)} given")
    return columns


def _severity(line: _Mapping) -> Severity:
    severity = line.text("severity")
    line.one_of("severity", severity, SEVERITIES)
    return cast("Severity", severity)


def _reconciliations(path: Path) -> Iterator[Reconciliation]:
    top = _Mapping.read(path)
    top.only({"owner", "reconciliations"})
    for line in top.mappings("reconciliations"):
        line.only(RECONCILIATION_KEYS)
        yield Reconciliation(
            name=line.text("name"),
            table=line.text("table"),
            needs=line.texts("needs"),
            sentence=line.text("sentence"),
            severity=_severity(line),
            owner=line.text("owner", top.text("owner")),
            sql=line.text("sql"),
            key_columns=int(line.values.get("key_columns", 1)),
        )


class _Mapping:
    """A YAML mapping that knows on which line each of its keys stands."""

    def __init__(self, path: Path, node: yaml.Node) -> None:
        self.path, self.line = path, node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise SuiteError(f"{path.name}:{self.line}: expected `key: value` pairs")
        self.nodes: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            self.lines[name] = key.start_mark.line + 1
            if name in self.nodes:
                raise self.error(name, f"{name!r} is given twice")
            self.nodes[name] = value
        loader = yaml.SafeLoader("")
        try:
            self.values: dict[str, Any] = {k: loader.construct_object(v, deep=True) for k, v in self.nodes.items()}
        except yaml.MarkedYAMLError as error:
            raise SuiteError(f"{path.name}:{self.line}: {error.problem}") from error

    @classmethod
    def read(cls, path: Path) -> _Mapping:
        try:
            node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise SuiteError(f"{path.name}:{line}: {error.problem}") from error
        if node is None:
            raise SuiteError(f"{path.name}:1: the file is empty")
        return cls(path, node)

    def error(self, key: str, message: str) -> SuiteError:
        return SuiteError(f"{self.path.name}:{self.lines.get(key, self.line)}: {message}")

    def only(self, allowed: Collection[str], what: str = "key") -> None:
        for key in self.nodes:
            self.one_of(key, key, allowed, what)

    def one_of(self, key: str, value: str, allowed: Collection[str], what: str = "") -> None:
        if value in allowed:
            return
        close = get_close_matches(value, list(allowed), n=1, cutoff=0.5)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(allowed)) or 'none'}"
        raise self.error(key, f"unknown {what or key} {value!r}; {hint}")

    def text(self, key: str, default: str | None = None) -> str:
        if key not in self.values and default is not None:
            return default
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"{key!r} must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"{key!r} must be a list of texts")
        return tuple(value)

    def mapping(self, key: str) -> _Mapping | None:
        return _Mapping(self.path, self.nodes[key]) if key in self.nodes else None

    def mappings(self, key: str) -> list[_Mapping]:
        node = self.nodes.get(key)
        if node is None or self.values[key] is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(key, f"{key!r} must be a list")
        return [_Mapping(self.path, item) for item in node.value]
