"""Bytes that rot, engines that crash, suites that attack: found before anything is published."""

import contextlib
import os
import random

import duckdb
import pytest

from ingestion import registry
from ingestion.contract import LandingRefused
from ingestion.landing import parts as landing
from quality.gate.expectation_engine import Engine
from quality.gate.suite_files import SuiteError
from quality.publication.publishing import publish
from tests.faults import victims
from tests.faults.garbling import flipped
from tests.faults.reading import look
from tests.quality.conftest import RAW
from tests.quality.test_publishing import held


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    root = tmp_path_factory.mktemp("landed") / "raw"
    victims.extraction(root, victims.NIGHTS[1])
    return root


def parts(root, table):
    return sorted(
        path for path in (root / "zendesk" / table / "v1").glob("*/data.parquet") if "schema=" not in str(path)
    )


@contextlib.contextmanager
def rotten(path, content):
    """The bytes change under a file whose time does not, and are as before afterwards."""
    before, times = path.read_bytes(), path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    yield
    path.write_bytes(before)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_damaged_part_is_found_by_the_gate_and_named(house, raw, seed):
    chance = random.Random(seed)
    house.suite(
        RAW.replace("raw__helpdesk__organizations", "raw__zendesk__tickets").replace("organization_id", "ticket_id")
    )
    facts = {"raw_root": raw, "sources_on": frozenset({"helpdesk", "zendesk"}), "watermarks": landing.watermarks(raw)}
    # The watermarks are of another day than this build: freshness is not what is asked here.
    name = "raw__zendesk__tickets/parts_are_whole"

    def whole():
        verdict = house.judged(**facts)
        found = {check.check_id: check for check in verdict.checks}[name]
        return found.is_passed, found.stops_publication, found.detail

    assert whole()[0]
    for path in parts(raw, "tickets"):
        good = path.read_bytes()
        for content in (
            good[: len(good) // 2],
            good[:-1],
            b"",
            flipped(good, chance, 1, 1),
            flipped(good, chance, 1, 1),
        ):
            with rotten(path, content):
                assert whole() == (False, True, f"damaged: {path.parent.name}")
    assert whole()[0]


def test_a_damaged_part_is_found_by_the_next_extraction(raw, seed):
    chance = random.Random(seed)
    source = registry.source("zendesk")
    for path in parts(raw, "tickets"):
        good = path.read_bytes()
        for number in range(40):
            content = flipped(good, chance, 1, 1) if number % 2 else good[: chance.randrange(len(good))]
            with (
                rotten(path, content),
                pytest.raises(LandingRefused, match=rf"zendesk/tickets/v1/{path.parent.name} is damaged"),
            ):
                landing.read_part(path.parent, source.table("tickets"))
    assert landing.read_part(path.parent, source.table("tickets")).num_rows


def test_a_damaged_build_is_never_published(house, seed):
    """DuckDB's own checksums find it, in the gate or in the publication; what is published is what was built."""
    house.published(held())
    chance = random.Random(seed)
    night = house.built("r2")
    good = night.build.read_bytes()
    for _ in range(40):
        night.build.write_bytes(
            flipped(good, chance, 1, 1) if chance.random() < 0.7 else good[: chance.randrange(len(good))]
        )
        with contextlib.suppress(Exception):  # refused in whatever way; what counts is what readers see
            night.published(held("r2"))
        found = look(house.root / "current")
        assert found.tables["accounts"].rows == 40
        if found.run_id == "r2":  # the flipped byte was of no table
            clean = house.target().diff("r1", "r2")
            assert not [one.table for one in clean if one.is_changed and one.table.startswith("account")]
            house.target().rollback("r1", by="Ada", reason="again", now=found.published_at)
            (house.root / "events.jsonl").unlink()


def test_an_engine_that_crashes_publishes_nothing(house, monkeypatch):
    house.published(held())
    night = house.built("r2")

    def crash(*_):
        raise MemoryError

    monkeypatch.setattr(Engine, "run", crash)
    with pytest.raises(MemoryError):
        night.published()
    assert look(house.root / "current").run_id == "r1"


@pytest.mark.parametrize(
    "text",
    [
        "table: accounts\nowner: !!python/object/apply:os.system ['touch hacked']\n",
        "table: '../accounts'\nkey: [x]\nowner: x\n",
        "table: accounts\nkey: [x]\nowner: x\nexpectations:\n  - {expectation: __import__, column: x, sentence: s, severity: info}\n",
    ],
)
def test_a_hostile_suite_is_refused(house, text):
    (house.suites_folder / "accounts.yaml").write_text(text)
    with pytest.raises(SuiteError):
        assert house.suites
    assert not list(house.folder.rglob("hacked"))


@pytest.mark.parametrize(
    "sql",
    [
        "select account_id from cx.accounts; drop table cx.accounts",
        "delete from cx.accounts returning account_id",
        "create table cx.more as select 1 as account_id",
        "copy cx.accounts to '{folder}/stolen.csv'",
        "attach '{folder}/other.duckdb' as other",
        "select content as account_id from read_text('/etc/hostname')",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_analysts_sql_changes_nothing(house, sql):
    before = house.build.read_bytes()
    quoted = sql.format(folder=house.folder).replace('"', "'")
    (house.suites_folder / "_reconciliations.yaml").write_text(
        f'owner: x\nreconciliations:\n  - {{name: evil, table: accounts, needs: [], severity: critical, sentence: s, sql: "{quoted}"}}'
    )
    verdict = house.judged()
    assert not verdict.is_publishable
    with pytest.raises(RuntimeError):
        publish(house.build, verdict, house.target(), house.release(), suites=house.suites, page=house.page)
    assert house.build.read_bytes() == before
    assert not (house.folder / "stolen.csv").exists()
    assert not (house.folder / "other.duckdb").exists()
    with contextlib.closing(duckdb.connect(str(house.build), read_only=True)) as reader:
        assert reader.execute("select count(*) from cx.accounts").fetchall() == [(40,)]
