"""Publishing: what is published is whole, sealed, dated and reversible; what failed is not published at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest

from quality.connections import BuildInUseError
from quality.gate.verdict import Check, Override, Verdict
from quality.publication.manifest import Manifest
from quality.publication.publishing import PublicationRefused, PublishedTable
from quality.publication.targets.opening import open_target
from quality.publication.targets.target import TargetError, TargetUnavailableError
from tests.quality.conftest import AS_OF, NOW, PUBLISHED


def read(path, query):
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        return connection.execute(query).fetchall()


def held(run_id="r1", *checks, **facts):
    """A verdict that judged something, without the seconds of judging."""
    good = Check("accounts", "accounts", "rows", "rows", "There are rows.", "critical", "data", is_passed=True)
    tables = ("accounts", "account_months")
    stated = {"run_id": run_id, "as_of": AS_OF, "now": NOW, "policy_version": "p1", "tables": tables, **facts}
    return Verdict(checks=(good, *checks), **stated)


BROKEN = Check(
    "accounts", "accounts", "key", "unique", "An account is there once.", "critical", "data", is_passed=False
)


def test_a_passed_build_is_published_whole(house):
    publication = house.published(held())
    assert publication.is_new
    current = house.root / "current"
    manifest = Manifest.from_json((current / "manifest.json").read_text())
    assert manifest == publication.manifest
    assert manifest.tables["accounts"].rows == 40
    assert manifest.tables["account_months"].rows == 120
    for name, facts in manifest.files.items():
        found = current / name
        assert hashlib.sha256(found.read_bytes()).hexdigest() == facts.sha256
        assert found.stat().st_mode & 0o777 == 0o400
    assert sorted(manifest.files) == [
        "parquet/account_months.parquet", "parquet/accounts.parquet", "parquet/publications.parquet",
        "parquet/quality_results.parquet", "quality.html", "report.html", "warehouse.duckdb", "workbook.xlsx",
    ]  # fmt: skip
    parquet = current / "parquet" / "accounts.parquet"
    same = f"(from cx.accounts except from '{parquet}') union all (from '{parquet}' except from cx.accounts)"
    assert read(current / "warehouse.duckdb", same) == []
    assert not list(house.root.rglob("*.wal"))
    assert not list((house.root / "staging").iterdir())


def test_the_file_is_stored_so_that_every_1x_client_can_open_it(house):
    house.published(held())
    header = (house.root / "current" / "warehouse.duckdb").read_bytes()[:32]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64  # the storage number of 1.0


def test_only_the_allow_list_is_published(house):
    house = house.built(
        "r1",
        "create table cx.secrets as select 1 as x",
        "create schema staging",
        "create table staging.stg as select 1 x",
    )
    house.published(held())
    tables = read(
        house.root / "current" / "warehouse.duckdb",
        "select table_schema || '.' || table_name from information_schema.tables order by 1",
    )
    assert tables == [("cx.account_months",), ("cx.accounts",), ("cx.publications",), ("cx.quality_results",)]


def test_descriptions_stand_in_the_published_file(house):
    house.published(held())
    warehouse = house.root / "current" / "warehouse.duckdb"
    assert read(warehouse, "select comment from duckdb_tables() where table_name = 'accounts'") == [
        (PUBLISHED[0].description,)
    ]
    assert read(
        warehouse, "select comment from duckdb_columns() where table_name = 'accounts' and column_name = 'account_id'"
    ) == [("Key.",)]
    assert read(
        warehouse,
        "select count(*) from duckdb_columns() where table_name in ('quality_results', 'publications') and comment is null",
    ) == [(0,)]


def test_the_same_build_gives_the_same_parquet_bytes(house):
    house.published(held())
    other = replace(house, folder=house.folder / "other").built("r1", "create table cx.x as from cx.accounts order by hash(account_id)",
                                                               "delete from cx.accounts", "insert into cx.accounts from cx.x")  # fmt: skip
    other.suites_folder.symlink_to(house.suites_folder)
    other.published(held())
    for name in ("accounts", "account_months", "quality_results"):
        one, two = (root / "current" / "parquet" / f"{name}.parquet" for root in (house.root, other.root))
        assert one.read_bytes() == two.read_bytes()


def test_a_failed_verdict_publishes_nothing_and_the_page_says_why(house):
    house.published(held())
    before = (house.root / "current").resolve()
    night = house.built("r2")
    with pytest.raises(PublicationRefused, match="An account is there once") as refused:
        night.published(held("r2", BROKEN))
    assert refused.value.verdict.critical == (BROKEN,)
    assert (house.root / "current").resolve() == before
    page = night.page.read_text()
    assert "The gate refused this run" in page
    assert BROKEN.sentence in page


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (held("another"), "of run another"),
        (held(tables=("accounts",)), "never judged: account_months"),
        (replace(held(), checks=()), "0 critical"),
        (held("r1", replace(BROKEN, severity="info", could_not_run=True)), "1 critical"),
        (held("r1", replace(BROKEN, could_not_run=True, override="Ada")), "1 critical"),
    ],
)
def test_the_door_stays_shut(house, verdict, why):
    with pytest.raises(PublicationRefused, match=why):
        house.published(verdict)
    assert not (house.root / "current").exists()


def test_a_warning_and_an_overridden_breach_are_published_and_shown(house):
    override = Override("accounts/key", "Ada Lovelace", "the merge is known", date(2026, 11, 30))
    warning = replace(
        BROKEN,
        name="name",
        severity="warning",
        sentence="Every account has a name.",
        failed_rows=3,
        sample_keys=("a7",),
    )
    verdict = held("r1", warning, replace(BROKEN, override="Ada Lovelace"), overrides=(override,))
    manifest = house.published(verdict).manifest
    assert manifest.overrides == (
        {"check": "accounts/key", "person": "Ada Lovelace", "reason": "the merge is known", "expires_on": "2026-11-30"},
    )
    assert manifest.verdict["warnings"] == 2
    rows = read(
        house.root / "current" / "warehouse.duckdb",
        "select check_id, is_passed, failed_rows, sample_keys, override from cx.quality_results order by 1",
    )
    assert rows == [
        ("accounts/key", False, None, None, "Ada Lovelace"),
        ("accounts/name", False, 3, "a7", None),
        ("accounts/rows", True, None, None, None),
    ]
    page = (house.root / "current" / "quality.html").read_text()
    assert "Every account has a name." in page
    assert "Ada Lovelace" in page


def test_the_page_asks_nobody_for_anything(house):
    house.published(held("r1", replace(BROKEN, severity="warning", sentence="No <script src=//x> is run.")))
    page = (house.root / "current" / "quality.html").read_text().replace('<link rel="icon" href="data:,">', "")
    assert "&lt;script src=//x&gt;" in page
    assert re.findall(r"<(?:script|link|img|iframe|object|embed)|https?:|@import|url\(", page, re.IGNORECASE) == []
    assert set(re.findall(r'href="(.)', page)) == {"#"}


def test_the_same_run_again_changes_nothing(house):
    house.published(held())
    files = {path: path.stat().st_mtime_ns for path in (house.root / "versions").rglob("*")}
    assert not house.published(held()).is_new
    assert {path: path.stat().st_mtime_ns for path in (house.root / "versions").rglob("*")} == files


def test_publications_and_results_carry_their_history(house):
    for number in range(1, 4):
        house.built(f"r{number}").published(held(f"r{number}"), now=NOW + timedelta(days=number))
    warehouse = house.root / "current" / "warehouse.duckdb"
    assert read(warehouse, "select version, previous_version from cx.publications order by published_at") == [
        ("r1", None),
        ("r2", "r1"),
        ("r3", "r2"),
    ]
    assert read(warehouse, "select distinct run_id from cx.quality_results order by 1") == [("r1",), ("r2",), ("r3",)]
    counts = json.loads(read(warehouse, "select row_counts from cx.publications where version = 'r3'")[0][0])
    assert counts == {"accounts": 40, "account_months": 120}


def test_old_versions_go_but_never_the_live_one_or_the_one_before(house):
    target = house.target(keep=2)
    for number in range(1, 5):
        house.built(f"r{number}").published(held(f"r{number}"), target, now=NOW + timedelta(days=number))
    assert [manifest.version for manifest in target.versions()] == ["r4", "r3"]
    assert not list((house.root / "staging").iterdir())
    with pytest.raises(ValueError, match="at least 2"):
        house.target(keep=1)


def test_a_diff_names_the_tables_and_rows_that_changed(house):
    target = house.target()
    house.published(held())
    house.built(
        "r2",
        "delete from cx.account_months where account_id = 'a1'",
        "alter table cx.account_months add column extra int",
    ).published(held("r2"), now=NOW + timedelta(days=1))
    changes = {change.table: change for change in target.diff("r1", "r2")}
    assert not changes["accounts"].is_changed  # its run_id alone differs
    assert (changes["account_months"].old_rows, changes["account_months"].new_rows) == (120, 117)
    assert changes["account_months"].columns_added == ("extra",)


def test_a_reader_of_the_old_version_reads_on(house):
    house.published(held())
    reader = duckdb.connect(str((house.root / "current").resolve() / "warehouse.duckdb"), read_only=True)
    for number in range(2, 6):
        night = house.built(f"r{number}", "delete from cx.accounts")
        night.published(held(f"r{number}"), house.target(keep=2), now=NOW + timedelta(days=number))
        assert reader.execute("select count(*), min(run_id) from cx.accounts").fetchall() == [(40, "r1")]
        assert read(house.root / "current" / "warehouse.duckdb", "select count(*) from cx.accounts") == [(0,)]
    assert not (house.root / "versions" / "r1").exists()
    reader.close()


def test_a_table_that_reads_back_differently_is_not_published(house):
    house = house.built("r1", "create table cx.wide as select 'a' as id, 1::hugeint as big")
    release = {"tables": (PublishedTable("wide"),)}
    with pytest.raises(TargetError, match="wide reads back differently from Parquet; columns that changed type: big"):
        house.published(held(tables=("wide",)), **release)
    assert not (house.root / "current").exists()
    assert not list((house.root / "staging").iterdir())


def test_a_build_that_is_still_written_is_not_published(house):
    with contextlib.closing(duckdb.connect(str(house.build))), pytest.raises(BuildInUseError):
        house.published(held())


def test_a_missing_table_is_an_error_without_a_trace(house):
    release = {"tables": (*PUBLISHED, PublishedTable("gone"))}
    with pytest.raises(TargetError, match="CatalogException"):
        house.published(held(tables=("accounts", "account_months", "gone")), **release)
    assert not (house.root / "current").exists()


def test_names_are_held_to_the_pattern(house):
    with pytest.raises(ValueError, match="not a valid name of a published table"):
        house.published(held(), tables=(PublishedTable('x"; drop table y; --'),))


def test_preflight_says_what_is_wrong_before_the_work(house, tmp_path):
    house.target().preflight()
    with pytest.raises(TargetUnavailableError, match="MB free"):
        house.target().preflight(needed_bytes=1 << 60)
    (tmp_path / "file").write_text("")
    with pytest.raises(TargetUnavailableError, match="cannot be written"):
        open_target("", home=tmp_path / "file").preflight()
    with pytest.raises(ValueError, match="unknown warehouse 'mysql'"):
        open_target("mysql://secret@host/db", home=tmp_path)


@pytest.mark.parametrize(
    ("readers", "file", "folder"), [("owner", 0o400, 0o700), ("group", 0o440, 0o750), ("all", 0o444, 0o755)]
)
def test_published_files_are_read_by_whom_the_setting_names(house, readers, file, folder):
    house.published(held(), house.target(readers=readers))
    modes = {True: set(), False: set()}
    for path in [house.root, house.root / "versions", *(house.root / "versions").rglob("*")]:
        modes[path.is_dir()].add(path.stat().st_mode & 0o777)
    assert modes == {True: {folder}, False: {file}}
    assert (house.root / "staging").stat().st_mode & 0o777 == 0o700
