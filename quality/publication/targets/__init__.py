"""Where publications go: a DuckDB file with Parquet beside it, or a PostgreSQL server."""
