"""The only place that knows Dagster: it wraps each stage and knows nothing else."""
