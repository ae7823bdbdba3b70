"""One run at a time in a home: whoever reads, builds or publishes holds the turn, and the kernel frees it however it ends."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.settings import Settings

# Turns of this process: a night that was begun from a terminal holds its turn before its steps ask for it.
_held: dict[Path, str] = {}


@dataclass(frozen=True)
class Holder:
    """Who is at work: the account of the machine, what was begun by which means, and when (UTC)."""

    run_id: str = "?"
    means: str = "?"
    user: str = "?"
    pid: int = 0
    since: str = "?"

    @property
    def sentence(self) -> str:
        return f"{self.user} began it with {self.means} at {self.since} (run {self.run_id}, process {self.pid})"


class TurnTakenError(Exception):
    """Another run holds the turn; `holder` is who."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(f"A night is running already: {holder.sentence}.")
        self.holder = holder


@contextmanager
def turn(settings: Settings, run_id: str, means: str) -> Iterator[None]:
    """Hold the home's turn.

    Raises:
        TurnTakenError: another run has it. Nobody is waited for.
    """
    path = settings.dagster_home / "turn"
    if _held.get(path) == run_id:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TurnTakenError(_holder(path)) from None
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        file.truncate(0)
        file.write(json.dumps(asdict(Holder(run_id, means, _user(), os.getpid(), since))))
        file.flush()
        _held[path] = run_id
        try:
            yield
        finally:
            del _held[path]


def _holder(path: Path) -> Holder:
    try:
        return Holder(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):  # it has only just begun
        return Holder()


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
