"""Customer classes: the SQL that decides them, over the project's own rules and over edited ones."""

import csv
import operator
import random
from collections.abc import Callable, Iterable

import duckdb
import pytest

from tests.dbt_project.conftest import PROJECT, Build

MONTH = "2026-06-01"
RANK = {"Dangling": 1, "At-Risk": 2, "Happy": 3, "Growth": 4}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "<>": operator.ne,
}
# signal: values from worst to best, some on the rules' thresholds
SCALES: dict[str, tuple[float, ...]] = {
    "peak_end_score": (0.0, 0.4, 0.41, 0.8, 1.0),
    "qbr_service_rating": (1, 2, 3, 4, 5),
    "relationship_detractors": (3, 1, 0),
    "relationship_nps": (-100, 0, 50),
    "sentiment": (-2, -1, 0, 2),
    "propensity_to_continue": (0, 2, 5, 6, 7, 10),
    "future_work_named": (0, 1),
    "adherence_90d": (0.0, 0.79, 0.8, 1.0),
    "sla_met_rate_90d": (0.0, 0.89, 0.9, 1.0),
    "mrr_change_90d": (-1.0, -0.1, -0.09, 0.0, 0.5),
    "scheduled_exit_rate": (1.0, 0.1, 0.0),
}
Evidence = dict[str, tuple[float, int]]  # signal -> value, age in days


def project_rules() -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "class_rules.csv").open() as file:
        return list(csv.DictReader(file))


def as_csv(rules: Iterable[dict[str, str]]) -> str:
    rows = list(rules)
    lines = [",".join(rows[0])] + [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) for row in rows
    ]
    return "\n".join(lines) + "\n"


def decide(
    build: Build, accounts: dict[str, tuple[int, Evidence]], rules: str | None = None
) -> dict[str, tuple[str, str]]:
    """Account -> class and rule, as the SQL decides for one month."""
    build.seed("class_rules", rules)
    build.fill(
        "int_success__patterns_counted",
        {
            "account_id": "varchar", "calendar_month": "date", "is_provisional": "boolean", "last_on": "date",
            "has_past": "boolean", "has_present": "boolean", "has_potential": "boolean", "valid_patterns": "integer",
        },
        [(name, MONTH, False, "2026-06-30", False, False, False, patterns) for name, (patterns, _) in accounts.items()],
    )  # fmt: skip
    build.fill(
        "int_success__signals_measured",
        {
            "account_id": "varchar",
            "calendar_month": "date",
            "signal": "varchar",
            "signal_value": "double",
            "age_days": "bigint",
        },
        [
            (name, MONTH, signal, value, age)
            for name, (_, known) in accounts.items()
            for signal, (value, age) in known.items()
        ],
    )
    build.run("int_success__classes_decided")
    found = build.rows(
        "select account_id, customer_class, rule_id from build.intermediate.int_success__classes_decided"
    )
    return {str(account): (str(name), str(rule)) for account, name, rule in found}


def by_hand(patterns: int, known: Evidence, rules: list[dict[str, str]]) -> tuple[str, str]:
    """The rules read as their file says, without SQL."""
    signals = known | {"valid_patterns": (patterns, 0)}
    for rule_id in sorted({rule["rule_id"] for rule in rules}, key=lambda name: order_of(name, rules)):
        conditions = [rule for rule in rules if rule["rule_id"] == rule_id]
        held = {
            condition["condition_group"]
            for condition in conditions
            if condition["signal"] in signals
            and signals[condition["signal"]][1] <= int(condition["valid_days"])
            and COMPARE[condition["operator"]](signals[condition["signal"]][0], float(condition["threshold"]))
        }
        if held == {condition["condition_group"] for condition in conditions}:
            return conditions[0]["customer_class"], rule_id
    raise AssertionError("no rule holds")


def order_of(rule_id: str, rules: list[dict[str, str]]) -> int:
    return next(int(rule["rule_order"]) for rule in rules if rule["rule_id"] == rule_id)


def drawn(count: int, seed: int) -> dict[str, tuple[int, Evidence]]:
    """Accounts with evidence drawn at random; some is missing, some too old. Every third account is a content one."""
    draw = random.Random(seed)
    accounts = {}
    for number in range(count):
        is_content = number % 3 == 0
        known = {
            signal: (float(draw.choice(scale[-2:] if is_content else scale)), draw.choice((0, 20, 60, 80, 130, 200)))
            for signal, scale in SCALES.items()
            if draw.random() < (0.9 if is_content else 0.65)
        }
        if number % 6 == 0:  # content, with no plans to come
            known |= {"propensity_to_continue": (6.0, 20), "future_work_named": (0.0, 20)}
        accounts[f"a{number:04d}"] = (draw.randint(0, 3), known)
    return accounts


def test_the_sql_decides_as_the_file_reads(build: Build) -> None:
    accounts, rules = drawn(600, 1), project_rules()
    expected = {name: by_hand(patterns, known, rules) for name, (patterns, known) in accounts.items()}
    assert {name for name, _ in expected.values()} == {*RANK, "Unknown"}, "the batch must reach every class"
    assert decide(build, accounts) == expected


def worse(first: dict[str, tuple[str, str]], then: dict[str, tuple[str, str]]) -> list[str]:
    """Accounts that fell; Unknown has no place in the order."""
    return [
        name
        for name, (before, _) in first.items()
        if before in RANK and then[name][0] in RANK and RANK[then[name][0]] < RANK[before]
    ]


