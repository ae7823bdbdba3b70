"""Dagster's own instance: its home, its event log, which runs are alive."""
