"""`erase` over every store of an installation: landing, quarantine, builds, exports, kept versions; a proof that names nobody."""

import contextlib
import json
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.contract import Connection
from ingestion.extraction import extract
from ingestion.registry import sources
from orchestration.erasure import ErasureError, erase
from orchestration.night import SystemClock
from orchestration.settings import load
from orchestration.warehouses import Warehouses
from quality.publishing import publish
from quality.targets import TargetError
from tests.quality.conftest import NOW, house  # noqa: F401 - fixture
from tests.quality.test_publishing import held

WHO = "person9@example.com"
BY = {"by": "Ada", "reason": "asked for it by letter", "now": datetime(2026, 11, 22, 12)}  # noqa: DTZ001 - naive UTC
IDENTITIES = """create table cx.account_identities as select 'drop_folder' as source_name, 'account_ref' as record_kind,
    'a7' as source_id, 'a7' as account_id"""


@pytest.fixture
def settings(house, tmp_path, monkeypatch):  # noqa: F811 - the fixture
    """An installation with a drop folder that was read, a quarantine, a build, an export, and two publications."""
    monkeypatch.setenv("CX_MODE", "live")
    monkeypatch.setenv("CX_HOME", str(tmp_path))
    monkeypatch.setenv("CX_DROP_DIR", str(tmp_path / "dropped"))
    monkeypatch.delenv("CX_WAREHOUSE", raising=False)
    folder = tmp_path / "dropped"
    folder.mkdir()
    (folder / "accounts.csv").write_text(
        "account_id,name,csm_owner\na7,Company 7,x@us.example\na9,Company 9,x@us.example\n"
    )
    (folder / "survey_responses.csv").write_text(
        "response_id,metric,score,responded_at,account_ref,respondent_email\n"
        f"r1,nps,9,2026-10-01T10:00:00Z,a9,{WHO}\nr2,nps,x,2026-10-01T10:00:00Z,a9,{WHO}\nr3,nps,1,2026-10-01T10:00:00Z,a7,z@c7.example\n"
    )
    settings = load(tmp_path / "no.env")
    read(settings)
    for run, day in (("r1", 1), ("r2", 2)):
        night = house.built(run, IDENTITIES)
        release = night.release(now=NOW + timedelta(days=day))
        more = replace(release, tables=(*release.tables, type(release.tables[0])("account_identities")))
        verdict = held(run)
        verdict = replace(verdict, tables=(*verdict.tables, "account_identities"))
        publish(night.build, verdict, Warehouses.of(settings).file, more, suites=night.suites, page=night.page)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "interventions.csv").write_text(WHO)
    return settings


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


def test_an_interrupted_erasure_is_run_again_to_its_end(settings, monkeypatch):
    monkeypatch.setattr("orchestration.erasure.erase_from_file", lambda *_: (_ for _ in ()).throw(TargetError("gone")))
    with pytest.raises(TargetError):
        erase(settings, person=WHO, account="", **BY)
    monkeypatch.undo()
    monkeypatch.setenv("CX_HOME", str(settings.home))
    with pytest.raises(ErasureError, match="another erasure was interrupted"):
        erase(settings, person="other@example.com", account="", **BY)
    told = json.loads(erase(settings, person=WHO, account="", **BY).read_text())
    assert told["landing"]["rows_cleaned"] == 1
    assert WHO not in kept(settings)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"person": "", "account": ""}, "one of them"),
        ({"person": WHO, "account": "a7"}, "one of them"),
        ({"person": "nobody", "account": ""}, "no e-mail address"),
        ({"person": WHO, "account": "", "by": " "}, "needs a person"),
        ({"person": WHO, "account": "", "reason": f"letter of {WHO}"}, "must not name"),
    ],
)
def test_an_erasure_that_is_not_said_clearly_changes_nothing(settings, asked, text):
    with pytest.raises(ErasureError, match=text):
        erase(settings, **{**BY, **asked})
    assert WHO in kept(settings)
    assert not settings.erasures.exists()
