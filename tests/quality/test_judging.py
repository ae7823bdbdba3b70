"""The gate fails closed: what is empty, missing, misspelt or broken is critical, and only what was judged passes."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import replace
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality.connections import BuildInUseError
from quality.gate.built_in_checks import volume_check
from quality.gate.context import Context
from quality.gate.judging import judge
from quality.gate.left_out import LeftOut
from quality.gate.suite import Suites
from quality.gate.suite_files import load_suites
from quality.gate.verdict import Override
from quality.publication.manifest import Manifest, TableFacts
from quality.publication.publishing import PublishedTable
from quality.publication.quality_page import render
from tests.quality.conftest import ACCOUNTS, AS_OF, NOW, RAW


def found(verdict):
    return {check.check_id: check for check in verdict.breaches}


def previous(**tables):
    return Manifest(
        version="r0", run_id="r0", previous=None, as_of=AS_OF, published_at=NOW, policy_version="p1", code_version="", is_demo=False,
        watermarks={}, tables=tables, verdict={},
    )  # fmt: skip


def test_a_good_build_passes_and_every_line_is_judged(house):
    verdict = house.judged()
    assert verdict.is_publishable
    assert verdict.breaches == ()
    names = {check.check_id for check in verdict.checks}
    assert {"accounts/column_values_to_be_unique/account_id", "accounts/has_rows", "accounts/has_suite"} <= names
    assert "_reconciliations/months_belong_to_accounts" in names


def test_a_critical_breach_refuses_and_names_the_keys(house):
    verdict = house.built("r1", "update cx.accounts set mrr_minor = -5 where account_id in ('a3', 'a4')").judged()
    assert not verdict.is_publishable
    (breach,) = verdict.critical
    assert (breach.failed_rows, breach.evaluated_rows, breach.sample_keys) == (2, 40, ("a3", "a4"))
    assert (breach.owner, breach.sentence) == ("customer-success", "No revenue is negative.")


def test_a_warning_lets_the_run_through(house):
    verdict = house.built("r1", "update cx.accounts set account_name = null where account_id = 'a3'").judged()
    assert verdict.is_publishable
    assert [breach.severity for breach in verdict.warnings] == ["warning"]


def test_at_most_twenty_keys_are_named(house):
    verdict = house.built("r1", "insert into cx.accounts from cx.accounts").judged()
    breach = found(verdict)["accounts/column_values_to_be_unique/account_id"]
    assert (breach.failed_rows, len(breach.sample_keys)) == (80, 20)


@pytest.mark.parametrize(
    ("key", "is_broken"),
    [("'a1', date '2026-08-01'", True), ("'a1', null", True), ("null, date '2026-08-01'", True), ("null, null", False)],
)
def test_a_key_of_several_columns_repeats_with_a_null_in_it_too(house, key, is_broken):
    repeated = f"insert into cx.account_months (account_id, calendar_month) values ({key}), ({key})"
    breaches = found(house.built("r1", "delete from cx.account_months where account_id = 'a1'", repeated).judged())
    breach = breaches.get("account_months/compound_columns_to_be_unique/account_id/calendar_month")
    assert (breach is not None) is is_broken
    assert not is_broken or (breach.failed_rows, breach.evaluated_rows, len(breach.sample_keys)) == (2, 119, 1)


@pytest.mark.parametrize(
    ("change", "check", "cannot_run"),
    [
        ("delete from cx.accounts", "accounts/has_rows", False),
        ("drop table cx.accounts", "accounts/has_rows", True),
        ("drop table cx.accounts", "accounts/column_values_to_be_unique/account_id", True),
        ("drop table cx.accounts", "accounts/has_suite", True),
        ("drop table cx.accounts", "_reconciliations/months_belong_to_accounts", True),
        ("alter table cx.accounts drop column account_name", "accounts/column_values_to_not_be_null/account_name", True),
        ("alter table cx.accounts alter mrr_minor type text using 'much'", "accounts/column_values_to_be_between/mrr_minor", True),
        ("insert into cx.account_months select 'nobody', * exclude (account_id) from cx.account_months limit 1",
         "_reconciliations/months_belong_to_accounts", False),
    ],
)  # fmt: skip
def test_what_is_empty_missing_or_broken_is_critical(house, change, check, cannot_run):
    verdict = house.built("r1", change).judged()
    assert not verdict.is_publishable
    breach = found(verdict)[check]
    assert breach.stops_publication
    assert breach.could_not_run is cannot_run


@pytest.mark.parametrize("expectations", ["", "\nexpectations: []"])
def test_an_empty_suite_is_critical(house, expectations):
    house.suite("table: accounts\nkey: [account_id]\nowner: x" + expectations)
    breach = found(house.judged())["accounts/has_suite"]
    assert breach.could_not_run
    assert breach.detail == "its suite has no expectation that ran"


def test_a_published_table_without_a_suite_is_critical(house):
    verdict = judge(house.build, Suites({}), house.context())
    assert {breach.check_id for breach in verdict.critical} == {"accounts/has_suite", "account_months/has_suite"}


def test_an_argument_the_engine_refuses_is_critical(house):
    house.suite(ACCOUNTS.replace("min_value: 0", "min_value: [1, 2]"))
    breach = found(house.judged())["accounts/column_values_to_be_between/mrr_minor"]
    assert breach.could_not_run


def test_nobody_can_wave_on_what_could_not_run_but_a_named_person_a_breach_until_a_day(house):
    night = house.built("r1", "update cx.accounts set mrr_minor = -5 where account_id = 'a3'")
    allow = Override("accounts/column_values_to_be_between/mrr_minor", "Ada", "credit is on its way", date(2026, 11, 1))
    verdict = night.judged(overrides=(allow,))
    assert verdict.is_publishable
    assert verdict.overrides == (allow,)
    assert verdict.warnings[0].override == "Ada"
    expired = replace(allow, expires_on=date(2026, 10, 31))
    assert not night.judged(overrides=(expired,)).is_publishable
    night = house.built("r1", "drop table cx.account_months")
    waved = [Override(check.check_id, "Ada", "", date(2027, 1, 1)) for check in night.judged().critical]
    assert not night.judged(overrides=tuple(waved)).is_publishable


def test_volume_and_schema_are_held_against_the_last_publication(house):
    accounts = {
        "account_id": "VARCHAR",
        "account_name": "VARCHAR",
        "csm_owner": "VARCHAR",
        "mrr_minor": "INTEGER",
        "gone": "DATE",
    }
    before = previous(
        accounts=TableFacts(80, accounts, ""), account_months=TableFacts(130, {}, ""), old=TableFacts(1, {}, ""),
        publications=TableFacts(1, {}, ""),
    )  # fmt: skip
    breaches = found(house.judged(previous=before))
    assert breaches["accounts/keeps_volume"].detail == "80 rows before, 40 now"
    assert breaches["accounts/keeps_columns"].detail == "removed: gone"
    assert breaches["accounts/keeps_types"].detail == "retyped: mrr_minor"
    assert breaches["accounts/adds_no_column"].severity == "warning"
    assert breaches["old/keeps_tables"].stops_publication
    assert "account_months/keeps_volume" not in breaches


def test_a_table_that_starts_anew_keeps_no_volume():
    anew = load_suites().suites["account_changes"]
    night = Context(
        run_id="r", as_of=AS_OF, now=NOW, policy_version="p1", tables=("account_changes",), sources_on=frozenset(),
        previous=previous(account_changes=TableFacts(118, {}, "")),
    )  # fmt: skip
    plain = replace(anew, starts_anew="")
    told = volume_check("account_changes", plain, 26, night, is_off=False)
    assert told is not None
    assert not told.is_passed
    assert volume_check("account_changes", anew, 26, night, is_off=False) is None


def test_volume_is_held_against_the_usual_one_of_the_kept_publications(house):
    def of(*rows):
        return tuple(previous(accounts=TableFacts(count, {}, "")) for count in rows)

    melting = found(house.judged(previous=of(50)[0], history=of(50, 60, 70, 80)))
    assert melting["accounts/keeps_usual_volume"].detail == "65 rows in the median of 4 publications, 40 now"
    assert melting["accounts/keeps_usual_volume"].stops_publication
    assert "accounts/keeps_volume" not in melting
    for usual in (of(50, 55, 80), of(80, 80), of(0, 0, 0, 0)):
        assert "accounts/keeps_usual_volume" not in found(house.judged(history=usual))


def test_a_stream_that_was_read_less_far_than_before_is_critical(house):
    house.suite(RAW)
    facts = {"raw_root": landed(house, ["1"]), "watermarks": {"helpdesk.organizations": NOW}}
    further = replace(previous(), watermarks={"helpdesk.organizations": NOW + timedelta(minutes=1)})
    assert house.judged(**facts, history=(previous(),)).is_publishable
    breach = found(house.judged(**facts, history=(previous(), further)))["raw__helpdesk/reads_on"]
    assert breach.stops_publication
    assert breach.detail == "read less far: helpdesk.organizations"
    other = {"helpdesk.users": NOW}
    house.suite(RAW.replace("organization", "user"))
    landed(house, ["1"], table="users")
    lost = {**facts, "watermarks": other, "history": (previous(),)}
    assert "raw__helpdesk/reads_on" not in found(house.judged(**lost))
    lost["history"] = (replace(previous(), watermarks={**other, "helpdesk.organizations": NOW}),)
    assert found(house.judged(**lost))["raw__helpdesk/reads_on"].detail == "read less far: helpdesk.organizations"


def test_a_table_whose_sources_are_off_is_published_empty_and_marked_so(house):
    house.suite(RAW)
    off = house.built("r1", "delete from cx.accounts", "delete from cx.account_months")
    verdict = off.judged(sources_on=frozenset())
    assert verdict.is_publishable, found(verdict)
    assert verdict.off_tables == ("accounts", "account_months")
    publication = off.published(verdict)
    assert publication.manifest.tables["accounts"].is_off
    assert not off.judged(sources_on=frozenset({"helpdesk"})).is_publishable


EMPTY = ("delete from cx.accounts", "delete from cx.account_months")


def test_a_table_is_judged_by_the_streams_that_the_account_has(house):
    """The account lacks the feature: the stream is off although its source is on, and this is said where people look."""
    house.suite(RAW)
    off = house.built("r1", *EMPTY)
    lacks = {
        "raw_root": landed(house, []),
        "left_out": (LeftOut("helpdesk.organizations", "off", 1, 1, ("this account does not offer it (HTTP 404)",)),),
        "history": (replace(previous(), watermarks={"helpdesk.organizations": NOW}),),
    }
    verdict = off.judged(**lacks)
    assert verdict.off_tables == ("accounts", "account_months")
    assert verdict.is_publishable, found(verdict)
    (said,) = [check for check in verdict.checks if check.name == "is_on"]
    assert (said.is_passed, said.table) == (True, "raw__helpdesk__organizations")
    assert said.detail == "off; this account does not offer it (HTTP 404)"
    assert "this account does not offer it (HTTP 404)" in render(verdict)


def test_a_table_that_nothing_can_feed_may_be_empty(house):
    """Its one stream is on, and has nothing to tell, which its own suite calls an honest answer."""
    house.suite(RAW.replace("landed_as:", 'may_be_empty: "people alone"\nlanded_as:'))
    facts = {"watermarks": {"helpdesk.organizations": NOW}}
    empty = house.built("r1", *EMPTY)
    verdict = empty.judged(**facts, raw_root=landed(house, []))
    assert verdict.is_publishable, found(verdict)
    assert verdict.off_tables == ()
    said = {check.check_id: check.detail for check in verdict.checks}
    assert said["accounts/has_rows"] == "empty: none of the streams that feed it is on and has rows"
    verdict = empty.judged(**facts, raw_root=landed(house, ["1"]))
    assert found(verdict)["accounts/has_rows"].stops_publication, "rows came, and none is left"
    house.suite(RAW)
    verdict = empty.judged(**facts, raw_root=landed(house, []))
    assert {"accounts/has_rows", "raw__helpdesk__organizations/has_rows"} <= found(verdict).keys()


def landed(house, rows, part="window=2026-10-31", table="organizations"):
    folder = house.folder / "raw" / "helpdesk" / table / "v1" / part
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({f"{table[:-1]}_id": pa.array(rows, pa.string())}), folder / "data.parquet")
    return house.folder / "raw"


def test_landed_streams_are_judged_too(house):
    house.suite(RAW)
    facts = {"raw_root": landed(house, []), "watermarks": {"helpdesk.organizations": NOW}}
    assert "raw__helpdesk__organizations/has_rows" in found(house.judged(**facts))
    landed(house, ["1", None], "window=2026-10-30")
    breach = found(house.judged(**facts))["raw__helpdesk__organizations/column_values_to_not_be_null/organization_id"]
    assert (breach.failed_rows, breach.sample_keys) == (1, ("NULL",))
    landed(house, ["1", "2"], "window=2026-10-30")
    assert house.judged(**facts).is_publishable
    broken = house.folder / "raw/helpdesk/organizations/v1/window=2026-10-30/data.parquet"
    broken.write_bytes(broken.read_bytes()[:-20])
    assert found(house.judged(**facts))["raw__helpdesk__organizations/has_rows"].could_not_run


def test_a_stale_or_unknown_watermark_is_critical(house):
    house.suite(RAW)
    root = landed(house, ["1"])
    end = datetime(2026, 11, 1)  # noqa: DTZ001
    for watermarks, is_fresh in (
        ({}, False),
        ({"helpdesk.organizations": end - timedelta(hours=37)}, False),
        ({"helpdesk.organizations": end - timedelta(hours=35)}, True),
    ):
        assert ("raw__helpdesk/is_fresh" not in found(house.judged(raw_root=root, watermarks=watermarks))) is is_fresh


def test_files_are_on_when_one_was_dropped(house):
    house.suite(RAW.replace("feed", "files"))
    root = landed(house, [], "schema=empty")
    context = house.context(raw_root=root)
    assert context.off_tables(house.suites) == ("accounts", "account_months")
    landed(house, ["1"], "file=abc")
    assert context.off_tables(house.suites) == ()


def test_the_gate_reads_only_and_asks_no_network(house, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the gate went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    evil = "select account_id from read_csv('/etc/hostname')"
    (house.suites_folder / "_reconciliations.yaml").write_text(
        f'owner: x\nreconciliations:\n  - {{name: evil, table: accounts, needs: [], severity: info, sentence: s, sql: "{evil}"}}'
    )
    breach = found(house.judged())["_reconciliations/evil"]
    assert (breach.could_not_run, breach.detail) == (True, "could not run: PermissionException")


def test_a_build_that_is_still_written_is_not_judged(house):
    with contextlib.closing(duckdb.connect(str(house.build))), pytest.raises(BuildInUseError):
        house.judged()


CANARY = "jane.canary@example.com"


def test_no_personal_value_reaches_any_output(house, caplog, capfd):
    texts = "account_id, account_name, csm_owner"
    ruin = [f"update cx.accounts set {column.strip()} = '{CANARY}'" for column in texts.split(",")]
    night = house.built(
        "r1", *ruin, f"update cx.account_months set account_id = '{CANARY}'", "alter table cx.accounts add column n int"
    )
    lines = [
        f"  - {{expectation: {name}, column: {column}, args: {{{args}}}, severity: warning, sentence: s, name: {name}_{column}}}"
        for column in ("account_id", "account_name", "csm_owner")
        for name, args in (
            ("expect_column_values_to_be_in_set", "value_set: [x]"),
            ("expect_column_values_to_be_null", ""),
            ("expect_column_most_common_value_to_be_in_set", "value_set: [x]"),
            ("expect_column_distinct_values_to_be_in_set", "value_set: [x]"),
            ("expect_column_max_to_be_between", "max_value: a"),
            ("expect_column_mean_to_be_between", "max_value: 1"),
            ("expect_column_values_to_match_regex", "regex: ^z"),
            ("expect_column_value_lengths_to_equal", "value: 1"),
        )
    ]
    house.suite(ACCOUNTS + "\n".join(lines))
    verdict = night.judged()
    assert len(verdict.breaches) > 24
    with contextlib.suppress(RuntimeError):
        night.published(verdict)
    warned = replace(
        verdict, checks=tuple(replace(check, severity="warning", could_not_run=False) for check in verdict.checks)
    )
    manifest = night.published(warned, tables=(PublishedTable("account_months"),)).manifest
    current = house.root / "current"
    with contextlib.closing(duckdb.connect(str(current / "warehouse.duckdb"), read_only=True)) as reader:
        results = str(reader.execute("from cx.quality_results").fetchall())
    written = [night.page.read_text(), repr(verdict), caplog.text, *capfd.readouterr(), str(verdict.rows()),
               results, manifest.to_json(), (current / "quality.html").read_text()]  # fmt: skip
    assert not [text for text in written if "canary" in text]
    assert any(check.sample_keys and check.sample_keys[0].startswith("sha256:") for check in verdict.breaches)
