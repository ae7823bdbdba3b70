"""One module per vendor, each exporting SOURCE."""
