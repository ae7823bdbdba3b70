"""The folder in which Dagster keeps what happened: how it is set up, and that every command finds it."""

from __future__ import annotations

from orchestration.settings import Settings, export, make_home

# One run at a time, whoever launched it: the others stand in the UI as queued. Pools are counted by run, so that a killed one
# leaves no slot taken.
INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
python_logs: {python_log_level: INFO}
event_log_storage: {module: orchestration.instance.event_log, class: EventLog, config: {base_dir: {env: DAGSTER_HOME}}}
concurrency: {pools: {default_limit: 1, granularity: run}, runs: {max_concurrent_runs: 1}}
"""
LIMITS = INSTANCE.splitlines()[-1]


def prepare(settings: Settings) -> None:
    """Make the home and Dagster's folder in it, and tell Dagster where it is. A dagster.yaml of somebody's own stays."""
    make_home(settings)
    settings.dagster_home.mkdir(parents=True, exist_ok=True, mode=0o700)
    configuration = settings.dagster_home / "dagster.yaml"
    before_limits = INSTANCE.removesuffix(f"{LIMITS}\n")
    if not configuration.exists() or configuration.read_text() == before_limits:
        configuration.write_text(INSTANCE)
    export(DAGSTER_HOME=str(settings.dagster_home), DAGSTER_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
