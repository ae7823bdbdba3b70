"""Alerts of a failed run: exactly one message per run, with its first cause and the next step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg

from orchestration.alerting.alerts import RUN, Alert, AlertBook
from orchestration.alerting.channels import has_messengers, send
from orchestration.instance.run_liveness import bury, dead
from orchestration.night import created_at
from orchestration.privacy.error_redaction import is_disk_full, told_of
from orchestration.settings import Settings, load
from orchestration.warehouses import last_good

# By cause of the failed step: what happened, and what to do.
CAUSES = {
    "gate": (
        "the gate refused the publication",
        "open the report of the gate, correct the data or the rule, then run `make nightly` again.",
    ),
    "source": (
        "a source could not be read",
        "correct the file or setting that is named, or check its base URL and credentials; then run `make nightly` again: it continues where it stopped.",
    ),
    "settings": (
        "a setting is wrong",
        "correct the setting that is named, check it with `make doctor`, then run `make nightly` again.",
    ),
    "models": ("the models could not be built", "correct the model that is named, then run `make nightly` again."),
    "warehouse": (
        "a warehouse could not be written",
        "check CX_WAREHOUSE, its server and the disk, then run `make nightly` again: what is already published stays.",
    ),
    "disk": (
        "the disk is full",
        "make room on the disk that holds CX_HOME, then run `make nightly` again: it continues where it stopped.",
    ),
}
STOPPED = (
    "the night was stopped",
    "run `make nightly` again: it continues where it stopped.",
)
GONE = "Its process is gone: it was killed, ran out of memory, or the machine stopped."
UNKNOWN = ("the run failed", "see the run in the Dagster UI (`make ui`), then run `make nightly` again.")


@dg.failure_hook(name="tell_of_failure")
def tell_of_failure(context: dg.HookContext) -> None:
    """Under `make nightly` and the UI alike: the first step that fails for good speaks for its run."""
    error = context.op_exception
    if isinstance(error, dg.DagsterExecutionInterruptedError):
        return  # somebody stopped it, and whoever heard that tells of it
    cause, text = "", type(error).__name__
    if isinstance(error, dg.Failure):
        cause = str(error.metadata["cause"].value) if "cause" in error.metadata else ""
        text = error.description or ""
    alert = of_run(
        load(), context.run_id, cause, f"{context.op.name}: {text}", created_at(context.instance, context.run_id)
    )
    if tell(alert, load()):
        context.log.error("%s\n%s", alert.title, alert.body)


def stopped(settings: Settings, run_id: str, by: str, began_at: datetime) -> Alert:
    """The alert of a run that somebody stopped, which is no failure."""
    what, next_step = STOPPED
    detail = f"{by} What was published before stays readable.\nRun: {run_id}"
    since = f"{began_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Alert(f"{RUN}{run_id}", what, detail, since, last_good(settings), next_step)


def tell(alert: Alert, settings: Settings) -> bool:
    """Send an alert unless it was sent before. True where it was sent now."""
    return AlertBook(settings.alerts).tell(alert, lambda one: send(one, settings))


@contextmanager
def breaks_told(settings: Settings, run_id: str) -> Iterator[None]:
    """Alert of a run that fails outside its steps, as where its history can't be written, unless a step has alerted."""
    began_at = datetime.now(UTC)
    try:
        yield
    except Exception as error:
        tell(of_run(settings, run_id, "", told_of(error), began_at), settings)
        raise


def tell_undelivered(settings: Settings) -> int:
    """Send what could not be delivered before, if there is anybody to send it to; how many were."""
    return AlertBook(settings.alerts).retry(lambda one: send(one, settings)) if has_messengers(settings) else 0


def end_lost_runs(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Note every run whose process is gone as failed, for Dagster would show it as started for ever, and tell of it. Returns their ids."""
    lost = []
    for run_id in dead(settings):
        run = instance.get_run_by_id(run_id)
        if run and not run.is_finished:
            instance.report_run_failed(run, GONE)
            tell(of_run(settings, run_id, "", GONE, created_at(instance, run_id)), settings)
            lost.append(run_id)
        bury(settings, run_id)
    return lost


def advice(cause: str, text: str) -> tuple[str, str]:
    """What happened and what to do, by the failed step's cause and its text. A full disk can end any step."""
    return CAUSES.get("disk" if is_disk_full(text) else cause, UNKNOWN)


def of_run(settings: Settings, run_id: str, cause: str, detail: str, began_at: datetime) -> Alert:
    """The alert of a failed run."""
    what, next_step = advice(cause, detail)
    return Alert(
        key=f"{RUN}{run_id}",
        what=what,
        detail=f"{detail}\nRun: {run_id}",
        since=f"{began_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        last_good=last_good(settings),
        next_step=next_step,
    )
