"""A night that a person or the machine stops: it ends within seconds, whatever it is at, and says so.

The signal is heard by a thread of its own, for the main thread may be inside a library that looks at signals when it is done.
Everything written is whole at any instant, so that the process may end there and then.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable(stop: Callable[[str], None]) -> Iterator[None]:
    """While inside, a signal to stop calls `stop` with its name, in another thread. What the caller ignores stays ignored.

    Dagster puts handlers of its own in the place of ours: whichever is there, the interpreter writes each signal's number
    into the pipe.
    """
    heard = {one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN}
    outlet, inlet = os.pipe()
    os.set_blocking(inlet, False)
    before = {one: signal.signal(one, lambda *_: None) for one in heard}
    previous = signal.set_wakeup_fd(inlet, warn_on_full_buffer=False)

    is_stopping = threading.Event()

    def listen() -> None:
        while number := os.read(outlet, 1):
            if number[0] in heard:
                is_stopping.set()
                stop(signal.Signals(number[0]).name)
                return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        # Dagster's handler ends the step too: whoever comes here first leaves the last word to `stop`.
        if is_stopping.is_set():
            listener.join()
        signal.set_wakeup_fd(previous)
        for one, handler in before.items():
            signal.signal(one, handler)
        os.close(inlet)


def within(seconds: float, act: Callable[[], object]) -> None:
    """Do something that may take long or fail, and wait for it no longer than `seconds`."""

    def quietly() -> None:
        # The process ends; what could not be noted is found by the next command.
        with suppress(Exception):
            act()

    doing = threading.Thread(target=quietly, daemon=True)
    doing.start()
    doing.join(seconds)
