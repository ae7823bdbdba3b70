"""kill -9 at random instants: a reader sees one whole version, a plain run heals, the end is that of an undisturbed one."""

import contextlib
import json
import shutil
from datetime import timedelta

import duckdb
import pytest

from ingestion import registry
from ingestion.landing import atomic_files
from quality.publication.build_snapshot import facts
from tests.faults import building, victims
from tests.faults.reading import look, look_at_server, reader
from tests.quality.conftest import NOW
from tests.quality.test_postgres import rows, url  # noqa: F401 - fixture
from tests.quality.test_publishing import held


def debris(root):
    return [path for path in root.rglob("*") if atomic_files.TEMPORARY in path.name or path.name == "checkpoint.json"]


@pytest.mark.parametrize("is_first", [True, False], ids=["first night", "later night"])
def test_extraction(tmp_path, reaper, is_first):
    template = tmp_path / "template"
    template.mkdir()
    drop = str(tmp_path / "drop")
    reaper.run(victims.dropped, drop, victims.NIGHTS[0])
    if not is_first:
        reaper.run(victims.extraction, str(template / "raw"), victims.NIGHTS[0], drop)
        reaper.run(victims.dropped, drop, victims.NIGHTS[1])

    def home(name):
        shutil.copytree(template, tmp_path / name)
        return tmp_path / name / "raw"

    clean = home("clean")
    seconds = reaper.run(victims.extraction, str(clean), victims.NIGHTS[1], drop)
    wanted = victims.landed(clean)
    assert {place[0] for place in wanted[0]} == {source.name for source in registry.sources()}
    wanted_quarantine = {path.name for path in (clean.parent / "quarantine").rglob("*.parquet")}
    for number in reaper.until(24):
        root = home(f"killed-{number}")
        reaper.kill_some(seconds, victims.extraction, str(root), victims.NIGHTS[1], drop)
        reaper.run(victims.extraction, str(root), victims.NIGHTS[1], drop)
        assert victims.landed(root) == wanted, number
        assert debris(root) == [], number
        assert {path.name for path in (root.parent / "quarantine").rglob("*.parquet")} == wanted_quarantine
        shutil.rmtree(root.parent)


def test_building(tmp_path, reaper):
    """What a build died of is in nobody's way: the next one begins with a fresh file."""
    home = tmp_path / "home"
    reaper.run(building.landed, str(home))
    seconds = reaper.run(building.build, str(home))
    wanted = building.tables(home)
    assert wanted["account_identities"][0] >= 30
    for number in reaper.until(20):
        reaper.kill_some(seconds, building.build, str(home))
        reaper.run(building.build, str(home))
        assert building.tables(home) == wanted, number


def built(night):
    """What the build holds."""
    with contextlib.closing(duckdb.connect(str(night.build), read_only=True)) as connection:
        return {name: facts(connection, f"cx.{name}") for name in ("accounts", "account_months")}


def test_publishing(house, tmp_path, reaper):
    house.published(held())
    current, target = house.root / "current", house.target(keep=5)
    seconds = 0.0
    with reader(str(current), tmp_path) as report:
        for number in reaper.until(100, first=2):
            run = f"r{number}"
            night = house.built(run, f"update cx.accounts set mrr_minor = mrr_minor + {number}")
            now = NOW + timedelta(days=number)
            if not seconds:
                seconds = reaper.run(victims.publication, night, held(run), now, 5)
                continue
            before = look(current).run_id
            is_ended = reaper.kill_some(seconds, victims.publication, night, held(run), now, 5)
            assert look(current).run_id in ({run} if is_ended else {before, run})
            reaper.run(victims.publication, night, held(run), now, 5)
            manifest = look(current)
            assert manifest.run_id == run
            assert {name: manifest.tables[name] for name in ("accounts", "account_months")} == built(night)
            assert not list((house.root / "staging").iterdir())
            assert sorted(one.run_id for one in target.versions()) == sorted(
                f"r{kept}" for kept in range(max(1, number - 4), number + 1)
            )
    assert report.reads > 20
    # Never back to an older run.
    order = [int(run[1:]) for run in report.seen]
    assert order == sorted(order)


def test_judging(house, tmp_path, reaper):
    house.published(held())
    result = tmp_path / "verdict.json"
    house.built("r2")
    night = type(house)(house.folder, "r2")
    build = night.build.read_bytes()
    seconds = reaper.run(victims.judgement, night, str(result))
    wanted = json.loads(result.read_text())
    assert wanted
    with reader(str(house.root / "current"), tmp_path) as report:
        for _ in reaper.until(30):
            reaper.kill_some(seconds, victims.judgement, night, str(result))
            result.unlink(missing_ok=True)
            reaper.run(victims.judgement, night, str(result))
            assert json.loads(result.read_text()) == wanted
    assert set(report.seen) == {"r1"}
    assert night.build.read_bytes() == build
    night.published()
    assert look(house.root / "current").run_id == "r2"


def test_publishing_to_a_server(house, tmp_path, reaper, url):  # noqa: F811 - the fixture
    seconds = 0.0
    reaper.run(victims.publication_on_server, house, held(), NOW, url)
    with reader(url, tmp_path, look_at_server) as report:
        for number in reaper.until(30, first=2):
            run = f"r{number}"
            night, now = house.built(run), NOW + timedelta(days=number)
            if not seconds:
                seconds = reaper.run(victims.publication_on_server, night, held(run), now, url)
                continue
            before = look_at_server(url)
            is_ended = reaper.kill_some(seconds, victims.publication_on_server, night, held(run), now, url)
            assert look_at_server(url) in ({run} if is_ended else {before, run})
            reaper.run(victims.publication_on_server, night, held(run), now, url)
            assert look_at_server(url) == run
            assert rows(url, "select count(*) from cx_store._versions where state = 'loading'") == [(0,)]
            parts = "select count(*) from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r'"
            assert rows(url, parts)[0][0] <= 4
    order = [int(run[1:]) for run in report.seen]
    assert order == sorted(order)
