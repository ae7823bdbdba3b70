"""How the suite is spread over workers: files that read the same whole night share one, and what takes longest starts first."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

# The night that the tests of a file read: one worker runs it once and plays all of its files.
NIGHTS = {
    "test_canaries.py": "demo_night",
    "test_lost_runs.py": "demo_night",
    "test_model_loop.py": "demo_night",
    "test_nightly.py": "demo_night",
    "test_planted_stories.py": "demo_night",
    "test_preflight.py": "demo_night",
    "test_reconciliations.py": "demo_night",
    "test_report.py": "demo_night",
    "test_currency.py": "story",
    "test_left_out.py": "story",
    "test_past_nights.py": "story",
    "test_stopping.py": "story",
}
NIGHTLY = "tests/orchestration/"
# Folders in the order of what their longest file takes, so that no worker ends alone with it.
LONGEST_FIRST = ("orchestration", "dbt_project", "quality", "demo")


def night_of(file: str) -> str | None:
    """The night that a file reads, by its path from the root; None where it reads none."""
    return NIGHTS.get(file.removeprefix(NIGHTLY)) if file.startswith(NIGHTLY) else None


class ByNight(LoadFileScheduling):
    """Files stay whole, and those of one night stay together."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return night_of(file) or file


# xdist's own groups name no group under the pinned pytest: the worker writes them where pytest no longer reads.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByNight | None:
    return ByNight(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nights first, then the folders with the longest files. A file that reads a night is named above, or the run ends."""

    def place(item: pytest.Item) -> tuple[bool, int]:
        file = item.nodeid.partition("::")[0]
        read = set(NIGHTS.values()) & set(getattr(item, "fixturenames", ()))
        if not read <= {night_of(file)}:
            raise pytest.UsageError(f"{file} reads {', '.join(sorted(read))}: name it in NIGHTS of tests/conftest.py")
        folders = [number for number, name in enumerate(LONGEST_FIRST) if name in item.path.parts]
        return night_of(file) is None, folders[0] if folders else len(LONGEST_FIRST)

    items.sort(key=place)
