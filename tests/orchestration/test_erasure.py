"""`erase` over every store of an installation: landing, quarantine, builds, exports, kept versions; a proof that names nobody."""

import contextlib
import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.contract import Connection
from ingestion.extraction import extract
from ingestion.registry import sources
from orchestration.instance.dagster_home import prepare
from orchestration.night import SystemClock
from orchestration.privacy.erasure import ErasureError, erase
from orchestration.privacy.person_salt import erased_since, note_erasures
from orchestration.settings import load
from orchestration.warehouses import Warehouses
from quality.publication.publishing import PublicationRefused, publish
from quality.publication.targets.target import TargetError
from tests.quality.conftest import NOW, House, furnished
from tests.quality.test_publishing import held

WHO = "person9@example.com"
BY = {"by": "Ada", "reason": "asked for it by letter", "now": datetime(2026, 11, 22, 12)}  # noqa: DTZ001 - naive UTC
IDENTITIES = """create table cx.account_identities as select 'drop_folder' as source_name, 'account_ref' as record_kind,
    'a7' as source_id, 'a7' as account_id"""


def use(environment, home):
    """The settings of the installation at `home`, as its environment says them."""
    environment.setenv("CX_MODE", "live")
    environment.setenv("CX_HOME", str(home))
    environment.setenv("CX_DROP_DIR", str(home / "dropped"))
    environment.delenv("CX_WAREHOUSE", raising=False)
    return load(home / "no.env")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """An installation with a drop folder that was read, a quarantine, a build, an export, and two publications."""
    home = tmp_path_factory.mktemp("installation")
    folder = home / "dropped"
    folder.mkdir()
    (folder / "accounts.csv").write_text(
        "account_id,name,csm_owner\na7,Company 7,x@us.example\na9,Company 9,x@us.example\n"
    )
    (folder / "survey_responses.csv").write_text(
        "response_id,metric,score,responded_at,account_ref,respondent_email\n"
        f"r1,nps,9,2026-10-01T10:00:00Z,a9,{WHO}\nr2,nps,x,2026-10-01T10:00:00Z,a9,{WHO}\nr3,nps,1,2026-10-01T10:00:00Z,a7,z@c7.example\n"
    )
    built = furnished(House(home))
    with pytest.MonkeyPatch.context() as environment:
        settings = use(environment, home)
        read(settings)
    for run, day in (("r1", 1), ("r2", 2)):
        night = built.built(run, IDENTITIES)
        release = night.release(now=NOW + timedelta(days=day))
        more = replace(release, tables=(*release.tables, type(release.tables[0])("account_identities")))
        verdict = held(run)
        verdict = replace(verdict, tables=(*verdict.tables, "account_identities"))
        publish(night.build, verdict, Warehouses.of(settings).file, more, suites=night.suites, page=night.page)
    (home / "exports").mkdir()
    (home / "exports" / "interventions.csv").write_text(WHO)
    return home


@pytest.fixture
def settings(installation, tmp_path, monkeypatch):
    """A copy of the installation for one test."""
    return use(monkeypatch, shutil.copytree(installation, tmp_path / "home", symlinks=True))


def read(settings):
    folder = next(source for source in sources() if source.domain == "drop")
    connection = Connection(base_url=str(settings.drop_dir))
    return {one.table: one for one in extract(folder, connection, settings.raw, SystemClock(), "run")}


def kept(settings):
    """Everything under the home but the dropped files themselves, decoded."""
    texts = []
    for path in settings.home.rglob("*"):
        if not path.is_file() or settings.drop_dir in path.parents or "suites" in path.parts:
            continue
        if path.suffix == ".parquet":
            texts.append(json.dumps(pq.read_table(path, partitioning=None).to_pylist(), default=str))
        else:
            texts.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(texts)


def test_a_person_is_nowhere_afterwards_and_stays_out(settings):
    assert WHO in kept(settings)
    proof = erase(settings, person=WHO.upper(), account="", **BY)
    assert WHO not in kept(settings)
    told = json.loads(proof.read_text())
    assert (told["kind"], told["by"], told["left"]) == ("person", "Ada", 0)
    assert told["landing"]["rows_cleaned"] == 1
    assert told["landing"]["quarantined_rows_removed"] == 1
    assert [one["now"] for one in told["publications"]["file"]] == ["r1.e1", "r2.e1"]
    assert told["folders_removed"] == ["build", "exports"]
    assert proof.stat().st_mode & 0o777 == 0o600
    assert not (settings.erasures / "open.json").exists()
    read(settings)
    assert WHO not in kept(settings)


def test_an_account_is_nowhere_afterwards_and_stays_out(settings):
    proof = erase(settings, person="", account="a7", **BY)
    current = (settings.home / "warehouse" / "current" / "warehouse.duckdb").resolve()
    with contextlib.closing(duckdb.connect(str(current), read_only=True)) as connection:
        for table in ("accounts", "account_months", "account_identities"):
            assert connection.execute(f"select count(*) from cx.{table} where account_id = 'a7'").fetchall() == [(0,)]
        assert connection.execute("select count(*) from cx.accounts").fetchall() == [(39,)]
    for trace in ('Company 7"', "z@c7.example"):
        assert trace not in kept(settings)
    assert "a7" not in proof.read_text().split('"publications"')[0].split('"subject"')[0]
    assert read(settings)["accounts"].foreign == 1
    assert "z@c7.example" not in kept(settings)


