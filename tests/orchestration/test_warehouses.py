"""PostgreSQL beside the file: judged once, published to both; where the server fails the file has it, and the next run heals."""

import contextlib
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestration.assets.published import _tell
from orchestration.settings import SettingsError, load
from orchestration.warehouses import FILE, SERVER, Warehouses, columns_waiting
from quality.publication.publishing import publish
from quality.publication.targets.postgres_session import Session
from quality.publication.targets.target import TargetError
from tests.quality.conftest import NOW, house, server  # noqa: F401 - fixtures
from tests.quality.test_publishing import held

LOG = logging.getLogger(__name__)
GONE = "postgresql://night:s3cret@127.0.0.1:1/db"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_HOME", str(tmp_path))
    monkeypatch.delenv("CX_WAREHOUSE", raising=False)
    return load(tmp_path / "no.env")


@pytest.fixture
def url(server, request):  # noqa: F811 - the fixture
    name = f"w{abs(hash(request.node.name)) % 10**9}"
    with contextlib.closing(Session(server.get_uri())) as session:
        session.run(f"create database {name}")
    return server.get_uri(database=name)


def night(house, settings, run_id="r1", change=""):  # noqa: F811 - the fixture
    """Publish one judged build to every warehouse of the settings."""
    built = house.built(run_id, change)
    verdict = held(run_id)
    now = NOW + timedelta(days=int(run_id[1:]))

    def to(target):
        return publish(built.build, verdict, target, built.release(now=now), suites=built.suites, page=built.page)

    return Warehouses.of(settings).publish(to)


def test_without_a_setting_the_file_is_the_only_warehouse(settings):
    assert list(Warehouses.of(settings).targets) == [FILE]


def test_both_hold_the_same_rows(house, settings, url):  # noqa: F811 - the fixture
    done = night(house, replace(settings, warehouse=url))
    file, there = done[FILE].manifest, done[SERVER].manifest
    assert {name: (t.rows, t.content_hash) for name, t in file.tables.items() if name != "publications"} == {
        name: (t.rows, t.content_hash) for name, t in there.tables.items() if name != "publications"
    }
    with contextlib.closing(Session(url)) as session:
        assert session.rows("select count(*), min(run_id) from cx.accounts") == [(40, "r1")]


def test_a_column_that_waits_for_a_reader_is_told(house, settings, url, caplog):  # noqa: F811 - the fixture
    settings = replace(settings, warehouse=url)
    assert columns_waiting(night(house, settings)) == []
    grown = "alter table cx.accounts add column extra int"
    with contextlib.closing(Session(url)) as reader:
        reader.run("begin")
        reader.rows("select count(*) from cx.accounts")
        _tell(LOG, done := night(house, settings, "r2", grown), is_current=True)
        assert columns_waiting(done) == ["accounts.extra"]
        (warned,) = caplog.messages
        assert "the next night tries again: accounts.extra." in warned
        reader.run("commit")
    caplog.clear()
    _tell(LOG, done := night(house, settings, "r3", grown), is_current=True)
    assert (columns_waiting(done), caplog.messages) == ([], [])


def test_a_failed_server_fails_the_run_keeps_the_file_and_the_next_run_heals(house, settings, url):  # noqa: F811 - the fixture
    with pytest.raises(TargetError) as raised:
        night(house, replace(settings, warehouse=GONE))
    assert "PostgreSQL: the PostgreSQL server of CX_WAREHOUSE cannot be reached" in str(raised.value)
    assert "The file has r1; the next run goes on here." in str(raised.value)
    assert "s3cret" not in repr(raised.value)
    done = night(house, replace(settings, warehouse=url))
    assert (done[FILE].is_new, done[SERVER].is_new) == (False, True)
    done = night(house, replace(settings, warehouse=url))
    assert (done[FILE].is_new, done[SERVER].is_new) == (False, False)


def test_preflight_asks_both_before_the_heavy_work(settings, url):
    Warehouses.of(replace(settings, warehouse=url)).preflight()
    with pytest.raises(TargetError, match="PostgreSQL: the PostgreSQL server"):
        Warehouses.of(replace(settings, warehouse=GONE)).preflight()


def test_a_warehouse_that_is_no_server_is_a_wrong_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("CX_WAREHOUSE", "mysql://user:s3cret@host/db")
    with pytest.raises(SettingsError, match="CX_WAREHOUSE") as raised:
        load(tmp_path / "no.env")
    assert "s3cret" not in str(raised.value)
