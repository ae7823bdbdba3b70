"""The process dies at every single step of writing; the next run ends where an undisturbed one ends."""

import contextlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pyarrow.parquet as pq
import pytest

from ingestion import registry, stream_sync
from ingestion.contract import LandingLocked, OriginMixed
from ingestion.landing import atomic_files
from ingestion.landing import parts as landing

AT = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
MONTH = 31 * 86_400


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class Reaper:
    """Kills at the n-th step of writing: before a sync, before a replace, in the middle of a write."""

    def __init__(self, monkeypatch, step):
        self.left = step
        sync, replace, write, unlink = os.fsync, Path.replace, os.write, Path.unlink
        monkeypatch.setattr(os, "fsync", lambda handle: (self.count(), sync(handle))[1])
        monkeypatch.setattr(Path, "replace", lambda path, target: (self.count(), replace(path, target))[1])
        monkeypatch.setattr(Path, "unlink", lambda path, **more: (self.count(), unlink(path, **more))[1])
        monkeypatch.setattr(os, "write", lambda handle, content: self.torn(write, handle, content))

    def count(self):
        self.left -= 1
        if self.left == 0:
            raise Killed

    def torn(self, write, handle, content):
        self.left -= 1
        if self.left == 0:
            write(handle, content[: len(content) // 2])
            raise Killed
        return write(handle, content)


def ticket(number, at):
    return {"id": number, "status": "open", "generated_timestamp": at}


def tickets(request):
    pages = [
        [ticket(1, AT - MONTH), ticket(2, AT - MONTH)],
        [ticket(3, AT - MONTH + 9), ticket(1, AT)],
        [ticket(4, AT + 5)],
    ]
    place = int(request.url.params.get("cursor", "0"))
    body = {"tickets": pages[place], "after_cursor": str(place + 1), "end_of_stream": place == 2}
    return httpx2.Response(200, json=body)


def subscriptions(_request):
    items = {"data": [{"id": "si_1", "price": {"id": "p"}}], "has_more": False}
    return httpx2.Response(200, json={"data": [{"id": "sub_1", "items": items}], "has_more": False})


def invoices(request):
    if request.url.path == "/v1/events":
        return httpx2.Response(200, json={"data": [], "has_more": False})
    data = [
        {
            "id": f"in_{n}",
            "created": AT - n * MONTH,
            "lines": {"data": [{"id": f"il_{n}", "amount": 1}], "has_more": False},
        }
        for n in range(2)
    ]
    after = request.url.params.get("starting_after")
    place = 0 if after is None else int(after[3:]) + 1
    return httpx2.Response(200, json={"data": data[place : place + 1], "has_more": place < 1})


CASES = [("zendesk", "tickets", tickets), ("stripe", "subscriptions", subscriptions), ("stripe", "invoices", invoices)]


def outcome(bench):
    state = {path.relative_to(bench.root): path.read_bytes() for path in bench.root.rglob("state.json")}
    # Rows, not bytes: the manifest in the footer counts the requests of its own run.
    rows = {path: pq.read_table(bench.root / path, partitioning=None).to_pylist() for path in bench.files()}
    return rows, state, landing.fingerprint(bench.root)


@pytest.mark.parametrize("case", CASES, ids=[case[1] for case in CASES])
def test_killed_at_any_step_the_next_run_ends_the_same(bench, monkeypatch, tmp_path, case):
    name, table, handler = case
    monkeypatch.setattr(stream_sync, "FLUSH_ROWS", 2)
    start = datetime(2026, 1, 1, tzinfo=UTC).date()

    template = tmp_path / "template"
    landing.prepare(template, [registry.source(name)])

    def run(folder):
        bench.root = tmp_path / folder / "raw"
        shutil.copytree(template, bench.root)
        return lambda: bench.run(name, handler, [table], start_date=start)

    run("clean")()
    wanted = outcome(bench)
    assert len(wanted[0]) > 2
    step = 0
    while True:
        step += 1
        go = run(f"killed-{step}")
        with monkeypatch.context() as patch:
            Reaper(patch, step)
            with contextlib.suppress(Killed):
                go()
                break
        go()
        assert outcome(bench) == wanted, step
        leftovers = [
            path
            for path in bench.root.rglob("*")
            if atomic_files.TEMPORARY in path.name or path.name == "checkpoint.json"
        ]
        assert leftovers == [], step
        if step % 5 == 0:
            go()
            assert outcome(bench) == wanted, step
    assert step > 15


def test_a_dead_sweep_goes_on_at_its_cursor(bench, monkeypatch):
    monkeypatch.setattr(stream_sync, "FLUSH_ROWS", 2)
    seen = []

    def handler(request):
        seen.append(request.url.params.get("cursor"))
        if len(seen) == 3:
            raise Killed
        return tickets(request)

    start = datetime(2026, 1, 1, tzinfo=UTC).date()
    with pytest.raises(Killed):
        bench.run("zendesk", handler, ["tickets"], start_date=start)
    assert len(bench.rows("zendesk", "tickets")) == 4
    bench.run("zendesk", handler, ["tickets"], start_date=start)
    assert seen == [None, "1", "2", "2"]
    assert len(bench.rows("zendesk", "tickets")) == 5


def test_a_cursor_that_the_vendor_forgot_starts_the_sweep_anew(bench, monkeypatch):
    monkeypatch.setattr(stream_sync, "FLUSH_ROWS", 2)
    seen = []

    def handler(request):
        cursor = request.url.params.get("cursor")
        seen.append(cursor)
        if len(seen) == 2:
            raise Killed
        return httpx2.Response(400) if len(seen) == 3 else tickets(request)

    start = datetime(2026, 1, 1, tzinfo=UTC).date()
    with pytest.raises(Killed):
        bench.run("zendesk", handler, ["tickets"], start_date=start)
    bench.run("zendesk", handler, ["tickets"], start_date=start)
    assert seen == [None, "1", "1", None, "1", "2"]
    assert len(bench.rows("zendesk", "tickets")) == 5


def test_a_manifest_that_a_crash_left_behind_is_mended_from_the_data(bench):
    bench.run("zendesk", tickets, ["tickets"], start_date=datetime(2026, 1, 1, tzinfo=UTC).date())
    wanted = landing.fingerprint(bench.root)
    (path,) = bench.root.glob("zendesk/tickets/v1/window=2026-11-01/data.manifest.json")
    path.unlink()
    assert landing.parts(bench.root, "zendesk", "tickets")["window=2026-11-01"].rows == 2
    assert landing.fingerprint(bench.root) == wanted


def test_one_writer_per_source(bench):
    def handler(request):
        with pytest.raises(LandingLocked, match="another process"):
            bench.run("zendesk", tickets, ["tickets"])
        return tickets(request)

    bench.run("zendesk", handler, ["tickets"])
    bench.run("zendesk", tickets, ["tickets"])


def test_rows_of_two_origins_never_mix(bench):
    bench.run("stripe", subscriptions, ["subscriptions"], origin="demo")
    asked = len(bench.requests)
    with pytest.raises(OriginMixed, match=r"holds rows of demo, and https://stripe\.test"):
        bench.run("stripe", subscriptions, ["subscriptions"])
    assert len(bench.requests) == asked
    assert {row["_origin"] for row in bench.rows("stripe", "subscriptions")} == {"demo"}


def test_files_are_readable_by_their_owner_alone(bench):
    bench.run("stripe", subscriptions, ["subscriptions"])
    modes = {oct(path.stat().st_mode & 0o777) for path in bench.root.rglob("*")}
    assert modes == {"0o600", "0o700"}


def test_the_fingerprint_says_what_was_landed_and_not_when(bench, tmp_path):
    bench.run("stripe", subscriptions, ["subscriptions"])
    first = landing.fingerprint(bench.root)
    bench.root = tmp_path / "other" / "raw"
    bench.clock.sleep(1800)
    bench.run("stripe", subscriptions, ["subscriptions"])
    assert landing.fingerprint(bench.root) == first
    bench.run("stripe", invoices, ["invoices"])
    assert landing.fingerprint(bench.root) != first
    assert set(landing.watermarks(bench.root)) == {
        "stripe.subscriptions", "stripe.subscription_items", "stripe.invoices", "stripe.invoice_lines",
    }  # fmt: skip
