"""Requests kept under a vendor's documented rate, and under what its answers say is left."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from ingestion.contract import Clock, Rate, SourceUnavailable

LONGEST_WAIT_SECONDS = 900.0
# Pairs of headers: requests left in the window, seconds (or epoch) until it starts anew.
BUDGETS = (
    ("rate-limit-remaining", "rate-limit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
)
EXPORT_BUDGET = "zendesk-ratelimit-incremental-exports"


class Pacer:
    """At most `requests` in any span of `seconds`, per prefix of the path.

    A clock that stands still while it sleeps (a rebuilt past night) is taken at its word: what was slept has passed.
    """

    def __init__(self, rates: Mapping[str, Rate], clock: Clock) -> None:
        self._rates = sorted(rates.items(), key=lambda item: -len(item[0]))
        self._clock = clock
        self._slept_beside = 0.0
        self._sent: dict[str, deque[float]] = {}
        self._blocked_until = 0.0

    def wait(self, path: str) -> None:
        """Sleep until a request to `path` is allowed, and count it."""
        self.sleep(self._blocked_until - self._time())
        for prefix, rate in self._rates:
            if path.startswith(prefix):
                sent = self._sent.setdefault(prefix, deque(maxlen=rate.requests))
                if len(sent) == rate.requests:
                    self.sleep(sent[0] + rate.seconds - self._time())
                sent.append(self._time())
                return

    def heed(self, headers: Mapping[str, str]) -> None:
        """Hold the next request back when an answer says that nothing is left."""
        for left, reset in (*((headers.get(a), headers.get(b)) for a, b in BUDGETS), _export_budget(headers)):
            if left is None or reset is None:
                continue
            try:
                seconds = float(reset) if float(left) <= 0 else 0.0
            except ValueError:
                continue
            if seconds > 1e9:
                seconds -= self._clock.now().timestamp()
            if seconds > 0:
                self._blocked_until = max(self._blocked_until, self._time() + min(seconds, LONGEST_WAIT_SECONDS))

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        if seconds > LONGEST_WAIT_SECONDS:
            raise SourceUnavailable(f"asked to wait {seconds:.0f} s; the longest wait is {LONGEST_WAIT_SECONDS:.0f} s")
        before = self._clock.now()
        self._clock.sleep(seconds)
        passed = (self._clock.now() - before).total_seconds()
        self._slept_beside += max(0.0, seconds - max(0.0, passed))

    def _time(self) -> float:
        return self._clock.now().timestamp() + self._slept_beside


def _export_budget(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    pairs = dict(part.strip().partition("=")[::2] for part in headers.get(EXPORT_BUDGET, "").split(";"))
    return pairs.get("remaining"), pairs.get("resets")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, in seconds or as an HTTP date; at least one second."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        at = moment(value)
        if at is None:
            return None
        seconds = (at - now).total_seconds()
    return max(1.0, seconds)


def moment(value: str | None) -> datetime | None:
    """An HTTP date (aware); None where it is none."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - costs more than the answers that have none

    try:
        at = parsedate_to_datetime(value) if value else None
    except (TypeError, ValueError, OverflowError):
        return None
    return at if at and at.tzinfo else None
