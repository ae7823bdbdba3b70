"""Alerts against real receivers: a webhook, an SMTP server, a command. Told once, and again only when the thing comes back."""

import errno
import json
import logging
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from aiosmtpd.controller import Controller

from ingestion.landing import parts as landing
from ingestion.landing.parts import TableState
from ingestion.registry import sources
from orchestration.alerting.alerts import Alert, AlertBook
from orchestration.alerting.channels import send
from orchestration.alerting.failures import advice, tell, tell_of_failure
from orchestration.alerting.freshness import stale, watch
from orchestration.settings import load

# Apprise's plugins look for modules that Python is about to drop.
pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.filterwarnings("ignore::DeprecationWarning")]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALERT = Alert("run-1", "the run failed", "build: no disk", "2026-11-22 02:00 UTC", "v7", "buy a disk.")
KEEP = "import sys, pathlib, os; pathlib.Path(sys.argv[1]).open('a').write(sys.stdin.read() + str(sorted(os.environ)))"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation in live mode whose only source is the drop folder."""
    (tmp_path / "drop").mkdir()
    for name in ("CX_AS_OF", "CX_WAREHOUSE", "CX_ALERT_URLS", "CX_ALERT_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CX_MODE", "live")
    monkeypatch.setenv("CX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CX_DROP_DIR", str(tmp_path / "drop"))
    return tmp_path / "home"


@pytest.fixture
def letters():
    """What arrived at a real SMTP server, and its address."""

    class Box:
        def __init__(self):
            self.found = []

        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - the library's name
            self.found.append(envelope.content.decode())
            return "250 OK"

    box = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"mailto://127.0.0.1:{port}?from=night@cx.example&to=people@cx.example&mode=insecure&smtp=127.0.0.1"
    yield box
    controller.stop()


def webhook(httpserver, status=200):
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok", status=status)
    return httpserver.url_for("/hook")


def posted(httpserver):
    return [json.loads(request.get_data()) for request, _ in httpserver.log]


@pytest.mark.parametrize(
    ("cause", "text", "what"),
    [
        ("models", "dbt stopped: No space left on device", "the disk is full"),
        ("", "OperationalError at runs.py:1: database or disk is full", "the disk is full"),
        ("models", "dbt could not build: m", "the models could not be built"),
        ("", "anything else", "the run failed"),
    ],
)
def test_a_full_disk_is_the_cause_whichever_step_it_ended(cause, text, what):
    assert advice(cause, text)[0] == what


def test_a_webhook_gets_the_json_that_slack_takes(httpserver, monkeypatch):
    monkeypatch.setenv("CX_ALERT_URLS", webhook(httpserver))
    assert send(ALERT, load())
    (message,) = posted(httpserver)
    assert list(message) == ["text"]
    for part in (
        "the run failed",
        "no disk",
        "Since: 2026-11-22 02:00 UTC",
        "publication: v7",
        "Next step: buy a disk.",
    ):
        assert part in message["text"]


def test_an_e_mail_arrives(letters, monkeypatch):
    monkeypatch.setenv("CX_ALERT_URLS", letters.url)
    assert send(ALERT, load())
    (letter,) = letters.found
    assert "cx-patterns: the run failed" in letter
    assert "buy a disk" in letter


def test_a_command_gets_the_text_and_no_secret(tmp_path, monkeypatch):
    script = tmp_path / "keep.py"
    script.write_text(KEEP)
    monkeypatch.setenv("STRIPE_API_KEY", "sk_canary")
    monkeypatch.setenv("CX_ALERT_COMMAND", f"{sys.executable} {script} '{tmp_path}/told; touch shell'")
    assert send(ALERT, load())
    (told,) = tmp_path.glob("told*")
    assert "Next step: buy a disk." in told.read_text()
    assert "STRIPE_API_KEY" not in told.read_text()
    assert not Path("shell").exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/s3cret", "nosuch://s3cret@host", "mailto://s3cret:s3cret@127.0.0.1:1"]
)
def test_what_cannot_be_delivered_is_said_without_the_address(url, monkeypatch, caplog, capfd):
    monkeypatch.setenv("CX_ALERT_URLS", url)
    assert not send(ALERT, load())
    assert "could not be delivered" in caplog.text
    assert "s3cret" not in caplog.text + "".join(capfd.readouterr())


def test_an_undelivered_alert_is_tried_again_and_a_delivered_one_is_not(tmp_path):
    book, heard = AlertBook(tmp_path / "alerts"), []
    assert not book.tell(ALERT, lambda _: False)
    assert book.untold() == [ALERT]
    assert book.retry(lambda alert: not heard.append(alert)) == 1
    assert not book.tell(ALERT, lambda alert: not heard.append(alert))
    assert heard == [ALERT]
    assert (tmp_path / "alerts").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "alerts" / "run-1.json").stat().st_mode & 0o777 == 0o600


def test_the_next_tick_tells_what_could_not_be_delivered(httpserver, monkeypatch):
    """The receiver was down when the night failed; nothing else is wrong when it is back."""
    monkeypatch.setattr("orchestration.alerting.freshness.stale", lambda *_: [])
    monkeypatch.setenv("CX_ALERT_URLS", "http://127.0.0.1:1/hook")
    assert not tell(ALERT, load())
    monkeypatch.setenv("CX_ALERT_URLS", webhook(httpserver))
    for _ in range(3):
        watch(load(), NOW)
    assert [message["text"].splitlines()[0] for message in posted(httpserver)] == ["cx-patterns: the run failed"]


@pytest.mark.parametrize("where", ["mkdir", "write_text"])
def test_a_full_disk_keeps_no_failed_run_from_being_told(httpserver, monkeypatch, where):
    """The book lies on the disk that is full."""

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("CX_ALERT_URLS", webhook(httpserver))
    monkeypatch.setattr(Path, where, full)
    assert tell(ALERT, load())
    assert len(posted(httpserver)) == 1


def test_the_library_s_log_does_not_say_the_webhook_s_address(httpserver, monkeypatch, caplog):
    """As an operator would see it who has Dagster keep every library's log."""
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("CX_ALERT_URLS", webhook(httpserver))
    assert send(ALERT, load())
    assert "/hook" not in " ".join(record.getMessage() for record in caplog.records if record.name.startswith("httpx"))


