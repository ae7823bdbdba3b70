"""The drop folder: what lives in spreadsheets, one table per contract (see drop_contracts).

Files `<contract>.csv`, `<contract>_<anything>.csv`, or .parquet or .xlsx (first sheet). The folder is a full listing: a
file that is gone no longer counts. Rows of the same key: the file that was modified last wins, of files modified at the
same moment the one whose name sorts last, and within a file the last line.
"""

from __future__ import annotations

from ingestion.contract import Source, Stream
from ingestion.drop_folder.contracts import CONTRACTS

SOURCE = Source(
    "drop_folder",
    "Drop folder",
    "drop",
    tuple(Stream(None, (table,)) for table in CONTRACTS),
    base_url_setting="CX_DROP_DIR",
)
