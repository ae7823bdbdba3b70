"""Everything the gate knows about the run it judges. It reads neither the clock nor the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from quality.gate.left_out import LeftOut
from quality.gate.verdict import Check, Override
from quality.publication.manifest import Manifest

if TYPE_CHECKING:
    from quality.gate.suite import Suite, Suites


@dataclass(frozen=True)
class Context:
    run_id: str
    as_of: date
    now: datetime  # naive UTC
    policy_version: str
    tables: tuple[str, ...]  # the allow-list that is to be published
    sources_on: frozenset[str]
    sources_off: frozenset[str] = frozenset()  # switched off on purpose
    raw_root: Path | None = None  # folder of the landed streams; None: they are not judged
    watermarks: Mapping[str, datetime] = field(default_factory=dict)  # `source.table` -> read up to
    previous: Manifest | None = None  # the live publication
    history: tuple[Manifest, ...] = ()  # the kept publications of days up to as_of, this run's own left out
    overrides: tuple[Override, ...] = ()
    is_demo: bool = False
    work: Path | None = None  # where the gate may spill; default: beside the build
    memory_limit: str = "1GB"
    max_row_drop: float = 0.3  # share of the last publication's rows that may go missing in a night
    max_age: timedelta = timedelta(hours=36)  # of a source's watermark, against the end of as_of or now
    schema: str = "cx"
    left_out: tuple[LeftOut, ...] = ()  # what of the landed streams is not used, and what is off
    told: tuple[Check, ...] = ()  # checks that were judged elsewhere (the models' own tests) and count the same

    @property
    def reads_until(self) -> datetime:
        """The instant up to which sources should have been read: the end of as_of, or now where that is earlier."""
        return min(self.now, datetime.combine(self.as_of, time.min) + timedelta(days=1))

    @property
    def off_streams(self) -> frozenset[str]:
        """`source.table` of what the accounts of the sources that are on lack."""
        return frozenset(fact.stream for fact in self.left_out if fact.kind == "off")

    def parts(self, stream: str) -> list[Path]:
        """The landed Parquet files of `source.table`, the always present empty one included."""
        if self.raw_root is None:
            return []
        source, table = stream.split(".", 1)
        return sorted((self.raw_root / source / table).glob("v1/*/data.parquet"))

    def is_stream_on(self, suite: Suite) -> bool:
        """A stream is on when its source is and the account has it; a stream of files only when a file was ever dropped."""
        source = suite.stream.split(".", 1)[0]
        if source not in self.sources_on or suite.stream in self.off_streams:
            return False
        if suite.landed_as == "files":
            return any(part.parent.name != "schema=empty" for part in self.parts(suite.stream))
        return True

    def is_silent(self, suite: Suite) -> bool:
        """Whether nothing can come from a stream: it is off, or no row was landed where none is an honest answer."""
        if not self.is_stream_on(suite):
            return True
        if not suite.may_be_empty or self.raw_root is None:
            return False
        try:
            return not any(pq.read_metadata(part).num_rows for part in self.parts(suite.stream))
        except (pa.ArrowException, OSError):
            return False

    def is_fed(self, table: str, suites: Suites) -> bool:
        """Whether a row can come from any of the streams that feed a table. One that names no stream, or an unknown one, is fed."""
        suite, raw = suites.get(table), {one.stream: one for one in suites.raw}
        feeds = suite.fed_by if suite else ()
        return not feeds or any(stream not in raw or not self.is_silent(raw[stream]) for stream in feeds)

    def off_tables(self, suites: Suites) -> tuple[str, ...]:
        """Tables none of whose feeding streams is on. A table that names no stream, or an unknown one, is never off."""
        raw = {suite.stream: suite for suite in suites.raw}
        return tuple(
            table
            for table in self.tables
            if (suite := suites.get(table))
            and suite.fed_by
            and all(stream in raw and not self.is_stream_on(raw[stream]) for stream in suite.fed_by)
        )
