"""What became of the project's own tests reaches the gate: a refused rule with its line, a failed test with its count."""

from types import SimpleNamespace

from orchestration.dbt import runner

RULES, SUMS = "test.cx_patterns.assert_every_class_rule_is_sound", "test.cx_patterns.assert_cuts_sum"
REFUSED = 'class_rules.csv line 2: unknown signal "moon_phase"'
MANIFEST = {
    "nodes": {
        "seed.cx_patterns.class_rules": {"name": "class_rules", "resource_type": "seed"},
        RULES: {"name": "assert_every_class_rule_is_sound", "resource_type": "test", "config": {}, "depends_on": {"nodes": ["seed.cx_patterns.class_rules"]}},
        SUMS: {"name": "assert_cuts_sum", "resource_type": "test", "config": {}, "depends_on": {"nodes": []}},
    }
}  # fmt: skip


def outcome(unique_id, status, message, failures=None):
    return SimpleNamespace(node=SimpleNamespace(unique_id=unique_id), status=status, message=message, failures=failures)


def test_a_refused_rule_could_not_run_and_says_its_line_and_a_failed_test_counts_its_rows(tmp_path):
    said = f"Database Error in test x (tests/x.sql)\n  Invalid Input Error: {REFUSED}\n  compiled code at target/x.sql"
    results = [outcome(RULES, "error", said), outcome(SUMS, "fail", "Got 3 results, configured to fail if != 0", 3)]
    runner.record_tests(tmp_path, results, is_whole=True)
    sums, rules = runner.test_checks(tmp_path, MANIFEST)
    assert (rules.table, rules.is_passed, rules.could_not_run) == ("class_rules", False, True)
    assert REFUSED in rules.detail
    assert rules.stops_publication
    assert (sums.failed_rows, sums.could_not_run, sums.detail) == (3, False, "")
