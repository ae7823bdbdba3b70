"""The service desk's hours: Monday to Friday from eight to six in New York, with its holidays and daylight saving."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from demo.streams import MINUTE, Floats, Ints

ZONE = ZoneInfo("America/New_York")
ZONE_NAME = "Eastern Time (US & Canada)"  # as the vendor names it
OPENS, CLOSES = time(8), time(18)
SCHEDULE_ID = 360_000_001


def holidays_of(year: int) -> list[tuple[str, date]]:
    """The days of a year on which the desk is closed."""
    november = date(year, 11, 1)
    thanksgiving = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    return [
        ("New Year", date(year, 1, 1)),
        ("Independence Day", date(year, 7, 4)),
        ("Thanksgiving", thanksgiving),
        ("Christmas", date(year, 12, 25)),
    ]


class WorkingHours:
    """Business time between instants, exact at every opening and closing."""

    def __init__(self, first: date, last: date) -> None:
        closed = {day for year in range(first.year, last.year + 1) for _, day in holidays_of(year)}
        days = [first + timedelta(days=offset) for offset in range((last - first).days)]
        opened = [day for day in days if day.weekday() < 5 and day not in closed]
        instants = [datetime.combine(day, at, tzinfo=ZONE).timestamp() for day in opened for at in (OPENS, CLOSES)]
        self.instants = np.array(instants)
        lengths = np.zeros(len(instants))
        lengths[1::2] = self.instants[1::2] - self.instants[::2]
        self.worked = np.cumsum(lengths)
        self.step = (
            np.arange(len(instants)) * 1e-6
        )  # makes the flat parts strictly rise, so that the clock runs backwards too

    def seconds_until(self, instants: Ints) -> Floats:
        """Business seconds from the start of the world to each instant."""
        return np.interp(instants, self.instants, self.worked)

    def minutes_between(self, start: Ints, end: Ints) -> Ints:
        """Whole business minutes from `start` to `end`."""
        worked: Floats = self.seconds_until(end) - self.seconds_until(start)
        minutes: Ints = np.floor(worked / MINUTE + 1e-9).astype(np.int64)
        return minutes

    def after(self, start: Ints, business_seconds: Floats) -> Ints:
        """The instants that lie so many business seconds after `start`."""
        wanted = self.seconds_until(start) + np.maximum(business_seconds, 1.0)
        instants: Ints = np.ceil(np.interp(wanted, self.worked + self.step, self.instants)).astype(np.int64)
        return instants
