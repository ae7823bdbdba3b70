"""dbt in this process: the parsed project, and its events as they happen."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from orchestration.dbt.manifest import parsed
from orchestration.privacy.error_redaction import scrubbed

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

EVENTS = frozenset({"LogSeedResult", "LogModelResult"})
# dbt's own log file and results would quote the values of rows; what happened is told by its events.
NO_FILE = ("--log-level-file", "none", "--no-write-json")
FAILED = frozenset({"error", "fail", "runtime error", "partial success"})


class DbtFailedError(Exception):
    """A model or seed could not be built; the text names each and holds no row's value."""


class Project:
    """The project of one night: parsed before, compiled under the night's options."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = list(options)
        self._manifest = parsed()

    def run(self, command: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Run a command and yield the result events of its nodes as they end."""
        yield from self._invoke([*command, *self._options, "--log-level", "none", *NO_FILE])
        if self._result is None or self._result.exception:
            raise DbtFailedError(f"dbt stopped: {self._problem()}")

    def results(self) -> list[Any]:
        """The results of the last command, one per node."""
        return list(self._result.result or ())

    def _problem(self) -> str:
        return scrubbed(str(self._result.exception if self._result else "no result"))

    def _invoke(self, arguments: Sequence[str]) -> Iterator[dict[str, Any]]:
        events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._result: Any = None

        def work() -> None:
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415 - costs seconds
            from dbt.cli.main import dbtRunner  # noqa: PLC0415 - same
            from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415 - same

            def forward(event: Any) -> None:
                if event.info.name in EVENTS:
                    events.put(msg_to_dict(event))

            try:
                self._result = dbtRunner(manifest=self._manifest, callbacks=[forward]).invoke(list(arguments))
            finally:
                # Else the file stays open for writing in this process and the gate can't read it.
                DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
                events.put(None)

        thread = threading.Thread(target=work, name="dbt", daemon=True)
        thread.start()
        while (event := events.get()) is not None:
            logger.info("%s", event["info"]["msg"])
            yield event
        thread.join()


def require_built(results: Sequence[Any], reported: int) -> None:
    """Raise DbtFailedError with every failed node by name, or when fewer assets were reported than dbt built."""
    failed = [one for one in results if one.status in FAILED]
    if failed:
        lines = [f"{one.node.name}: {scrubbed(str(one.message))}" for one in failed]
        raise DbtFailedError("\n".join(["dbt could not build:", *lines]))
    built = sum(one.status == "success" for one in results)
    if built != reported:
        raise DbtFailedError(f"dbt built {built} tables, {reported} were reported.")
