"""What came back from a vendor, before it is understood: a body that is cut, or something else than the API sends."""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

# Where msgspec met what it did not expect.
PLACE = re.compile(r"\(byte (\d+)\)")
WORD = re.compile(r"[\w.+/-]{1,60}")


@dataclass(frozen=True, slots=True)
class Received:
    """A body, its declared type (`application/json`, empty where none was declared) and its size in bytes.

    coding  the content encoding it could not be unpacked from; empty: it was unpacked
    """

    content: bytes
    sort: str
    size: int
    coding: str = ""

    def __str__(self) -> str:
        """Type and size, and nothing of the content."""
        sort = self.sort if WORD.fullmatch(self.sort) else "an undeclared type"
        packed = (
            f" in {self.coding if WORD.fullmatch(self.coding) else 'an encoding'} that can't be unpacked"
            if self.coding
            else ""
        )
        return f"{sort}, {self.size:,} bytes{packed}"

    @property
    def is_cut(self) -> bool:
        """JSON that stops before its end, as a broken connection leaves it: worth asking again."""
        if not self.size:
            return True
        if self.coding or not (self.sort in {"", "text/plain"} or "json" in self.sort):
            return False
        try:
            msgspec.json.decode(self.content)
        except UnicodeDecodeError as error:
            return error.end == len(self.content) and error.reason == "unexpected end of data"
        except (msgspec.DecodeError, RecursionError) as error:
            place = PLACE.search(str(error))
            return "truncated" in str(error) or (place is not None and int(place[1]) >= len(self.content))
        return False
