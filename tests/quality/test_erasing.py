"""Erasure from what is published: every kept version is whole, current, and without the subject, in the file and on the server."""

import contextlib
from datetime import timedelta

import duckdb
import pytest

from quality.connections import quoted
from quality.gate.failing_keys import shown
from quality.gate.verdict import Check
from quality.publication.erasing import Subject, erase_from_file, erase_from_server
from quality.publication.manifest import Manifest
from quality.publication.quality_page import write_page
from quality.publication.targets import version_files as files
from quality.publication.targets.postgres import Postgres
from quality.publication.targets.postgres_session import Session
from tests.quality.conftest import NOW
from tests.quality.test_publishing import held

ACCOUNT = Subject(accounts=frozenset({"a7"}), phrases=frozenset({"company 7"}))
PERSON = Subject(
    values=frozenset({"person9@example.com", "a9"}),
    personal=frozenset({"csm_owner"}),
    phrases=frozenset({"person9@example.com", "nina o'hara"}),
)


@pytest.fixture
def two_nights(house):
    """Two versions; company 8 is named after company 7, and a name of two words stands in a text."""
    for run, day in (("r1", 1), ("r2", 2)):
        change = "update cx.accounts set account_name = 'branch of Company 7, Nina O''Hara' where account_id = 'a8'"
        house.built(run, change).published(held(run), now=NOW + timedelta(days=day))
    return house


def read(path, query):
    with contextlib.closing(duckdb.connect(str(path.resolve()), read_only=True)) as connection:
        return connection.execute(query).fetchall()


def test_an_account_leaves_every_kept_version_and_readers_see_a_whole_one(two_nights):
    target = two_nights.target()
    with contextlib.closing(
        duckdb.connect(str((target.current / files.WAREHOUSE).resolve()), read_only=True)
    ) as reader:
        done = erase_from_file(target, ACCOUNT)
        assert reader.execute("select count(*) from cx.accounts").fetchall() == [(40,)]
    assert [(one.version, one.now, one.removed, one.changed) for one in done] == [
        (run, f"{run}.e1", {"accounts": 1, "account_months": 3}, {"accounts": 1}) for run in ("r1", "r2")
    ]
    live = target.live()
    assert (live.version, live.run_id, live.previous) == ("r2.e1", "r2", "r1.e1")
    assert [one.version for one in target.versions()] == ["r2.e1", "r1.e1"]
    for manifest in target.versions():
        folder = target.store / manifest.version
        files.verify_files(folder, manifest.files)
        assert manifest.tables["accounts"].rows == 39
        assert read(folder / files.WAREHOUSE, "select count(*) from cx.accounts where account_id = 'a7'") == [(0,)]
        assert read(folder / files.WAREHOUSE, "select account_name from cx.accounts where account_id = 'a8'") == [
            ("branch of erased, Nina O'Hara",)
        ]
        assert read(folder / files.WAREHOUSE, "select account_name from cx.accounts where account_id = 'a17'") == [
            ("Company 17",)
        ]
        for path in folder.rglob("*"):
            assert path.is_dir() or b"person7@" not in path.read_bytes()
    comment = "select comment from duckdb_tables() where table_name = 'accounts'"
    assert "quoted" in read(target.current / files.WAREHOUSE, comment)[0][0]
    assert erase_from_file(target, ACCOUNT) == []
    target.rollback("r1.e1", by="Ada", reason="test", now=NOW)
    assert target.live().run_id == "r1"


def test_failing_keys_of_an_account_leave_the_results_and_the_page(house):
    broken = Check(
        "accounts", "accounts", "key", "unique", "An account is there once.", "warning", "data", is_passed=False,
        sample_keys=("a7", "a7|2026-10-01", "a17"),
    )  # fmt: skip
    verdict = held("r1", broken)
    write_page(house.page, verdict)
    house.published(verdict)
    assert "a7|2026-10-01" in (house.target().current / files.PAGE).read_text()
    erase_from_file(house.target(), ACCOUNT)
    results = "select sample_keys from cx.quality_results where sample_keys is not null"
    assert read(house.target().current / files.WAREHOUSE, results) == [("erased, erased|2026-10-01, a17",)]
    page = (house.target().current / files.PAGE).read_text()
    assert "<code>erased|2026-10-01</code> <code>a17</code>" in page
    assert "<code>a7" not in page


