"""The gate: expectations, built-in checks and reconciliations end in one verdict."""
