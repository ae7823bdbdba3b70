"""How long one night waits for vendors that do not answer, over all of them, and who is alerted meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ingestion.contract import Clock, PatienceSpent, Source

TOLD_AFTER_SECONDS = 300.0


class Patience:
    """Counts what is waited, and what failing requests took. One object serves all sources of a night.

    `tell` is called once per source that has not answered for five minutes, or will not have when the next wait is over:
    with the source, what it does, and since when (aware UTC).
    """

    def __init__(self, clock: Clock, limit_seconds: float, tell: Callable[[Source, str, datetime], None]) -> None:
        self._clock, self._limit, self._tell = clock, limit_seconds, tell
        self._spent = 0.0
        self._since: dict[str, datetime] = {}
        self._asked_at: dict[str, datetime] = {}
        self._told: set[str] = set()

    def failed(self, source: Source, what: str, wait_seconds: float) -> None:
        """A request failed, and the next one is to follow after a wait.

        Raises:
            PatienceSpent: with this wait the night would have waited longer than it may.
        """
        now = self._clock.now()
        since = self._since.setdefault(source.name, now)
        asked = self._asked_at.get(source.name, now)
        self._spent += max(0.0, (now - asked).total_seconds())
        if self._spent + wait_seconds > self._limit:
            raise PatienceSpent(
                f"{source.title} {what}, since {since:%H:%M} UTC; the night has waited {self._spent / 60:.0f} minutes, and "
                f"{self._limit / 60:.0f} are what it may (CX_PATIENCE_MINUTES)"
            )
        self._spent += wait_seconds
        silent = (now - since).total_seconds() + wait_seconds
        if silent > TOLD_AFTER_SECONDS and source.name not in self._told:
            self._told.add(source.name)
            self._tell(source, what, since)
        self._asked_at[source.name] = datetime.fromtimestamp(now.timestamp() + wait_seconds, tz=now.tzinfo)

    def answered(self, source: Source) -> None:
        """The source is well: its next silence is a new one."""
        self._since.pop(source.name, None)
        self._asked_at.pop(source.name, None)