def test_an_account_that_keys_show_as_a_digest_leaves_them_too():
    name = "Über & Söhne"
    keys = f"{shown(name)}|2026-10-01, {shown('Other & Co')}|2026-10-01"
    assert name not in keys
    cleaned = f"erased|2026-10-01, {shown('Other & Co')}|2026-10-01"
    subject = Subject(frozenset({name}))
    assert subject.cleaned_keys(keys) == cleaned
    with contextlib.closing(duckdb.connect()) as connection:
        query = f"select {subject.cleaned('sample_keys')} from (select {quoted(keys)} as sample_keys)"
        assert connection.execute(query).fetchall() == [(cleaned,)]


def test_a_night_goes_on_after_an_erasure(two_nights):
    erase_from_file(two_nights.target(), ACCOUNT)
    assert not two_nights.built("r2").published(held("r2")).is_new
    done = two_nights.built("r3").published(held("r3"), now=NOW + timedelta(days=3))
    assert (done.version, done.manifest.previous) == ("r3", "r2.e1")


def test_a_person_is_replaced_in_personal_columns_and_inside_texts(two_nights):
    target = two_nights.target()
    erase_from_file(target, PERSON)
    warehouse = target.current / files.WAREHOUSE
    assert read(warehouse, "select csm_owner from cx.accounts where account_id = 'a9'") == [("erased",)]
    assert read(warehouse, "select count(*) from cx.accounts where account_id = 'a9'") == [(1,)]
    assert read(warehouse, "select account_name from cx.accounts where account_id = 'a8'") == [
        ("branch of Company 7, erased",)
    ]
    assert read(warehouse, "select csm_owner from cx.accounts where account_id = 'a19'") == [("person19@example.com",)]


def test_the_server_loses_the_same_rows_and_tells_the_same_facts(two_nights, server, request, tmp_path):
    name = f"e{abs(hash(request.node.name)) % 10**9}"
    with contextlib.closing(Session(server.get_uri())) as session:
        session.run(f"create database {name}")
    url = server.get_uri(database=name)
    there, here = Postgres(url, spill=tmp_path), two_nights.target()
    two_nights.built("r1").published(held("r1"), there, now=NOW)
    change = "update cx.accounts set account_name = 'branch of Company 7, Nina O''Hara' where account_id = 'a8'"
    two_nights.built("r2", change).published(held("r2"), there, now=NOW + timedelta(days=2))
    for subject in (ACCOUNT, PERSON):
        erase_from_file(here, subject)
        (done,) = erase_from_server(there, subject, {one.run_id: one for one in here.versions()})
        assert done.changed["accounts"] >= 1
    with contextlib.closing(Session(url)) as session:
        keys = "(select 'a7, a7|2026-10-01, a17'::text as sample_keys) as results"
        assert session.rows(f"select {ACCOUNT.cleaned('sample_keys')} from {keys}") == [
            ("erased, erased|2026-10-01, a17",)
        ]
        assert session.rows("select count(*) from cx_store.accounts where account_id = 'a7'") == [(0,)]
        assert session.rows("select account_name from cx.accounts where account_id = 'a8'") == [
            ("branch of erased, erased",)
        ]
        assert session.rows("select csm_owner from cx.accounts where account_id = 'a9'") == [("erased",)]
    live = there.live()
    assert isinstance(live, Manifest)
    assert live.tables["accounts"] == here.live().tables["accounts"]
    assert erase_from_server(there, ACCOUNT, {}) == []
