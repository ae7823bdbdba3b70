"""Notifications of a failed night: exactly one message per run, with its first cause and the next step."""

import os

import dagster as dg

from orchestration.settings import Settings, load
from quality.targets import open_target

STEPS = {
    "gate": "Open the report of the gate, mend the data or the rule, run `make nightly` again.",
    "source": "Check the source's base URL and credentials, then run `make nightly` again: it goes on where it stopped.",
    "models": "Read the failed model's message in the Dagster UI, mend it, run `make nightly` again.",
}


@dg.failure_hook(name="tell_of_failure")
def tell_of_failure(context: dg.HookContext) -> None:
    """Send the first failed step's cause to every address in CX_ALERT_URLS."""
    settings = load()
    told = settings.dagster_home / "told"
    told.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(told / context.run_id, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    error = context.op_exception
    cause = "unknown"
    if isinstance(error, dg.Failure) and "cause" in error.metadata:
        cause = str(error.metadata["cause"].value)
    text = error.description if isinstance(error, dg.Failure) else type(error).__name__
    lines = [
        f"cx-patterns: the run {context.run_id} failed in {context.op.name}.",
        str(text),
        f"Last good publication: {_last_good(settings)}.",
        STEPS.get(cause, "See the run in the Dagster UI."),
    ]
    context.log.error("\n".join(lines))
    if settings.alert_urls:
        import apprise  # noqa: PLC0415 - costs a second, needed on a failure alone

        messenger = apprise.Apprise()
        for url in settings.alert_urls:
            messenger.add(url)
        if not messenger.notify(title="cx-patterns: the night failed", body="\n".join(lines)):
            context.log.error("An alert could not be delivered; check CX_ALERT_URLS.")


def _last_good(settings: Settings) -> str:
    live = open_target("", home=settings.home).live()
    return f"{live.version}, as of {live.as_of}" if live else "none yet"
