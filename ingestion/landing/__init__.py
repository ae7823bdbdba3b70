"""Raw Parquet on disk: parts, manifests, checkpoints, quarantine."""
