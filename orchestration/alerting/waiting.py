"""The patience of a night: a person is alerted of a vendor that does not answer, while the night keeps trying."""

from __future__ import annotations

from datetime import datetime

from ingestion.client.patience import Patience
from ingestion.contract import Clock, Source
from orchestration.alerting.alerts import Alert, AlertBook
from orchestration.alerting.failures import tell
from orchestration.settings import Settings
from orchestration.warehouses import last_good

WAITS = "waits-"
_of_runs: dict[str, Patience] = {}


def patience_of(settings: Settings, run_id: str, clock: Clock) -> Patience:
    """One for all the steps of a run: CX_PATIENCE_MINUTES is the whole night's."""

    def told(source: Source, what: str, since: datetime) -> None:
        alert = waiting(settings, run_id, source, what, since)
        AlertBook(settings.alerts).end(WAITS, [alert.key])
        tell(alert, settings)

    if run_id not in _of_runs:
        _of_runs[run_id] = Patience(clock, settings.patience_minutes * 60, told)
    return _of_runs[run_id]


def waiting(settings: Settings, run_id: str, source: Source, what: str, since: datetime) -> Alert:
    """The alert of a source that does not answer."""
    return Alert(
        key=f"{WAITS}{run_id}-{source.name}",
        what=f"{source.title} does not answer",
        detail=f"{source.title} {what}. The night keeps trying for {settings.patience_minutes} minutes in all "
        f"(CX_PATIENCE_MINUTES).\nRun: {run_id}",
        since=f"{since:%Y-%m-%d %H:%M} UTC",
        last_good=last_good(settings),
        next_step=f"see whether {source.title} is down, and check {source.base_url_setting}; or stop the night (Ctrl-C), and "
        f"run it with CX_SOURCES_OFF={source.name}.",
    )
