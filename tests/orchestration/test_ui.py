"""The Dagster UI as `make ui` starts it, asked the way its pages ask: a person materialises one asset and sees how it went."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import httpx2
import pytest

from tests.orchestration.conftest import AS_OF, ROOT

PATIENCE = 240
LOCATION = """
query { workspaceOrError { ... on Workspace { locationEntries {
  name
  locationOrLoadError { ... on RepositoryLocation { repositories { name } } ... on PythonError { message } }
} } } }
"""
LAUNCH = """
mutation Launch($parameters: ExecutionParams!) { launchPipelineExecution(executionParams: $parameters) {
  ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } ... on RunConfigValidationInvalid { errors { message } }
} }
"""
STATUS = "query Status($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
ASSET = """
query Asset($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
  groupName description kinds owners { ... on TeamAssetOwner { team } }
  assetMaterializations(limit: 1) { runId metadataEntries { label ... on IntMetadataEntry { intValue } } }
} } }
"""
AUTOMATION = """
query { repositoryOrError(repositorySelector: {repositoryName: "%s", repositoryLocationName: "%s"}) { ... on Repository {
  schedules { name cronSchedule executionTimezone } sensors { name }
} } }
"""


class Ui:
    """The server's address and what its pages ask."""

    def __init__(self, client):
        self._client = client

    def ask(self, query, **variables):
        answer = self._client.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def page(self, path):
        return self._client.get(path)


def eventually(found, what):
    """What `found` gives as soon as it gives something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(httpx2.TransportError):
            if result := found():
                return result
        time.sleep(0.3)
    raise AssertionError(f"no {what} within {PATIENCE} s")


@pytest.fixture(scope="module")
def ui(tmp_path_factory):
    home = tmp_path_factory.mktemp("ui")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH") if name in os.environ}
    with (
        (home / "ui.log").open("w") as log,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration", "ui", "--port", str(port)],
            cwd=ROOT,
            env={**kept, "CX_HOME": str(home), "CX_AS_OF": AS_OF, "CX_DEMO_ACCOUNTS": "20"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            ui = Ui(client)

            def answers():
                assert process.poll() is None, (home / "ui.log").read_text()
                return ui.page("/server_info").status_code == 200

            eventually(answers, "page")
            yield ui
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # a shell that runs tests in the background lets them ignore SIGINT
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def location(ui):
    entries = eventually(lambda: ui.ask(LOCATION)["workspaceOrError"]["locationEntries"], "code location")
    (entry,) = entries
    return {
        "repositoryLocationName": entry["name"],
        "repositoryName": entry["locationOrLoadError"]["repositories"][0]["name"],
    }


def test_an_asset_is_materialised_from_the_ui_and_shows_its_rows(ui, location):
    assert "<html" in ui.page("/assets").text
    path = ["raw", "typeform", "forms"]
    selector = {**location, "jobName": "__ASSET_JOB", "assetSelection": [{"path": path}], "assetCheckSelection": []}
    launched = ui.ask(LAUNCH, parameters={"selector": selector, "runConfigData": {}, "mode": "default"})
    run = launched["launchPipelineExecution"]["run"]["runId"]
    ended = {"SUCCESS", "FAILURE", "CANCELED"}

    def status():
        found = ui.ask(STATUS, run=run)["runOrError"]["status"]
        return found if found in ended else None

    assert eventually(status, "end of the run") == "SUCCESS"
    node = ui.ask(ASSET, key={"path": path})["assetNodeOrError"]
    assert node["groupName"] == "raw_survey"
    assert node["description"]
    assert set(node["kinds"]) == {"python", "parquet"}
    assert node["owners"] == [{"team": "data"}]
    (shown,) = node["assetMaterializations"]
    assert shown["runId"] == run
    rows = {entry["label"]: entry.get("intValue") for entry in shown["metadataEntries"]}
    assert rows["dagster/row_count"] > 0


def test_the_nightly_schedule_and_the_watchers_are_on_the_page(ui, location):
    shown = ui.ask(AUTOMATION % (location["repositoryName"], location["repositoryLocationName"]))["repositoryOrError"]
    (nightly,) = shown["schedules"]
    assert (nightly["name"], nightly["cronSchedule"], nightly["executionTimezone"]) == ("nightly", "0 2 * * *", "UTC")
    assert {one["name"] for one in shown["sensors"]} == {"freshness", "lost_runs", "stopped_runs"}
