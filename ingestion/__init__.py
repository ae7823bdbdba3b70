"""Extraction of vendor records to Parquet: a plain library, importable without the orchestrator."""