def test_a_failed_run_sends_one_message_with_its_first_cause(httpserver, letters, monkeypatch):
    monkeypatch.setenv("CX_ALERT_URLS", f"{webhook(httpserver)} {letters.url}")

    @dg.op
    def first():
        raise dg.Failure("the vendor says 503", metadata={"cause": "source"}, allow_retries=False)

    @dg.op
    def second():
        raise RuntimeError("jane@example.com")

    @dg.job(hooks={tell_of_failure})
    def night():
        first()
        second()

    result = night.execute_in_process(raise_on_error=False)
    (message,) = posted(httpserver)
    assert len(letters.found) == 1
    assert "a source could not be read" in message["text"]
    assert "503" in message["text"]
    assert result.run_id in message["text"]
    assert "Last good publication: none yet" in message["text"]
    assert "make nightly" in message["text"]
    assert "jane" not in message["text"]


def test_a_refusal_of_the_gate_says_so(httpserver, monkeypatch):
    monkeypatch.setenv("CX_ALERT_URLS", webhook(httpserver))

    @dg.op
    def gate():
        raise dg.Failure("2 critical", metadata={"cause": "gate"}, allow_retries=False)

    @dg.job(hooks={tell_of_failure})
    def night():
        gate()

    night.execute_in_process(raise_on_error=False)
    assert "the gate refused the publication" in posted(httpserver)[0]["text"]


def read_until(home: Path, watermark: datetime) -> None:
    folder = next(source for source in sources() if source.domain == "drop")
    for table in folder.tables:
        state = TableState(origin="x", run_id="x", since=watermark.isoformat(), watermark=watermark.isoformat())
        landing.write_state(home / "raw", folder.name, table.name, state)


def test_a_stale_source_is_told_once_until_it_is_fresh_again(home, httpserver, monkeypatch):
    monkeypatch.setenv("CX_ALERT_URLS", webhook(httpserver))
    monkeypatch.setenv("CX_STALE_PUBLICATION_HOURS", "1000000")

    def told():
        return [
            message["text"] for message in posted(httpserver) if "publication (" not in message["text"].split("\n")[0]
        ]

    read_until(home, NOW - timedelta(hours=35))
    watch(load(), NOW)
    assert told() == []
    for hours in (2, 3, 4):
        (alert,) = [one for one in watch(load(), NOW + timedelta(hours=hours)) if one.key.startswith("stale-source")]
    assert alert.since == "2026-11-21 01:00 UTC"
    assert len(told()) == 1
    assert "Since: 2026-11-21 01:00 UTC" in told()[0]
    read_until(home, NOW)
    watch(load(), NOW + timedelta(hours=1))
    watch(load(), NOW + timedelta(hours=40))
    assert len(told()) == 2


def test_a_source_that_was_never_read_and_a_warehouse_without_publication_are_stale():
    found = {alert.key for alert in stale(load(), NOW)}
    assert found == {"stale-source-drop_folder", "stale-publication-file"}


def test_a_server_that_cannot_be_reached_is_stale_without_its_password(monkeypatch):
    monkeypatch.setenv("CX_WAREHOUSE", "postgresql://u:s3cret@127.0.0.1:1/db")
    found = {alert.key: alert for alert in stale(load(), NOW)}
    assert "cannot be reached" in found["stale-publication-postgresql"].detail
    assert "s3cret" not in repr(found)
