"""The PostgreSQL target against a real server: one version at a time, whatever dies, and readers hold nobody up."""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta
from urllib.parse import quote

import pytest

from quality.publication.publishing import PublicationRefused
from quality.publication.targets.opening import open_target
from quality.publication.targets.postgres import Postgres
from quality.publication.targets.postgres_session import Session
from quality.publication.targets.target import TargetError, TargetUnavailableError
from tests.quality.conftest import NOW
from tests.quality.test_publishing import BROKEN, held
from tests.quality.test_rollback import stands_aside


@pytest.fixture
def url(server, request):
    """A database of its own for each test."""
    name = f"t{abs(hash(request.node.name)) % 10**9}"
    with contextlib.closing(Session(server.get_uri())) as session:
        session.run(f"create database {name}")
    return server.get_uri(database=name)


@pytest.fixture
def target(url, tmp_path):
    return Postgres(url, spill=tmp_path, keep=2, wait_seconds=0)


def rows(url, query):
    with contextlib.closing(Session(url)) as session:
        return session.rows(query)


def test_a_build_is_published_with_its_comments_and_types(house, target, url):
    manifest = house.published(held(), target).manifest
    assert rows(url, "select count(*) from cx.accounts") == [(40,)]
    assert rows(url, "select obj_description('cx.accounts'::regclass)") == [
        ("One row per account. It's a 'quoted' text.",)
    ]
    assert rows(url, "select col_description('cx.accounts'::regclass, 1)") == [("Key.",)]
    with contextlib.closing(Session(url)) as session:
        assert session.columns("cx", "account_months")["sla_met_rate"] == "numeric(12,4)"
        assert "version_number" not in session.columns("cx", "accounts")
    assert rows(url, "select sla_met_rate::text from cx.account_months where account_id = 'a1' limit 1") == [
        ("0.1429",)
    ]
    assert target.live() == manifest
    assert rows(url, "select version from cx.publications") == [("r1",)]
    assert not house.published(held(), target).is_new
    with pytest.raises(PublicationRefused):
        house.built("r2").published(held("r2", BROKEN), target)
    indexed = rows(url, "select indexdef from pg_indexes where schemaname = 'cx_store' and tablename like 'account%'")
    assert sorted(text.split(" USING ")[1] for (text,) in indexed) == [
        "btree (account_id)",
        "btree (account_id, calendar_month)",
    ]


def test_versions_are_kept_listed_diffed_and_rolled_back(house, target, url):
    for number in range(1, 5):
        night = house.built(f"r{number}", f"delete from cx.accounts where account_id = 'a{number}'")
        night.published(held(f"r{number}"), target, now=NOW + timedelta(days=number))
    assert [manifest.version for manifest in target.versions()] == ["r4", "r3"]
    left = rows(
        url, "select relname::text from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r' order by 1"
    )
    assert left == [("accounts__v3",), ("accounts__v4",)]
    assert {c.table for c in target.diff("r3", "r4") if c.is_changed} == {"accounts", "publications"}
    target.rollback("r3", by="Ada", reason="wrong rates", now=NOW)
    assert rows(url, "select min(run_id) from cx.accounts") == [("r3",)]
    with pytest.raises(PublicationRefused, match="rolled back"):
        night.published(held("r4"), target)
    with pytest.raises(TargetError, match="no version 'r1'"):
        target.rollback("r1", by="Ada", reason="", now=NOW)
    assert [v for (v,) in rows(url, "select version from cx.publications order by 1")] == ["r1", "r2", "r3"]


def test_what_was_taken_back_and_is_wanted_again_is_one_version(house, target, url):
    house.published(held(), target)
    night = house.built("r2")
    night.published(held("r2"), target, now=NOW + timedelta(days=1))
    target.rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    assert night.published(held("r2"), target, now=NOW + timedelta(days=2), again=True).is_new
    assert target.live().version == "r2"
    assert [manifest.version for manifest in target.versions()] == ["r2", "r1"]
    assert rows(url, "select count(*), min(run_id), max(run_id) from cx.accounts") == [(40, "r2", "r2")]


