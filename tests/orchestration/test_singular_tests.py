"""The project's singular tests reach the gate: a refused rule with its line, a broken sentence with its count."""

from types import SimpleNamespace

import duckdb
import pytest

from orchestration.dbt import singular_tests

RULES, SUMS = "test.cx_patterns.assert_every_class_rule_is_sound", "test.cx_patterns.assert_cuts_sum"
REFUSED = 'class_rules.csv line 2: unknown signal "moon_phase"'
MANIFEST = {
    "nodes": {
        "seed.cx_patterns.class_rules": {"name": "class_rules", "resource_type": "seed"},
        RULES: {"name": "assert_every_class_rule_is_sound", "resource_type": "test", "config": {}, "depends_on": {"nodes": ["seed.cx_patterns.class_rules"]}},
        SUMS: {"name": "assert_cuts_sum", "resource_type": "test", "config": {}, "depends_on": {"nodes": []}},
    }
}  # fmt: skip


@pytest.fixture
def build(tmp_path):
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table accounts as select unnest(['secret one', 'secret two', 'c']) as name")
    return path


def judged(build, **compiled):
    results = [
        SimpleNamespace(node=SimpleNamespace(unique_id=unique_id, compiled_code=sql))
        for unique_id, sql in ((RULES, compiled.get("rules")), (SUMS, compiled.get("sums")))
        if sql
    ]
    singular_tests.keep(build.parent, results)
    return singular_tests.judged(build, MANIFEST, build.parent)


def test_a_refused_rule_could_not_run_and_says_its_line_and_a_broken_sentence_counts_its_rows(build):
    sums, rules = judged(
        build,
        rules=f"select 1 from accounts where error('{REFUSED}') is null",
        sums="select * from accounts -- all of them",
    )
    assert (rules.table, rules.is_passed, rules.could_not_run) == ("class_rules", False, True)
    assert REFUSED in rules.detail
    assert rules.stops_publication
    assert (sums.failed_rows, sums.could_not_run, sums.detail) == (3, False, "")


def test_what_holds_passes_and_what_was_not_compiled_could_not_run(build):
    sums, rules = judged(build, sums="select * from accounts where name is null")
    assert (sums.is_passed, sums.failed_rows) == (True, 0)
    assert (rules.could_not_run, rules.stops_publication) == (True, True)


def test_no_error_quotes_a_value(build):
    sums, _ = judged(build, sums="select cast(name as integer) as n from accounts where cast(name as integer) > 0")
    assert sums.could_not_run
    assert "secret" not in sums.detail