# Twenty, and long enough for more than a page of the history's file: what an overwritten page leaves is seen too.
KEYS = ["a7|2026-10-01", *(f"a70|{number:02}-{'x' * 200}" for number in range(19))]


@dg.asset(check_specs=[dg.AssetCheckSpec("gate", asset="accounts")])
def accounts():
    yield dg.MaterializeResult()
    yield dg.AssetCheckResult(passed=False, metadata={"failing_keys": ", ".join(KEYS)})


def test_an_account_stays_in_no_failing_key_of_the_run_history(settings, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "")  # set by what follows, and put back
    prepare(settings)
    with dg.DagsterInstance.get() as instance:
        dg.materialize([accounts], instance=instance)
        assert "a7|2026-10-01" in kept(settings)
        proof = erase(settings, person="", account="a7", **BY)
        assert "a7|2026-10-01" not in kept(settings)
        # Dagster keeps an evaluation three times: of the run, of all runs, of the check.
        assert json.loads(proof.read_text())["history_events"] == 3
        check = instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(dg.AssetKey("accounts"), "gate"))
        keys = check.event.asset_check_evaluation.metadata["failing_keys"].value
        assert keys.split(", ") == ["erased|2026-10-01", *KEYS[1:]]


def test_a_run_that_holds_the_history_is_told_and_the_erasure_goes_on_later(settings, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr("orchestration.privacy.run_history.PATIENCE", 0.1)
    prepare(settings)
    with dg.DagsterInstance.get() as instance:
        dg.materialize([accounts], instance=instance)
    with contextlib.closing(sqlite3.connect(settings.dagster_home / "history" / "runs" / "index.db")) as held:
        held.execute("begin immediate")
        with pytest.raises(ErasureError, match="a run holds Dagster's history: run the erasure again"):
            erase(settings, person="", account="a7", **BY)
    erase(settings, person="", account="a7", **BY)
    assert "a7|2026-10-01" not in kept(settings)


def test_an_interrupted_erasure_is_run_again_to_its_end(settings, monkeypatch):
    monkeypatch.setattr(
        "orchestration.privacy.erasure.erase_from_file", lambda *_: (_ for _ in ()).throw(TargetError("gone"))
    )
    with pytest.raises(TargetError):
        erase(settings, person=WHO, account="", **BY)
    monkeypatch.undo()
    monkeypatch.setenv("CX_HOME", str(settings.home))
    with pytest.raises(ErasureError, match="another erasure was interrupted"):
        erase(settings, person="other@example.com", account="", **BY)
    told = json.loads(erase(settings, person=WHO, account="", **BY).read_text())
    assert told["landing"]["rows_cleaned"] == 1
    assert WHO not in kept(settings)


def test_a_build_that_had_begun_before_the_erasure_is_published_no_more(settings):
    night = House(settings.home).built("r3", IDENTITIES)
    note_erasures(settings, night.build.parent)
    held_back = night.build.parent.parent.parent / "held_back"
    assert erased_since(settings, night.build.parent) == ""
    night.build.parent.rename(held_back)  # a process that has the build open keeps it, though its folder goes
    erase(settings, person="", account="a7", **BY)
    night.build.parent.parent.mkdir()
    held_back.rename(night.build.parent)
    release = night.release(now=NOW + timedelta(days=3), objection=lambda: erased_since(settings, night.build.parent))
    with pytest.raises(PublicationRefused, match="Somebody was erased"):
        publish(night.build, held("r3"), Warehouses.of(settings).file, release, suites=night.suites, page=night.page)
    assert Warehouses.of(settings).file.live().version == "r2.e1"
    note_erasures(settings, night.build.parent)
    assert erased_since(settings, night.build.parent) == ""


def test_a_build_that_began_while_an_erasure_was_unfinished_is_not_published(settings, monkeypatch):
    monkeypatch.setattr(
        "orchestration.privacy.erasure.erase_from_file", lambda *_: (_ for _ in ()).throw(TargetError("gone"))
    )
    with pytest.raises(TargetError):
        erase(settings, person=WHO, account="", **BY)
    monkeypatch.undo()
    folder = settings.home / "next"
    note_erasures(settings, folder)
    monkeypatch.setenv("CX_HOME", str(settings.home))
    erase(settings, person=WHO, account="", **BY)
    assert "not at its end" in erased_since(settings, folder)


def test_an_erasure_that_is_not_said_clearly_changes_nothing(settings):
    for asked, text in (
        ({"person": "", "account": ""}, "one of them"),
        ({"person": WHO, "account": "a7"}, "one of them"),
        ({"person": "nobody", "account": ""}, "not an e-mail address"),
        ({"person": WHO, "account": "", "by": " "}, "needs a person"),
        ({"person": WHO, "account": "", "reason": f"letter of {WHO}"}, "must not name"),
    ):
        with pytest.raises(ErasureError, match=text):
            erase(settings, **{**BY, **asked})
    assert WHO in kept(settings)
    assert not settings.erasures.exists()
