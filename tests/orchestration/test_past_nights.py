"""A night of a past date, by the command: kept as a version of its own beside the current one, which nobody's history forgets."""

import json
import shutil

import duckdb
import pytest

from tests.orchestration.conftest import Night

PAST = "2026-11-20"


@pytest.fixture
def home_copy(story, tmp_path):
    """The home of a small company of files, published as of two days later."""
    shutil.copytree(story.night.home, tmp_path / "home", symlinks=True)
    return Night(tmp_path / "home", story.night.variables)


def test_it_stands_aside_until_a_person_makes_it_current(home_copy):
    before = home_copy.current.resolve()
    ended = home_copy.run(CX_AS_OF=PAST)
    assert ended.returncode == 0, ended.stdout
    assert home_copy.current.resolve() == before
    (kept,) = [one for one in (home_copy.home / "warehouse" / "versions").iterdir() if one.name.startswith(f"{PAST}-")]
    assert f"Kept {kept.name} beside the current version" in ended.stdout
    assert f"make rollback VERSION={kept.name} BY=... REASON=..." in ended.stdout
    # Whoever opens it finds what every version has.
    assert {one.name for one in kept.iterdir()} >= {"report.html", "workbook.xlsx", "quality.html", "manifest.json"}
    with duckdb.connect(str(kept / "warehouse.duckdb"), read_only=True) as connection:
        said = connection.execute("select min(said_on), max(said_on) from cx.customer_class_history").fetchall()
    assert [str(day) for day in said[0]] == [PAST, PAST]
    assert "past date" in home_copy.run("versions").stdout

    why = ("--by", "Ann", "--reason", "the 22nd was wrong")
    current = home_copy.run("nightly", "--make-current", *why, CX_AS_OF=PAST)
    assert current.returncode == 0, current.stdout
    assert home_copy.current.resolve() == kept
    assert f"Published {kept.name}" in current.stdout
    *_, event = (home_copy.home / "warehouse" / "events.jsonl").read_text().splitlines()
    assert {"Ann", "the 22nd was wrong", kept.name} <= set(json.loads(event).values())


@pytest.mark.parametrize("named", [(), ("--by", "Ann"), ("--reason", "why"), ("--by", " ", "--reason", " ")])
def test_nobody_makes_it_current_without_a_name_and_a_reason(tmp_path, named):
    ended = Night(tmp_path, {}).run("nightly", "--make-current", *named)
    assert ended.returncode == 4
    assert "BY=" in ended.stdout
    assert "REASON=" in ended.stdout
    assert not list(tmp_path.iterdir())
