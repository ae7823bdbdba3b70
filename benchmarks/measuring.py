"""CPU, memory and time of a command in a process of its own, its children included."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """CPU and wall time in seconds; `peak_mb` is the largest resident set of any one of its processes."""

    cpu: float
    wall: float
    peak_mb: float


class StepFailedError(RuntimeError):
    """A measured command ended with an error; the message names its log."""


def measured(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end. Raises StepFailedError when it fails; what it said is in `log`."""
    began = time.monotonic()
    with log.open("wb") as said:
        child = subprocess.Popen(command, env=dict(environment), stdout=said, stderr=subprocess.STDOUT)
        # wait4 counts this child and those it waited for, whatever else this process has run before.
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise StepFailedError(f"{log.stem} ended with {child.returncode}; see {log}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024)


def kept(path: Path, costs: Mapping[str, Cost]) -> None:
    """Write what was measured, for whoever compares two runs."""
    path.write_text(json.dumps({name: asdict(cost) for name, cost in costs.items()}, indent=2) + "\n")
