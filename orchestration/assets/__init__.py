"""What Dagster shows: raw, modelled and published assets, the job, its schedule, the sensors."""
