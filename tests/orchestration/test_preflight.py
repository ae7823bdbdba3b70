"""What is wrong with the settings is told before anything runs, by the commands themselves, within seconds."""

import re
import resource
import socket
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ingestion.registry import source, sources
from orchestration import preflight
from orchestration.settings import load
from quality.gate import built_in_checks
from quality.publication.manifest import Manifest
from tests.orchestration.conftest import Night

LIVE = {"CX_MODE": "live", "CX_AS_OF": "2026-11-22"}


def timed(night, command="nightly", **more):
    """The command, and the seconds of a processor that it took: others may use the machine too."""

    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()
    ended = night.run(command, **more)
    return ended, spent() - before


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "drop"
    made.mkdir()
    return made


class TestNothingToRead:
    def test_a_live_home_without_a_source_names_the_settings(self, tmp_path, httpserver):
        httpserver.expect_request("/hook").respond_with_data("ok")
        night = Night(tmp_path / "home", {**LIVE, "CX_ALERT_URLS": httpserver.url_for("/hook")})
        ended, seconds = timed(night)
        assert ended.returncode == 4, ended.stdout
        for name in ("STRIPE_API_KEY", "ZENDESK_BASE_URL", "TYPEFORM_TOKEN", "CX_DROP_DIR"):
            assert name in ended.stdout
        assert not (night.home / "raw").exists()
        assert seconds < 5
        (told,) = [request.get_json()["text"] for request, _ in httpserver.log]
        assert "no source is on" in told

    def test_files_of_no_contract_are_named(self, tmp_path, folder):
        (folder / "agreement.csv").write_text("line_id\nL1\n")
        ended, seconds = timed(Night(tmp_path / "home", {**LIVE, "CX_DROP_DIR": str(folder)}))
        assert ended.returncode == 4, ended.stdout
        assert "agreement.csv" in ended.stdout
        assert "agreements" in ended.stdout
        assert "CX_DROP_DIR" in ended.stdout
        assert seconds < 5

    def test_an_empty_folder_is_no_source(self, tmp_path, folder):
        ended = Night(tmp_path / "home", {**LIVE, "CX_DROP_DIR": str(folder)}).run()
        assert ended.returncode == 4, ended.stdout
        assert "CX_DROP_DIR holds no file" in ended.stdout

    def test_sources_that_are_all_switched_off_are_said(self, tmp_path):
        ended = Night(tmp_path / "home", {**LIVE, "STRIPE_API_KEY": "sk", "CX_SOURCES_OFF": "stripe"}).run()
        assert ended.returncode == 4, ended.stdout
        assert "CX_SOURCES_OFF leaves out stripe" in ended.stdout


class TestWrongSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("CX_SOURCES_OFF", "strype"),
            ("CX_OVERRIDES", "/nowhere/overrides.yml"),
            ("CX_ALERT_URLS", "hooks.example.com/canary"),
            ("CX_HOME", "/proc/nowhere"),
        ],
    )
    def test_it_is_named_and_nothing_runs(self, tmp_path, folder, name, value):
        (folder / "accounts.csv").write_text("account_id,name\nA1,Acme\n")
        ended, seconds = timed(Night(tmp_path / "home", {**LIVE, "CX_DROP_DIR": str(folder)}), **{name: value})
        assert ended.returncode == 4, ended.stdout
        assert name in ended.stdout
        assert "canary" not in ended.stdout
        assert not (tmp_path / "home" / "raw").exists()
        assert seconds < 5

    def test_a_misspelt_name_is_told_with_the_right_one(self, tmp_path):
        ended = Night(tmp_path / "home", {**LIVE, "CX_DROPDIR": "/somewhere"}).run()
        assert ended.returncode == 4
        assert "CX_DROPDIR is not a known setting" in ended.stdout
        assert "Did you mean CX_DROP_DIR?" in ended.stdout

    @pytest.mark.parametrize(
        ("status", "text"), [(401, "refused the credentials"), (404, "check STRIPE_BASE_URL"), (302, "STRIPE_BASE_URL")]
    )
    def test_a_wrong_key_costs_one_request(self, tmp_path, httpserver, status, text):
        httpserver.expect_request("").respond_with_json({"error": "no"}, status=status)
        variables = {**LIVE, "STRIPE_API_KEY": "sk_canary", "STRIPE_BASE_URL": httpserver.url_for("").rstrip("/")}
        ended, seconds = timed(Night(tmp_path / "home", variables))
        assert ended.returncode == 3, ended.stdout
        assert text in ended.stdout
        assert "STRIPE" in ended.stdout
        assert "canary" not in ended.stdout
        assert len(httpserver.log) == 1
        assert not (tmp_path / "home" / "raw").exists()
        assert seconds < 5

    def test_a_vendor_that_hangs_or_is_down_is_no_wrong_setting(self, tmp_path, monkeypatch, httpserver):
        httpserver.expect_request("").respond_with_json({}, status=503)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            for name, value in {
                **LIVE, "CX_HOME": str(tmp_path), "STRIPE_API_KEY": "sk", "STRIPE_BASE_URL": httpserver.url_for("").rstrip("/"),
                "TYPEFORM_TOKEN": "t", "TYPEFORM_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            }.items():  # fmt: skip
                monkeypatch.setenv(name, value)
            began = time.monotonic()
            found = preflight.require_ready(load(tmp_path / "absent"), "run-1")
        assert time.monotonic() - began < 5.5
        assert {finding.subject for finding in found} >= {"Stripe"}
        assert {finding.state for finding in found} == {"warning"}


class TestLostSource:
    """A source that was on in the last publication and is off tonight."""

    @pytest.mark.parametrize(
        ("on", "off", "is_passed"),
        [({"stripe", "zendesk"}, set(), True), ({"zendesk"}, set(), False), ({"zendesk"}, {"stripe"}, True)],
    )
    def test_it_is_critical_unless_it_was_switched_off(self, on, off, is_passed):
        previous = SimpleNamespace(sources_read=frozenset({"stripe", "zendesk"}))
        context = SimpleNamespace(previous=previous, sources_on=frozenset(on), sources_off=frozenset(off))
        checks = {check.table: check for check in built_in_checks.source_checks(context)}
        assert checks["raw__stripe"].is_passed is is_passed
        assert checks["raw__stripe"].severity == "critical"
        assert checks["raw__zendesk"].is_passed

    def test_the_check_says_it_until_it_is_switched_off_on_purpose(self, tmp_path, folder):
        (folder / "accounts.csv").write_text("account_id,name\nA1,Acme\n")
        night = Night(tmp_path / "home", {**LIVE, "CX_DROP_DIR": str(folder)})
        now = datetime.now(UTC).replace(tzinfo=None)
        live = Manifest("v1", "r1", None, now.date(), now, "p", "c", is_demo=False, watermarks={}, tables={},
                        verdict={}, sources_on=("drop_folder", "typeform"))  # fmt: skip
        published = night.home / "warehouse" / "versions" / "v1"
        published.mkdir(parents=True)
        (published / "manifest.json").write_text(live.to_json())
        (night.home / "warehouse" / "current").symlink_to("versions/v1")
        lost = night.run("check")
        assert lost.returncode == 1, lost.stdout
        assert "Typeform is off" in lost.stdout
        assert "CX_SOURCES_OFF=typeform" in lost.stdout
        told = night.run("doctor")
        assert "Typeform: it was on in the last publication and is off now" in told.stdout
        on_purpose = night.run("check", CX_SOURCES_OFF="typeform")
        assert "Typeform" not in on_purpose.stdout

    def test_an_old_manifest_knows_its_sources_by_what_was_read(self):
        now = datetime.now(UTC).replace(tzinfo=None)
        old = Manifest("v1", "r1", None, now.date(), now, "p", "c", is_demo=False, watermarks={"stripe.events": now},
                       tables={}, verdict={})  # fmt: skip
        assert Manifest.from_json(old.to_json()).sources_read == {"stripe"}


class TestDoctor:
    def test_it_looks_at_everything_and_says_the_remedy(self, tmp_path, httpserver):
        httpserver.expect_request("/v1/customers").respond_with_json({"data": [], "has_more": False})
        httpserver.expect_request("/v1/refunds").respond_with_json({}, status=403)
        httpserver.expect_request("").respond_with_json({"data": [], "has_more": False})
        variables = {
            **LIVE,
            "STRIPE_API_KEY": "sk_canary",
            "STRIPE_BASE_URL": httpserver.url_for("").rstrip("/"),
            "CX_HOME": str(tmp_path / "home"),
        }
        ended = Night(tmp_path / "home", variables).run("doctor")
        assert ended.returncode == 1, ended.stdout
        lines = [line.strip() for line in ended.stdout.splitlines()]
        for subject in ("Settings", "Alerts", "Stripe", "Typeform", "Clock", "Disk", "Versions", "Warehouse (file)"):
            assert any(re.match(rf"(fine|warning|wrong) +{re.escape(subject)}: ", line) for line in lines), subject
        (refused,) = [line for line in lines if line.startswith("wrong")]
        assert "refunds" in refused
        assert "STRIPE_API_KEY" in refused
        assert "canary" not in ended.stdout

    def test_a_demo_home_is_well(self, demo_night):
        ended = demo_night.run("doctor")
        assert ended.returncode == 0, ended.stdout
        assert "wrong" not in ended.stdout


def test_every_stream_of_a_vendor_has_a_probe():
    assert all(stream.probe for one in sources() if one.domain != "drop" for stream in one.streams)
    assert source("drop_folder").streams[0].probe is None
