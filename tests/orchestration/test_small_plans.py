"""A night of a helpdesk on a small plan: no surveys, no schedules, no metric events, and nobody made an organization."""

from datetime import date

import dagster as dg
import pytest

from demo.world import World
from tests.faults.test_bad_answers import served
from tests.orchestration.conftest import Night
from tests.orchestration.plans import SmallPlan

AS_OF = date(2026, 10, 14)
REFUSED = {"satisfaction_ratings": 403, "survey_responses": 404, "schedules": 404, "ticket_metric_events": 403}
OFF = {
    "zendesk.satisfaction_ratings": 403,
    "zendesk.csat_survey_responses": 404,
    "zendesk.schedules": 404,
    "zendesk.schedule_holidays": 404,
    "zendesk.ticket_metric_events": 403,
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A published night, and what it said."""
    plan = SmallPlan(World(date(2026, 8, 1), 7, 20), AS_OF, REFUSED, {"cx": "s3cret-client"})
    with served(plan) as url:
        variables = {
            "CX_MODE": "live",
            "CX_START_DATE": "2026-08-01",
            "CX_AS_OF": AS_OF.isoformat(),
            "ZENDESK_BASE_URL": f"{url}/zendesk",
            "ZENDESK_CLIENT_ID": "cx",
            "ZENDESK_CLIENT_SECRET": "s3cret-client",
        }
        night = Night(tmp_path_factory.mktemp("small"), variables)
        ended = night.run(CX_AS_OF=AS_OF.isoformat())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return night, ended.stdout


def test_it_publishes_what_there_is(small):
    night, _ = small
    assert night.query("select count(*) > 100 from cx.tickets") == [(True,)]
    for empty in ("survey_responses", "satisfaction_trend", "accounts", "support_account_months"):
        assert night.manifest["tables"][empty]["rows"] == 0


def test_what_the_plan_lacks_is_off_in_the_run_at_its_asset_and_on_the_page(small):
    night, said = small
    page = (night.current / "quality.html").read_text()
    for stream, status in OFF.items():
        reason = f"this account of Zendesk Support does not offer it (HTTP {status})"
        for text in (said, page):
            assert stream in text
            assert reason in text
        with night.history() as instance:
            key = dg.AssetKey(["raw", *stream.split(".")])
            metadata = instance.get_latest_materialization_event(key).asset_materialization.metadata
        assert metadata["state"].value == "off"
        assert metadata["reason"].value == f"off: {reason}"
    assert night.query("select count(*) from cx.quality_results where detail like 'off; this account%'") == [
        (len(OFF),)
    ]


def test_neither_the_client_s_secret_nor_a_token_is_written(small):
    night, said = small
    assert "s3cret" not in said
    files = [path for path in night.home.rglob("*") if path.is_file()]
    assert files
    assert [
        path for path in files if b"s3cret-client" in (content := path.read_bytes()) or b"granted-" in content
    ] == []
