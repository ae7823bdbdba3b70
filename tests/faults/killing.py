"""Real processes that are really killed, at random instants of a seed that is printed."""

import contextlib
import multiprocessing
import os
import signal
import time

# One warm server of processes: a victim is forked in milliseconds, with everything imported and nothing shared.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.warm"])


def told(begun, work, arguments):
    """What a victim does: say that it begins, then work."""
    begun.send(True)
    begun.close()
    work(*arguments)


class Reaper:
    """Counts what it killed. A victim that ended before its instant was not killed, and is not counted."""

    def __init__(self, random):
        self.random = random
        self.kills = 0

    def until(self, kills, first=0):
        """Numbers from `first`, one per turn, until so many were killed; of a turn's victims one at least is in time, mostly."""
        for number in range(first, first + 2 * kills):
            if self.kills >= kills:
                return
            yield number
        raise AssertionError(f"{self.kills} of {kills} victims were killed in time")

    def kill_some(self, within, work, *arguments):
        """One to three in a row, each beginning with what the one before left; whether one of them lived to its end."""
        killed = [self.kill(within, work, *arguments) for _ in range(self.random.randint(1, 3))]
        return not all(killed)

    def run(self, work, *arguments):
        """To the end, which must be a good one; the seconds it took."""
        process, started = self._start(work, arguments)
        process.join(180)
        assert process.exitcode == 0, process.exitcode
        process.close()
        return time.monotonic() - started

    def kill(self, within, work, *arguments):
        """SIGKILL at a random instant of `within` seconds; whether it came in time."""
        process, _ = self._start(work, arguments)
        time.sleep(self.random.uniform(0, within))
        with contextlib.suppress(ProcessLookupError):  # it ended on its own
            os.kill(process.pid, signal.SIGKILL)
        process.join(60)
        is_killed = process.exitcode == -signal.SIGKILL
        assert is_killed or process.exitcode == 0, process.exitcode
        process.close()
        self.kills += is_killed
        return is_killed

    def _start(self, work, arguments):
        receiving, sending = CONTEXT.Pipe(duplex=False)
        process = CONTEXT.Process(target=told, args=(sending, work, arguments))
        process.start()
        sending.close()
        receiving.recv()
        receiving.close()
        return process, time.monotonic()
