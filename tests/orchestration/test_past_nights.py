"""A night of a past date, by the command: kept as a version of its own beside the current one, which nobody's history forgets."""

import shutil

import duckdb
import pytest

from tests.orchestration.conftest import Night

pytestmark = pytest.mark.xdist_group("nightly")


@pytest.fixture
def home_copy(demo_night, tmp_path):
    shutil.copytree(demo_night.home, tmp_path / "home", symlinks=True)
    return Night(tmp_path / "home", demo_night.variables)


def test_it_stands_aside_until_a_person_makes_it_current(home_copy):
    before = home_copy.current.resolve()
    ended = home_copy.run(CX_AS_OF="2026-11-20")
    assert ended.returncode == 0, ended.stdout
    assert home_copy.current.resolve() == before
    (kept,) = [
        one for one in (home_copy.home / "warehouse" / "versions").iterdir() if one.name.startswith("2026-11-20-")
    ]
    assert f"Kept {kept.name} beside the current version" in ended.stdout
    with duckdb.connect(str(kept / "warehouse.duckdb"), read_only=True) as connection:
        said = connection.execute("select min(said_on), max(said_on) from cx.customer_class_history").fetchall()
    assert [str(day) for day in said[0]] == ["2026-11-20", "2026-11-20"]
    listed = home_copy.run("versions")
    assert "past date" in listed.stdout

    current = home_copy.run(
        "nightly", "--make-current", "--by", "Ann", "--reason", "the 22nd was wrong", CX_AS_OF="2026-11-20"
    )
    assert current.returncode == 0, current.stdout
    assert home_copy.current.resolve() == kept
    (event,) = (home_copy.home / "warehouse" / "events.jsonl").read_text().splitlines()
    assert "Ann" in event
    assert "the 22nd was wrong" in event


def test_nobody_makes_it_current_without_a_name_and_a_reason(tmp_path):
    ended = Night(tmp_path, {}).run("nightly", "--make-current", "--by", "Ann")
    assert ended.returncode == 4
    assert "REASON" in ended.stdout
