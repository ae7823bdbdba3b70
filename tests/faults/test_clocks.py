"""Clocks that jump, dates that come twice, zones of the process: nothing is lost, nothing is there twice."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from ingestion.landing import parts as landing
from tests.faults import victims
from tests.ingestion.conftest import bench, quick_disk  # noqa: F401 - fixtures

ROOT = Path(__file__).parents[2]
EARLY, LATE = victims.NIGHTS


def newest(root):
    """The last version of each record of the feeds and ledgers."""
    return {place: rows for place, rows in victims.landed(root)[0].items() if not place[2].startswith("snapshot=")}


def test_a_clock_that_jumps_back_loses_nothing(bench):  # noqa: F811 - the fixture
    at = int(bench.clock.now().timestamp()) - 86_400 * 3
    served = [{"id": number, "status": "open", "generated_timestamp": at + number} for number in range(5)]

    def handler(request):
        start = int(request.url.params.get("start_time", 0))
        return httpx2.Response(
            200, json={"tickets": [one for one in served if one["generated_timestamp"] >= start], "end_of_stream": True}
        )

    bench.run("zendesk", handler, ["tickets"])
    truth = bench.clock.moment
    bench.clock.moment = truth - timedelta(days=2)
    served.append({"id": 5, "status": "open", "generated_timestamp": at + 5})
    report = bench.run("zendesk", handler, ["tickets"])["tickets"]
    assert (report.kept, report.duplicate) == (1, 5)
    # The watermark never says more than the clock that read it: a clock that once stood in the future heals.
    assert landing.watermarks(bench.root)["zendesk.tickets"] < (truth - timedelta(days=2)).replace(tzinfo=None)
    bench.clock.moment = truth + timedelta(days=1)
    served.append({"id": 6, "status": "open", "generated_timestamp": at + 3 * 86_400 + 6})
    bench.run("zendesk", handler, ["tickets"])
    assert sorted(row["ticket_id"] for row in bench.rows("zendesk", "tickets")) == [str(number) for number in range(7)]


def test_what_the_vendor_dates_in_the_future_is_not_taken_yet(bench):  # noqa: F811 - the fixture
    now = int(bench.clock.now().timestamp())
    served = [{"id": 1, "generated_timestamp": now - 9_000}, {"id": 2, "generated_timestamp": now + 86_400}]

    def handler(_request):
        return httpx2.Response(200, json={"tickets": served, "end_of_stream": True})

    report = bench.run("zendesk", handler, ["tickets"])["tickets"]
    assert (report.received, report.kept, report.foreign) == (2, 1, 1)
    bench.clock.sleep(2 * 86_400)
    bench.run("zendesk", handler, ["tickets"])
    assert sorted(row["ticket_id"] for row in bench.rows("zendesk", "tickets")) == ["1", "2"]


def test_a_past_date_and_back(tmp_path):
    victims.extraction(tmp_path / "straight" / "raw", LATE)
    root = tmp_path / "crooked" / "raw"
    for night in (LATE, EARLY, LATE):
        victims.extraction(root, night)
    straight, crooked = newest(tmp_path / "straight" / "raw"), newest(root)
    assert straight.keys() <= crooked.keys()
    for part, rows in straight.items():
        assert len(crooked[part]) == len(set(crooked[part])), part
        if part[1] != "events":  # the vendor forgets, a landing that saw them does not
            assert set(rows) <= set(crooked[part]), part


MEASURED = """
import sys
from datetime import date
from pathlib import Path
from ingestion.landing import parts as landing
from demo.app import create_app
from demo.world import World
from tests.faults import victims
night = date.fromisoformat(sys.argv[2])
victims.app = lambda as_of, made={}: made.setdefault(as_of, create_app(World(date(2024, 2, 1), 7, 6).company(as_of)))
victims.extraction(Path(sys.argv[1]), night)
print(landing.fingerprint(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "night", ["2024-02-29", "2024-03-31", "2024-10-27"], ids=["leap day", "month end and spring", "autumn"]
)
def test_leap_day_and_month_ends_in_any_process_time_zone(tmp_path, night):
    found = set()
    for zone in ("UTC", "Europe/Berlin", "Pacific/Kiritimati"):
        ended = subprocess.run(
            [sys.executable, "-c", MEASURED, str(tmp_path / zone.replace("/", "-") / "raw"), night],
            cwd=ROOT, env={"PATH": os.environ["PATH"], "TZ": zone, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        found.add(ended.stdout)
    (fingerprint,) = found
    assert len(fingerprint.strip()) == 64
    assert len(landing.parts(tmp_path / "UTC" / "raw", "zendesk", "tickets")) > 0
