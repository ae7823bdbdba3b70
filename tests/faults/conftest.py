"""Every test here is a fault. The seed decides the random instants; `make faults SEED=...` plays the same ones again."""

import os
import random
import zlib

import pytest

from tests.faults.killing import Reaper
from tests.quality.conftest import house, server  # noqa: F401 - fixtures


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/faults/" in item.path.as_posix():
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def seed(request, record_property):
    """A seed of its own for each test, out of the one of the run."""
    run = int(os.environ.get("FAULTS_SEED", "1"))
    found = zlib.crc32(f"{run}/{request.node.name}".encode())
    record_property("seed", found)
    return found


@pytest.fixture
def reaper(seed, record_property):
    found = Reaper(random.Random(seed))
    yield found
    record_property("kills", found.kills)
