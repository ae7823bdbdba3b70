"""The operator's verbs over kept versions: list, compare, go back; recorded, refused with a reason, on every warehouse."""

import io
import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from orchestration.cli import operating
from orchestration.cli.versions import compared, listed, rolled_back
from orchestration.settings import load
from orchestration.warehouses import Warehouses
from quality.publication.publishing import publish
from quality.publication.targets.target import TargetError
from tests.orchestration.test_warehouses import url  # noqa: F401 - fixture
from tests.quality.conftest import NOW, house, server  # noqa: F401 - fixtures
from tests.quality.test_publishing import held


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_HOME", str(tmp_path))
    monkeypatch.delenv("CX_WAREHOUSE", raising=False)
    return load(tmp_path / "no.env")


def shown(tables, width=160):
    screen = Console(file=io.StringIO(), width=width)
    for table in tables:
        screen.print(table)
    return screen.file.getvalue()


def nights(house, settings, count):  # noqa: F811 - the fixture
    for number in range(1, count + 1):
        run = house.built(f"r{number}", f"delete from cx.accounts where account_id = 'a{number}' and {number} > 1")
        release = run.release(
            now=NOW + timedelta(days=number), headlines={"nrr_12": 1 - number / 10, "accounts_Happy": number}
        )
        for target in Warehouses.of(settings).targets.values():
            publish(run.build, held(f"r{number}"), target, release, suites=run.suites, page=run.page)


def test_versions_are_listed_newest_first_with_the_current_one_marked(house, settings):  # noqa: F811 - the fixture
    nights(house, settings, 2)
    lines = [line.split() for line in shown(listed(settings)).splitlines()]
    rows = [line for line in lines if line and line[0] in {"r1", "r2"}]
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        ("r2", "2026-10-31", "current"),
        ("r1", "2026-10-31", "passed"),
    ]
    assert rows[0][2:4] == ["2026-11-03", "02:00"]
    assert "2026-10-31" in shown(listed(settings), width=80)


def test_two_versions_are_compared_by_table_and_headline(house, settings):  # noqa: F811 - the fixture
    nights(house, settings, 2)
    text = shown(compared(settings, "", ""))
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
    assert lines["accounts"] == ["accounts", "40", "39", "-1"]
    assert "account_months" not in lines
    assert lines["nrr_12"] == ["nrr_12", "0.9000", "0.8000", "-0.1000"]
    assert lines["accounts_Happy"] == ["accounts_Happy", "1", "2", "+1"]
    with pytest.raises(TargetError, match="no older version than r1"):
        list(compared(settings, "", "r1"))
    with pytest.raises(TargetError, match="no version 'r9'"):
        list(compared(settings, "r9", ""))


def test_a_rollback_is_recorded_in_both_warehouses(house, settings, url):  # noqa: F811 - fixtures
    both = replace(settings, warehouse=url)
    nights(house, both, 2)
    assert len(rolled_back(both, "r1", "Ada", "wrong rates")) == 2
    assert [target.live().version for target in Warehouses.of(both).targets.values()] == ["r1", "r1"]
    (event,) = [json.loads(line) for line in (settings.home / "warehouse" / "events.jsonl").read_text().splitlines()]
    assert (event["by"], event["reason"], event["from_version"], event["to_version"]) == (
        "Ada",
        "wrong rates",
        "r2",
        "r1",
    )
    assert "current" in shown(listed(both))
    with pytest.raises(TargetError, match="live already"):
        rolled_back(both, "r1", "Ada", "again")


def test_what_the_command_notes_is_private(house, settings):  # noqa: F811 - the fixture
    nights(house, settings, 2)
    before = os.umask(0o022)
    try:
        operating.rollback("r1", "Ada", "wrong rates")
    finally:
        os.umask(before)
    assert (settings.home / "warehouse" / "events.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("version", "by", "reason", "text"),
    [("r1", "", "x", "needs a person"), ("r1", "Ada", " ", "needs a person"), ("r7", "Ada", "x", "no version 'r7'")],
)
def test_a_rollback_without_person_reason_or_version_changes_nothing(house, settings, version, by, reason, text):  # noqa: F811, PLR0917
    nights(house, settings, 2)
    with pytest.raises(TargetError, match=text):
        rolled_back(settings, version, by, reason)
    assert Warehouses.of(settings).file.live().version == "r2"
