"""The folder in which Dagster keeps what happened: how it is set up, and that every command finds it."""

from __future__ import annotations

from orchestration.settings import Settings, export, make_home

INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
python_logs: {python_log_level: INFO}
event_log_storage: {module: orchestration.instance.event_log, class: EventLog, config: {base_dir: {env: DAGSTER_HOME}}}
"""


def prepare(settings: Settings) -> None:
    """Make the home and Dagster's folder in it, and tell Dagster where it is. A dagster.yaml that is there stays."""
    make_home(settings)
    settings.dagster_home.mkdir(parents=True, exist_ok=True, mode=0o700)
    configuration = settings.dagster_home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(INSTANCE)
    export(DAGSTER_HOME=str(settings.dagster_home), DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
