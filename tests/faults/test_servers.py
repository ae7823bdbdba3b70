"""PostgreSQL that goes away at the worst moment, and readers that hold on."""

import contextlib
import threading
import time
from datetime import timedelta

import pytest

from quality.publication.targets.postgres import Postgres
from quality.publication.targets.postgres_session import Session
from quality.publication.targets.target import TargetError
from tests.faults.reading import look_at_server
from tests.quality.conftest import NOW
from tests.quality.test_postgres import rows, url  # noqa: F401 - fixture
from tests.quality.test_publishing import held

STEPS = ("facts", "load accounts", "load quality_results", "views", "flip", "collect")


@pytest.mark.parametrize("step", STEPS)
def test_the_server_dies_before_during_and_after_the_swap(house, tmp_path, server, url, step):  # noqa: F811 - the fixture
    """Every connection is cut as a dying server cuts it; the publisher ends at once, and the next one heals."""
    house.published(held(), Postgres(url, spill=tmp_path / "spill"))
    night = house.built("r2")

    def cut(name):
        if name == step:
            with contextlib.closing(Session(server.get_uri())) as session:
                database = url.split("?")[0].rsplit("/", 1)[-1]
                session.rows(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")

    started = time.monotonic()
    with pytest.raises(TargetError):
        night.published(held("r2"), Postgres(url, spill=tmp_path / "spill", on_step=cut), now=NOW + timedelta(days=1))
    assert time.monotonic() - started < 10
    assert look_at_server(url) in {"r1", "r2"}
    if step != "collect":
        assert look_at_server(url) == "r1"
    target = Postgres(url, spill=tmp_path / "spill", wait_seconds=10)
    night.published(held("r2"), target, now=NOW + timedelta(days=1))
    assert look_at_server(url) == "r2"
    assert rows(url, "select count(*) from cx_store._versions where state = 'loading'") == [(0,)]
    assert rows(url, "select count(*) from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r'") == [(2,)]


def test_the_swap_waits_for_no_reader(house, tmp_path, url):  # noqa: F811 - the fixture
    """A reader idles in a transaction after reading everything; others go on reading while the next version comes."""
    target = Postgres(url, spill=tmp_path / "spill")
    house.published(held(), target)
    flipped, waits, stop = [], [], threading.Event()

    def others():
        with contextlib.closing(Session(url)) as session:
            while not stop.is_set():
                before = time.monotonic()
                session.rows("select count(*), min(run_id) from cx.accounts")
                waits.append(time.monotonic() - before)
                time.sleep(0.02)

    with contextlib.closing(Session(url)) as idle:
        idle.run("begin")
        assert idle.rows("select count(*) from cx.accounts, cx.account_months") == [(4_800,)]
        thread = threading.Thread(target=others)
        thread.start()
        moments = Postgres(url, spill=tmp_path / "spill", on_step=lambda name: flipped.append((name, time.monotonic())))
        house.built("r2").published(held("r2"), moments, now=NOW + timedelta(days=1))
        stop.set()
        thread.join()
        idle.run("commit")
    assert look_at_server(url) == "r2"
    assert max(waits) < 5
    at = dict(flipped)
    assert at["collect"] - at["flip"] < 5
