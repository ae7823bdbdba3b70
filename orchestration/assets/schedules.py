"""The nightly job and its schedule."""

from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.settings import Settings

JOB = "nightly"


def nightly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """The job `nightly`, every night at CX_SCHEDULE_HOUR (2) in the reporting time zone; a late tick keeps its own date."""
    zone = ZoneInfo(settings.reporting_timezone)
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="The whole night: extract every source, build every model, judge, publish all tables or none.",
    )

    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.astimezone(zone).date().isoformat()
        as_of = settings.as_of.isoformat() if settings.as_of else day
        return dg.RunRequest(
            run_key=day,
            run_config={"resources": {"pipeline": {"config": {"as_of": as_of}}}},
            tags={"cx/as_of": as_of},
        )

    return dg.ScheduleDefinition(
        name=JOB,
        job=job,
        cron_schedule=f"0 {settings.schedule_hour} * * *",
        execution_timezone=settings.reporting_timezone,
        execution_fn=request,
        description="Publishes last night's figures before the working day begins.",
    )
