"""Play the faults and print what was seen: `python -m tests.faults [--seed N] [fault ...]`.

The seed decides every random instant and every generated case. Exits 1 unless each fault that was asked for passed; of a whole
run it is also asked that it killed and garbled enough.
"""

import argparse
import os
import secrets
import sys
import time
from collections import Counter, defaultdict

import pytest

from ingestion import registry
from tests.faults.catalogue import FAULTS

KILLS, MALFORMED = 200, 2_000  # processes in all; records or rows per table of a connector or contract


class Watch:
    """Runs the tests that are named, and keeps what pytest saw of them."""

    def __init__(self, tests):
        self.tests = tests
        self.outcomes = defaultdict(Counter)
        self.told = {}

    def pytest_collection_modifyitems(self, config, items):
        asked = [item for item in items if item.nodeid.partition("[")[0] in self.tests]
        config.hook.pytest_deselected(items=[item for item in items if item not in asked])
        items[:] = asked

    def pytest_runtest_logreport(self, report):
        test = report.nodeid.partition("[")[0]
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[test][report.outcome] += 1
        if report.when == "teardown":
            self.told[report.nodeid] = dict(report.user_properties)

    def counted(self, what):
        """How often, by test."""
        return {node.rpartition("::")[2]: told[what] for node, told in sorted(self.told.items()) if what in told}


def line(fault, watch):
    """One row of the table, and whether the fault was seen to be survived."""
    counts = sum((watch.outcomes[test] for test in fault.tests), Counter())
    absent = [test for test in fault.tests if not watch.outcomes[test]["passed"]]
    is_held = bool(fault.tests) and not absent and set(counts) == {"passed"}
    seen = "HELD  " if is_held else "FAILED" if counts["failed"] else "UNSEEN"
    kills = sum(told.get("kills", 0) for node, told in watch.told.items() if node.partition("[")[0] in fault.tests)
    shown = f"{counts['passed']:4} tests" + (f", {kills} kills" if kills else "")
    text = [f"{fault.number:3}  {seen}  {shown:22}  {fault.fault}", f"{'':37}must hold: {fault.criterion}"]
    text += [f"{'':37}not seen passing: {test}" for test in absent]
    return "\n".join(text), is_held


def totals(watch):
    """What a whole run must have done besides passing: lines to print, and whether it was enough."""
    kills, malformed = watch.counted("kills"), watch.counted("malformed")
    broken, steps = watch.counted("broken"), watch.counted("steps")
    least = min(malformed.values(), default=0)
    killed, records = sum(kills.values()), sum(malformed.values())
    each = f"over {len(malformed)} tables and contracts, {least} or more of each, {MALFORMED} asked"
    asked = [
        (f"{killed} processes killed with SIGKILL at random instants, {KILLS} asked", killed >= KILLS),
        (f"{records} malformed records {each}", len(malformed) == len(tables()) and least >= MALFORMED),
        (f"{sum(broken.values())} files and answers with broken bytes", bool(broken)),
        (f"{sum(steps.values())} steps of publish, crash, rollback, retention and read in any order", bool(steps)),
    ]
    return [f"{'HELD  ' if held else 'FAILED'}  {text}" for text, held in asked], all(held for _, held in asked)


def tables():
    """Every table of a connector and every contract."""
    return [table for source in registry.sources() for table in source.tables]


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("numbers", nargs="*", type=int, help="some faults alone")
    asked = parser.parse_args()
    faults = [fault for fault in FAULTS if not asked.numbers or fault.number in asked.numbers]
    tests = sorted({test for fault in faults for test in fault.tests})
    os.environ["FAULTS_SEED"] = str(asked.seed)
    say(f"seed {asked.seed}; the same again: make faults SEED={asked.seed}")
    watch, started = Watch(frozenset(tests)), time.monotonic()
    options = ["-q", "-m", "faults or not faults", f"--hypothesis-seed={asked.seed}", "-p", "no:cacheprovider"]
    files = sorted({test.partition("::")[0] for test in tests})
    code = pytest.main([*options, *filter(os.path.exists, files)], plugins=[watch])
    say("\nfault  outcome\n")
    held = [line(fault, watch) for fault in faults]
    for text, _ in held:
        say(text)
    say("")
    for node, told in sorted(watch.told.items()):
        if "kills" in told:
            say(f"seed {told['seed']:>10}  kills {told['kills']:>3}  {node}")
    lines, is_enough = totals(watch)
    if not asked.numbers:
        say("\n".join(["", *lines]))
    passed = sum(is_held for _, is_held in held)
    say(f"\n{passed} of {len(faults)} faults held; seed {asked.seed}; {time.monotonic() - started:.0f} s")
    return 0 if passed == len(faults) and code == 0 and (is_enough or asked.numbers) else 1


if __name__ == "__main__":
    sys.exit(main())
