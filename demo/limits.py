"""A vendor's request budget over a clock that the caller brings; without one the budget is counted but never spent."""

from collections import deque
from collections.abc import Callable
from math import ceil
from threading import Lock

WINDOW = 60.0


class Budget:
    """At most `limit` requests in any `window` seconds."""

    def __init__(self, limit: int, clock: Callable[[], float] | None = None, window: float = WINDOW) -> None:
        self.limit = limit
        self.window = window
        self._clock = clock
        self._taken: deque[float] = deque()
        self._lock = Lock()

    def take(self) -> int:
        """Count one request; 0 where it is allowed, else the whole seconds to wait."""
        if self._clock is None:
            return 0
        with self._lock:
            self._forget()
            if len(self._taken) >= self.limit:
                return self._wait()
            self._taken.append(self._clock())
            return 0

    def left(self) -> int:
        """How many requests the window still allows."""
        return self.limit - len(self._taken)

    def reset(self) -> int:
        """Whole seconds until the oldest request of the window no longer counts."""
        return self._wait() if self._taken else 0

    def _forget(self) -> None:
        now = self._clock() if self._clock else 0.0
        while self._taken and self._taken[0] <= now - self.window:
            self._taken.popleft()

    def _wait(self) -> int:
        now = self._clock() if self._clock else 0.0
        return max(1, ceil(self._taken[0] + self.window - now))
