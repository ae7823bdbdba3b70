"""Alerts: what went wrong, since when, the last good publication, the next step. Each is sent once.

`$CX_HOME/alerts/<key>.json` remembers what was sent: a run that failed by its id, a condition (a stale source) for as long as
it lasts. An alert that could not be delivered stays there unsent, and the next tick, check or night tries it again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT_RUNS = 100
RUN = "run-"


@dataclass(frozen=True)
class Alert:
    """One thing a person must know. No field holds a secret or a row's value; `since` is in UTC."""

    key: str  # names the thing: an alert with the same key is sent once
    what: str
    detail: str
    since: str
    last_good: str
    next_step: str

    @property
    def title(self) -> str:
        return f"cx-patterns: {self.what}"

    @property
    def body(self) -> str:
        facts = [
            self.detail,
            f"Since: {self.since}",
            f"Last good publication: {self.last_good}",
            f"Next step: {self.next_step}",
        ]
        return "\n".join(fact for fact in facts if fact)


Send = Callable[[Alert], bool]


class AlertBook:
    """Alerts that were sent and that are still to be sent, in a folder of its own; one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tell(self, alert: Alert, send: Send) -> bool:
        """Send an alert unless the book says that its key was sent. True where it was sent now.

        The alert of a failed run is sent also where the book can't be written: its disk may be what is full.
        """
        try:
            with self._locked():
                if self._is_told(alert.key):
                    return False
                self._write(alert, is_told=False)
                return self._send(alert, send)
        except OSError:
            if not alert.key.startswith(RUN):
                raise
            return send(alert)

    def retry(self, send: Send) -> int:
        """Send what could not be delivered before; how many were."""
        with self._locked():
            return sum(self._send(alert, send) for alert, is_told in self._entries() if not is_told)

    def end(self, prefix: str, lasting: Iterable[str]) -> None:
        """Forget the conditions of a kind that have ended: when they come back, they are sent again."""
        kept = set(lasting)
        with self._locked():
            for alert, _ in self._entries():
                if alert.key.startswith(prefix) and alert.key not in kept:
                    self._path(alert.key).unlink(missing_ok=True)

    def untold(self) -> list[Alert]:
        with self._locked():
            return [alert for alert, is_told in self._entries() if not is_told]

    def _send(self, alert: Alert, send: Send) -> bool:
        is_sent = send(alert)
        if is_sent:
            with contextlib.suppress(OSError):  # what was sent is not sent again for want of room to note it
                self._write(alert, is_told=True)
                self._forget_old_runs()
        return is_sent

    def _is_told(self, key: str) -> bool:
        path = self._path(key)
        return path.exists() and bool(json.loads(path.read_text())["is_told"])

    def _entries(self) -> list[tuple[Alert, bool]]:
        found = [json.loads(path.read_text()) for path in sorted(self._folder.glob("*.json"))]
        return [(Alert(**entry["alert"]), bool(entry["is_told"])) for entry in found]

    def _write(self, alert: Alert, *, is_told: bool) -> None:
        path = self._path(alert.key)
        passing = path.with_suffix(".new")
        passing.write_text(json.dumps({"alert": asdict(alert), "is_told": is_told}, indent=2, sort_keys=True) + "\n")
        passing.chmod(0o600)
        passing.replace(path)

    def _forget_old_runs(self) -> None:
        runs = sorted(self._folder.glob(f"{RUN}*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in runs[KEPT_RUNS:]:
            path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