def test_added_good_evidence_never_worsens_a_class_nor_makes_it_unknown(build: Build) -> None:
    before = drawn(500, 2)
    draw = random.Random(3)
    after = {}
    for name, (patterns, known) in before.items():
        added = {
            signal: (float(scale[-1]), 0)
            for signal, scale in SCALES.items()
            if signal not in known and draw.random() < 0.5
        }
        after[name] = (min(patterns + draw.randint(0, 1), 3), known | added)
    first, then = decide(build, before), decide(build, after)
    assert sum(name in RANK for name, _ in first.values()) > 100
    assert worse(first, then) == []
    assert [name for name in first if first[name][0] in RANK and then[name][0] == "Unknown"] == []


def test_better_evidence_never_worsens_a_class(build: Build) -> None:
    before = drawn(500, 8)
    draw = random.Random(9)
    after = {}
    for name, (patterns, known) in before.items():
        better = {
            signal: (float(draw.choice(SCALES[signal][SCALES[signal].index(value) :])), age)
            for signal, (value, age) in known.items()
        }
        after[name] = (patterns, better)
    first, then = decide(build, before), decide(build, after)
    assert first != then
    assert worse(first, then) == []


def test_a_full_set_of_evidence_leaves_no_hole(build: Build) -> None:
    draw = random.Random(4)
    accounts = {
        f"a{number:04d}": (3, {signal: (float(draw.choice(scale)), 0) for signal, scale in SCALES.items()})
        for number in range(800)
    }
    assert {name for name, _ in decide(build, accounts).values()} == set(RANK)


def test_the_order_of_evidence_and_of_lines_is_irrelevant(build: Build) -> None:
    accounts, rules = drawn(200, 5), project_rules()
    draw = random.Random(6)
    shuffled = dict(draw.sample(list(accounts.items()), len(accounts)))
    shuffled = {
        name: (patterns, dict(draw.sample(list(known.items()), len(known))))
        for name, (patterns, known) in shuffled.items()
    }
    lines = draw.sample(rules, len(rules))
    assert decide(build, shuffled, as_csv(lines)) == decide(build, accounts)


def test_reordered_rules_change_only_what_the_order_says(build: Build) -> None:
    accounts, rules = drawn(600, 7), project_rules()
    first = decide(build, accounts)
    swapped = {"at_risk_desire": "30", "growth": "20"}
    edited = [rule | {"rule_order": swapped.get(rule["rule_id"], rule["rule_order"])} for rule in rules]
    then = decide(build, accounts, as_csv(edited))
    changed = [name for name in accounts if first[name] != then[name]]
    assert changed, "the batch must hold accounts for which both rules hold"
    for name in changed:
        patterns, known = accounts[name]
        for rule_id in (first[name][1], then[name][1]):
            alone = [rule for rule in rules if rule["rule_id"] in {rule_id, "unknown_partial"}]
            assert by_hand(patterns, known, alone)[1] == rule_id


def test_an_edited_threshold_moves_the_line(build: Build) -> None:
    edited = [
        rule
        | ({"threshold": "9"} if rule["signal"] == "propensity_to_continue" and rule["rule_id"] == "growth" else {})
        for rule in project_rules()
    ]
    known = {
        "adherence_90d": (1.0, 0),
        "sla_met_rate_90d": (1.0, 0),
        "relationship_detractors": (0.0, 0),
        "relationship_nps": (50.0, 0),
        "propensity_to_continue": (8.0, 0),
    }
    accounts: dict[str, tuple[int, Evidence]] = {"acme": (3, known)}
    assert decide(build, accounts) == {"acme": ("Growth", "growth")}
    assert decide(build, accounts, as_csv(edited)) == {"acme": ("Happy", "happy")}


@pytest.mark.parametrize(
    ("line", "column", "cell", "message"),
    [
        (2, "signal", "moon_phase", 'class_rules.csv line 2: unknown signal "moon_phase"'),
        (3, "operator", "=>", 'class_rules.csv line 3: unknown operator "=>"'),
        (4, "threshold", "", "class_rules.csv line 4: a cell is empty"),
        (4, "threshold", "many", 'class_rules.csv line 4: threshold "many" is no number'),
        (5, "valid_days", "0", 'class_rules.csv line 5: valid_days "0" is no number of days'),
        (6, "customer_class", "Glad", 'class_rules.csv line 6: unknown class "Glad"'),
        (7, "rule_order", "11", 'rule "dangling_exit" has several orders or classes'),
        (-1, "operator", "<", "leaves a hole"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_with_its_line(
    build: Build, line: int, column: str, cell: str, message: str
) -> None:
    rules = project_rules()
    rules[line - 2 if line > 0 else -1][column] = cell
    build.seed("class_signals")
    build.seed("class_rules", as_csv(rules))
    with pytest.raises(duckdb.Error) as refused:
        build.failures("assert_every_class_rule_is_sound")
    assert message in str(refused.value)


def test_the_projects_own_rules_are_sound(build: Build) -> None:
    for name in ("class_signals", "class_rules", "intervention_rules"):
        build.seed(name)
    assert build.failures("assert_every_class_rule_is_sound") == []
    assert build.failures("assert_every_intervention_rule_is_sound") == []


def test_an_intervention_rule_for_an_unknown_occasion_is_refused_with_its_line(build: Build) -> None:
    text = (PROJECT / "seeds" / "intervention_rules.csv").read_text().replace(",champion_left,", ",champion_lfet,")
    build.seed("intervention_rules", text)
    with pytest.raises(duckdb.Error, match=r'intervention_rules.csv line 14: unknown occasion "champion_lfet"'):
        build.failures("assert_every_intervention_rule_is_sound")
