"""What every test shares: how the suite is spread over workers, and how hard properties are searched."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The quick suite plays the same examples every time; `make test-deep` looks for new ones.
settings.register_profile("quick", derandomize=True, deadline=None)
settings.register_profile("deep", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# A fixture that runs whole nights is made by one worker, which plays every test that reads it.
NIGHTS = ("demo_night", "story")
# Folders in the order of what their longest file takes, so that no worker ends alone with it.
LONGEST_FIRST = ("orchestration", "dbt_project", "quality", "demo")


@pytest.hookimpl(tryfirst=True)  # the workers read the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one night stay on one worker, others with their file; what takes longest starts first."""

    def place(item: pytest.Item) -> tuple[bool, int]:
        nights = [name for name in NIGHTS if name in getattr(item, "fixturenames", ())]
        group = nights[0] if nights else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
        folders = [number for number, name in enumerate(LONGEST_FIRST) if name in item.path.parts]
        return not nights, folders[0] if folders else len(LONGEST_FIRST)

    items.sort(key=place)
