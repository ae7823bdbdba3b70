"""Any order of publishing, dying, rolling back, retaining and reading: a reader sees one whole version whose gate passed."""

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from quality.publication.publishing import PublicationRefused
from quality.publication.targets.target import TargetError
from tests.faults.reading import look_at
from tests.quality.conftest import ACCOUNTS, MONTHS, NOW, House
from tests.quality.test_crashes import STEPS
from tests.quality.test_publishing import BROKEN, held


class Died(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class Warehouse(RuleBasedStateMachine):
    steps = 0  # of all examples

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.house = House(self.folder)
        for text in (ACCOUNTS, MONTHS):
            self.house.suite(text)
        self.live = None  # the run that must be visible
        self.number = 0
        self.taken_back = set()
        self.readers = []
        self.looked_at = {}  # version -> its files' times and sizes when all of it was read last

    def teardown(self):
        for connection, _ in self.readers:
            connection.close()
        shutil.rmtree(self.folder)

    def _night(self):
        self.number += 1
        return self.house.built(f"r{self.number}", f"update cx.accounts set mrr_minor = {self.number}")

    def _now(self):
        return NOW + timedelta(days=self.number)

    @rule(keep=st.integers(2, 4))
    def publish(self, keep):
        night = self._night()
        before = self.live
        night.published(held(night.run_id), night.target(keep=keep), now=self._now())
        self.live = night.run_id
        kept = {one.version for one in night.target().versions()}
        assert len(kept) <= keep + 1
        assert {before or self.live, self.live} <= kept

    @rule()
    def a_failed_gate(self):
        night = self._night()
        with pytest.raises(PublicationRefused):
            night.published(held(night.run_id, BROKEN), now=self._now())

    @rule(step=st.sampled_from(STEPS), is_healed=st.booleans(), keep=st.integers(2, 4))
    def die(self, step, is_healed, keep):
        night = self._night()

        def on_step(name):
            if name == step:
                raise Died

        with pytest.raises(Died):
            night.published(held(night.run_id), night.target(keep=keep, on_step=on_step), now=self._now())
        if step == "collect":
            self.live = night.run_id
        if is_healed:
            night.published(held(night.run_id), night.target(keep=keep), now=self._now())
            self.live = night.run_id
            assert len(night.target().versions()) <= keep + 1

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def roll_back(self, data):
        target = self.house.target()
        version = data.draw(st.sampled_from([one.version for one in target.versions()]))
        if version == self.live:
            with pytest.raises(TargetError, match="live already"):
                target.rollback(version, by="Ada", reason="", now=self._now())
            return
        target.rollback(version, by="Ada", reason="", now=self._now())
        self.taken_back.add(self.live)
        self.live = version

    @precondition(lambda self: self.taken_back - {self.live})
    @rule(data=st.data(), again=st.booleans())
    def publish_what_was_taken_back(self, data, again):
        run = data.draw(st.sampled_from(sorted(self.taken_back - {self.live})))
        night = self.house.built(run, f"update cx.accounts set mrr_minor = {run[1:]}")
        if again:
            night.published(held(run), now=self._now(), again=True)
            self.live = run
        else:
            with pytest.raises(PublicationRefused, match="rolled back"):
                night.published(held(run), now=self._now())

    @precondition(lambda self: self.live and len(self.readers) < 4)
    @rule()
    def open_and_hold(self):
        path = (self.house.root / "current").resolve() / "warehouse.duckdb"
        self.readers.append((duckdb.connect(str(path), read_only=True), self.live))

    @precondition(lambda self: self.readers)
    @rule()
    def close(self):
        self.readers.pop(0)[0].close()

    @invariant()
    def a_reader_sees_one_whole_version_whose_gate_passed(self):
        type(self).steps += 1
        current = self.house.root / "current"
        for folder in (self.house.root / "versions").glob("*"):
            state = sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*"))
            if self.looked_at.get(folder.name) != state:
                assert look_at(folder).version == folder.name
                self.looked_at[folder.name] = state
        # Every version is whole, so that a reader's is: what is left to ask is which one it is.
        assert (current.resolve(strict=True).name if self.live else current.exists()) == (self.live or False)
        for connection, run in self.readers:
            number = int(run[1:])
            seen = "select min(run_id), max(run_id), count(*), min(mrr_minor), max(mrr_minor) from cx.accounts"
            assert connection.execute(seen).fetchall() == [(run, run, 40, number, number)]


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


@pytest.fixture(autouse=True)
def counted(record_property):
    Warehouse.steps = 0
    yield
    record_property("steps", Warehouse.steps)


class TestWarehouse(Warehouse.TestCase):
    settings = settings(
        max_examples=30, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
