"""A change feed at the helpdesk: records in the order of (time, id), read by cursor or by time."""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class Feed:
    """Records of one kind, each encoded once, sorted by the instant of their last change and their id."""

    def __init__(self, records: Iterable[tuple[int, int, bytes]]) -> None:
        ordered = sorted(records)
        self.keys = [(at, record_id) for at, record_id, _ in ordered]
        self.records = [record for _, _, record in ordered]

    def after_cursor(self, cursor: str, size: int, until: int) -> tuple[list[bytes], str, bool]:
        """One page behind the cursor up to the instant `until`: records, next cursor, end of stream. ValueError: no cursor of ours."""
        start = bisect_right(self.keys, cursor_key(cursor))
        return self._page(start, size, until, cursor)

    def since(self, start_time: int, size: int, until: int) -> tuple[list[bytes], str, bool]:
        """The first page of a walk by cursor."""
        start = bisect_left(self.keys, (start_time, 0))
        return self._page(start, size, until, make_cursor(start_time, 0))

    def _page(self, start: int, size: int, until: int, cursor: str) -> tuple[list[bytes], str, bool]:
        last = bisect_left(self.keys, (until + 1, 0))
        stop = min(start + size, last)
        if stop > start:
            cursor = make_cursor(*self.keys[stop - 1])
        return self.records[start:stop], cursor, stop >= last

    def by_time(self, start_time: int, size: int, until: int) -> tuple[list[bytes], int | None, bool]:
        """One page by time, the boundary second whole and included again in the next page: records, end time, end of stream."""
        start = bisect_left(self.keys, (start_time, 0))
        last = bisect_left(self.keys, (until + 1, 0))
        stop = min(start + size, last)
        if stop <= start:
            return [], None, True
        end_time = self.keys[stop - 1][0]
        stop = bisect_left(self.keys, (end_time + 1, 0), lo=stop)
        return self.records[start:stop], end_time, stop >= last


def make_cursor(at: int, record_id: int) -> str:
    """The opaque cursor behind a record."""
    return base64.b64encode(f"{float(at)}||{record_id}|".encode()).decode()


def cursor_key(cursor: str) -> tuple[int, int]:
    """(time, id) that a cursor stands for; ValueError where it isn't one."""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"invalid cursor: {cursor}") from error
    at, _, record_id = text.rstrip("|").partition("||")
    return int(float(at)), int(record_id)