def test_what_was_taken_back_stays_in_the_results(house, target, url):
    for number in (1, 2):
        house.built(f"r{number}").published(held(f"r{number}"), target, now=NOW + timedelta(days=number))
    target.rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    house.built("r3").published(held("r3"), target, now=NOW + timedelta(days=3))
    results = "select run_id, count(*) from cx.quality_results group by 1 order by 1"
    assert rows(url, results) == [("r1", 1), ("r2", 1), ("r3", 1)]


def test_a_reader_in_a_long_transaction_blocks_nobody_and_sees_one_version(house, target, url):
    house.published(held(), target)
    with contextlib.closing(Session(url)) as reader:
        reader.run("begin isolation level repeatable read")
        seen = "select min(run_id), count(*) from cx.accounts"
        assert reader.rows(seen) == [("r1", 40)]
        for number in range(2, 5):
            night = house.built(f"r{number}", "alter table cx.accounts add column extra int")
            manifest = night.published(held(f"r{number}"), target, now=NOW + timedelta(days=number)).manifest
            assert "extra" not in manifest.tables["accounts"].columns  # waits for the reader, and is not claimed
            assert rows(url, "select min(run_id) from cx.accounts") == [(f"r{number}",)]
        assert reader.rows(seen) == [("r1", 40)]
        assert reader.rows("select min(run_id) from cx.account_months") == [("r1",)]
        kept = "select count(*) from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r'"
        assert rows(url, kept) == [(4,)]
        reader.run("commit")
    night = house.built("r5", "alter table cx.accounts add column extra int")
    assert (
        night.published(held("r5"), target, now=NOW + timedelta(days=5)).manifest.tables["accounts"].columns["extra"]
        == "INTEGER"
    )
    assert rows(
        url, "select count(*) from information_schema.columns where table_schema = 'cx' and column_name = 'extra'"
    ) == [(1,)]
    left = rows(
        url, "select relname::text from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r' order by 1"
    )
    assert left == [("accounts__v4",), ("accounts__v5",)]


def test_a_column_that_only_the_view_lacks_is_not_claimed_either(house, target, url):
    house.published(held(), target)
    night = house.built("r2", "alter table cx.accounts add column extra int")
    with contextlib.closing(Session(url)) as analyst:
        analyst.run("begin")
        analyst.run("comment on view cx.accounts is 'not at its end'")  # holds the view, and nothing below it
        manifest = night.published(held("r2"), target, now=NOW + timedelta(days=1)).manifest
        assert (
            "extra"
            in rows(
                url, "select string_agg(attname, ',') from pg_attribute where attrelid = 'cx_store.accounts'::regclass"
            )[0][0]
        )
        assert "extra" not in manifest.tables["accounts"].columns
        analyst.run("rollback")
    night = house.built("r3", "alter table cx.accounts add column extra int")
    manifest = night.published(held("r3"), target, now=NOW + timedelta(days=2)).manifest
    assert manifest.tables["accounts"].columns["extra"] == "INTEGER"


def test_grants_and_dependent_views_survive(house, target, url):
    house.published(held(), target)
    name = url.rsplit("/", 1)[-1].split("?")[0]
    with contextlib.closing(Session(url)) as session:
        session.run(f"create role reader_{name}")
        session.run(f"grant usage on schema cx to reader_{name}")
        session.run(f"grant select on cx.accounts to reader_{name}")
        session.run("create view public.mine as select count(*) as accounts, min(run_id) as run_id from cx.accounts")
    night = house.built("r2", "alter table cx.accounts add column extra int")
    night.published(held("r2"), target, now=NOW + timedelta(days=1))
    assert rows(url, "select count(*) - count(extra) from cx.accounts") == [(40,)]
    assert rows(url, "select accounts, run_id from public.mine") == [(40, "r2")]
    with contextlib.closing(Session(url)) as session:
        session.run(f"set role reader_{name}")
        assert session.rows("select min(run_id) from cx.accounts") == [("r2",)]


