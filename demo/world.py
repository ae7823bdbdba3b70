"""Which world a home holds: pinned on the first run, so that later nights go on with the same one."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from demo.company import ACCOUNTS, MONTHS, SEED, Company, build
from demo.streams import month_day

FILE = "_demo.json"


class WorldBroken(Exception):  # noqa: N818 - named like the errors of ingestion, for what happened
    """The pinned world cannot be read, or it begins after the night that is asked for."""


@dataclass(frozen=True)
class World:
    """The parameters of a demo world."""

    epoch: date
    seed: int
    accounts: int

    def company(self, as_of: date) -> Company:
        """The company of this world at the end of `as_of`. Raises WorldBroken where the world begins later."""
        if as_of < self.epoch:
            raise WorldBroken(
                f"the demo world begins on {self.epoch}, after {as_of}; use another home for older nights"
            )
        return build(self.epoch, as_of, self.accounts, self.seed)


def pinned(raw: Path) -> World | None:
    """The world that `raw` holds, None before its first run. Raises WorldBroken where the file says no world."""
    path = raw / FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=World)
    except msgspec.DecodeError as error:
        raise WorldBroken(f"{path.name} does not describe a demo world: {error}") from error


def pin(raw: Path, as_of: date, accounts: int = ACCOUNTS, seed: int = SEED) -> World:
    """The world of `raw`, pinned to the 36 months before the month of `as_of` on the first run."""
    found = pinned(raw)
    if found is not None:
        return found
    world = World(month_day(as_of, -MONTHS), seed, accounts)
    raw.mkdir(parents=True, exist_ok=True)
    passing = raw / f"{FILE}.tmp-{os.getpid()}"
    with passing.open("wb") as file:
        file.write(msgspec.json.encode(world))
        file.flush()
        os.fsync(file.fileno())
    passing.replace(raw / FILE)
    return world
