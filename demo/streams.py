"""Where every random number of the demo company comes from, and how its time is counted."""

import zlib
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

DAY = 86_400
HOUR = 3_600
MINUTE = 60
NEVER = 1 << 50  # an instant after every night, so that comparisons need no None

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def stream(seed: int, account: int, topic: str) -> np.random.Generator:
    """The random stream of one account and topic; its n-th draw never depends on how far the world has run."""
    key = np.random.SeedSequence([seed, account, zlib.crc32(topic.encode())])
    return np.random.Generator(np.random.PCG64(key))


def epoch_seconds(day: date) -> int:
    """Midnight UTC at the start of `day`, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def month_day(first: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `first`."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_starts(first: date, months: int) -> list[int]:
    """The starts of the first `months` months and the end of the last, in seconds."""
    return [epoch_seconds(month_day(first, offset)) for offset in range(months + 1)]


def month_offset(first: date, day: date) -> int:
    """How many calendar months `day` lies after the month of `first`."""
    return (day.year - first.year) * 12 + day.month - first.month


def as_day(second: int) -> date:
    """The UTC day of an instant."""
    return datetime.fromtimestamp(second, tz=UTC).date()


def iso(second: int) -> str:
    """An instant as the vendors write it: 2026-01-31T08:00:00Z."""
    return datetime.fromtimestamp(second, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_all(seconds: Ints) -> list[str | None]:
    """A column of instants as the vendors write them; NEVER becomes None."""
    text = np.datetime_as_string(np.where(seconds < NEVER, seconds, 0).astype("datetime64[s]")).tolist()
    missing = (seconds >= NEVER).tolist()
    return [None if gone else f"{value}Z" for value, gone in zip(text, missing, strict=True)]