def test_a_publisher_needs_no_right_but_on_its_schemas_and_readers_may_be_named_before(house, url, tmp_path):
    name = url.rsplit("/", 1)[-1].split("?")[0]
    with contextlib.closing(Session(url)) as session:
        for role in ("night", "board"):
            session.run(f"create role {role}_{name} login")
        for schema in ("cx", "cx_store"):
            session.run(f"create schema {schema} authorization night_{name}")
        session.run(f"grant usage on schema cx to board_{name}")
        owner = f"alter default privileges for role night_{name} in schema cx"
        session.run(f"{owner} grant select on tables to board_{name}")
    night, board = (url.replace("postgres:@", f"{role}_{name}:@") for role in ("night", "board"))
    assert night != url
    may = []
    asked = f"select has_table_privilege('board_{name}', 'cx.accounts', 'select')"

    def on_step(step):
        if step == "flip":
            may.append(rows(url, asked))

    target = Postgres(night, spill=tmp_path, on_step=on_step)
    target.preflight()
    house.published(held(), target)
    assert may == [[(True,)]]
    assert rows(board, "select count(*) from cx.accounts") == [(40,)]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("night:s3cret@db1:5432,[::1]:5433/cx?target_session_attrs=read-write", "db1:5432,[::1]:5433/cx"),
        ("db/cx?password=s3cret", "db/cx"),
        ("night:a/s3cret@db/cx", "db/cx"),
        ("night:a@s3cret@db/cx", "db/cx"),
        ("night:s3?cret@db/cx", ""),
    ],
)
def test_a_server_is_named_without_user_and_password(tmp_path, url, shown):
    assert Postgres(f"postgresql://{url}", spill=tmp_path).location == f"postgresql://{shown}"


def test_what_is_live_is_kept_however_old_it_is(house, target, url):
    for number in (1, 2):
        house.built(f"r{number}").published(held(f"r{number}"), target, now=NOW + timedelta(days=number))
    target.rollback("r1", by="Ada", reason="wrong rates", now=NOW)
    house.built("r3").published(held("r3"), target, now=NOW + timedelta(days=3))
    house.built("r1").published(held("r1"), target, now=NOW + timedelta(days=4))
    assert target.live().version == "r1"
    assert [manifest.version for manifest in target.versions()] == ["r3", "r2", "r1"]
    assert rows(url, "select count(*), min(run_id) from cx.accounts") == [(40, "r1")]


def test_a_reader_does_not_hold_up_who_clears_away_a_dead_publisher(house, target, url, tmp_path):
    house.published(held(), target)
    with pytest.raises(Killed):
        house.built("r2").published(held("r2"), Postgres(url, spill=tmp_path, on_step=dying("views")))
    left = "select relname::text from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r' order by 1"
    with contextlib.closing(Session(url)) as reader:
        reader.run("begin isolation level repeatable read")
        assert reader.rows("select min(run_id) from cx.accounts") == [("r1",)]
        started = time.monotonic()
        house.built("r3").published(held("r3"), target, now=NOW + timedelta(days=1))
        assert time.monotonic() - started < 30
        assert rows(url, left) == [("accounts__v1",), ("accounts__v2",), ("accounts__v3",)]
        assert reader.rows("select min(run_id) from cx.accounts") == [("r1",)]
        reader.run("commit")
    house.built("r4").published(held("r4"), target, now=NOW + timedelta(days=2))
    assert rows(url, left) == [("accounts__v3",), ("accounts__v4",)]


STEPS = ("facts", "load accounts", "load quality_results", "views", "flip", "collect")


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


def dying(step):
    def die(name):
        if name == step:
            raise Killed

    return die


@pytest.mark.parametrize("step", STEPS)
def test_a_publisher_that_dies_is_cleared_away_by_the_next(house, url, tmp_path, step):
    target = Postgres(url, spill=tmp_path, wait_seconds=0)
    house.published(held(), target)
    night = house.built("r2")
    with pytest.raises(Killed):
        night.published(held("r2"), Postgres(url, spill=tmp_path, on_step=dying(step)))
    assert target.live().version == ("r2" if step == "collect" else "r1")
    night.published(held("r2"), target, now=NOW + timedelta(days=1))
    assert rows(url, "select min(run_id), count(*) from cx.accounts") == [("r2", 40)]
    assert rows(url, "select count(*) from cx_store._versions where state = 'loading'") == [(0,)]
    assert rows(url, "select count(*) from pg_class where relname like 'accounts\\_\\_v%' and relkind = 'r'") == [(2,)]


