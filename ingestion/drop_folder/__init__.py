"""Files that people drop: contracts, readers, row checks."""