def test_publishers_that_die_before_they_clear_away_leave_it_to_the_next_run(house, url, tmp_path, target):
    for number in range(1, 5):
        night, run = house.built(f"r{number}"), f"r{number}"
        with pytest.raises(Killed):
            night.published(held(run), Postgres(url, spill=tmp_path, keep=2, on_step=dying("collect")))
        assert not night.published(held(run), target).is_new
        assert [m.version for m in target.versions()] == [run, f"r{number - 1}"][: min(number, 2)]


def test_a_build_that_is_objected_to_under_the_lock_is_not_published(house, target, url):
    house.published(held(), target)
    with pytest.raises(PublicationRefused, match="was erased"):
        house.built("r2").published(held("r2"), target, objection=lambda: "Somebody was erased")
    assert rows(url, "select distinct run_id from cx.accounts") == [("r1",)]
    assert rows(url, "select count(*) from cx_store._versions") == [(1,)]


def test_a_second_publisher_is_told(house, target):
    with target._locked(), pytest.raises(TargetError, match="another publisher holds"):
        house.published(held(), target)


def test_a_retyped_column_is_refused_and_a_nul_is_no_fault(house, target, url):
    house.built("r1", "update cx.accounts set account_name = 'a' || chr(0) || 'b'").published(held(), target)
    assert rows(url, "select distinct account_name from cx.accounts") == [("ab",)]
    retyped = house.built("r2", "alter table cx.accounts alter mrr_minor type text")
    with pytest.raises(TargetError, match=r"accounts\.mrr_minor is bigint in the warehouse and text in the build"):
        retyped.published(held("r2"), target)
    assert target.live().version == "r1"


def test_an_instant_that_reads_back_differently_is_not_published(house, target, url):
    house.published(held(), target)
    night = house.built("r2", "update cx.account_months set seen_at = timestamp 'infinity' where account_id = 'a1'")
    with pytest.raises(TargetError, match="account_months reads back differently from PostgreSQL"):
        night.published(held("r2"), target)
    assert rows(url, "select distinct run_id from cx.accounts") == [("r1",)]


def test_no_error_names_the_password_or_a_row(house, tmp_path, url):
    secret = quote("sw0rdfish canary")
    gone = f"postgresql://user:{secret}@127.0.0.1:1/db"
    target = open_target(gone, home=tmp_path)
    for act in (target.preflight, target.live, lambda: house.published(held(), target)):
        with pytest.raises(TargetUnavailableError) as raised:
            act()
        assert "sw0rdfish" not in f"{raised.value!r}{raised.value.__context__!r}{target!r}".replace("%20", " ")
    with contextlib.closing(Session(url)) as session:
        session.run("create table t (x int)")
        with pytest.raises(TargetError) as refused:
            session.run("insert into t select 'jane@example.com'::int")
    assert "jane" not in str(refused.value)


def test_a_past_night_stands_aside_on_the_server(house, target, url):
    stands_aside(house, target)
    assert rows(url, "select min(run_id) from cx.accounts") == [("r4",)]
    assert [v for (v,) in rows(url, "select version from cx.publications order by 1")] == ["r1", "r2", "r3", "r4"]


def test_the_owner_lacks_no_right_and_another_user_is_told_which(house, target, url):
    house.published(held(), target)
    assert target.lacking_rights() == []
    with contextlib.closing(Session(url)) as session:
        session.run("create role looks_only login")
    other = Postgres(url.replace("//postgres:@", "//looks_only:@"), spill=target.spill)
    lacking = other.lacking_rights()
    assert "`create` on schema cx_store" in lacking
    assert any(right.startswith("ownership of cx.") for right in lacking), lacking
