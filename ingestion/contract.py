# ruff: noqa: N818 - an error is named for what happened
"""The nouns every connector is written in.

Errors (all carry a text that is safe to log: no secret, no personal data, no query string):

    IngestionError
    |-- SettingRefused        the vendor refused a credential, or a base URL is unusable; names the setting
    |   `-- RightMissing      the vendor knows the credential, and does not let it read this (403)
    |-- RequestRefused        400, 404 and the like: the request itself is wrong; never swallowed
    |-- SourceUnavailable     the retry budget is spent on 429, 5xx, timeouts or broken connections
    |   `-- PatienceSpent     the night has waited as long as it may
    |-- AnswerBroken          an answer that cannot be read, or a cursor that does not advance
    |-- FileRejected          a dropped file whose required column is missing, or that cannot be opened
    `-- LandingRefused        the landing would be harmed; nothing was replaced
        |-- OriginMixed       rows of another origin are already landed
        |-- SnapshotShrunk    an unexpectedly short full extract
        |-- RowsBroken        too many rows break their envelope
        `-- LandingLocked     another writer holds the table
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

import pyarrow as pa

from ingestion.columns import TECHNICAL

if TYPE_CHECKING:
    import httpx2

    from ingestion.columns import Column
    from ingestion.credentials import Credential

Kind = Literal["feed", "ledger", "snapshot", "file"]
Domain = Literal["helpdesk", "billing", "survey", "drop"]
# Told the table and the rows received so far.
Progress = Callable[[str, int], None]


class IngestionError(Exception):
    """What extraction ends with; its text is safe to log."""


class SettingRefused(IngestionError):
    """A credential or base URL was refused; the text names the setting."""


class RightMissing(SettingRefused):
    """The credential is known and may not read this. `is_said`: the vendor speaks of a scope or a permission itself."""

    def __init__(self, message: str, *, is_said: bool) -> None:
        super().__init__(message)
        self.is_said = is_said


class RequestRefused(IngestionError):
    """`status` is the HTTP status."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class SourceUnavailable(IngestionError):
    """The retry budget is spent."""


class PatienceSpent(SourceUnavailable):
    """The night has waited as long as it may for all its sources together; nothing else of this one is asked for."""


class AnswerBroken(IngestionError):
    """An answer that cannot be read, or a cursor that does not advance."""


class FileRejected(IngestionError):
    """A dropped file that cannot be used at all."""


class LandingRefused(IngestionError):
    """The landing would be harmed; nothing was replaced."""


class OriginMixed(LandingRefused):
    """Rows of another origin are already landed."""


class SnapshotShrunk(LandingRefused):
    """An unexpectedly short full extract."""


class RowsBroken(LandingRefused):
    """Too many rows break their envelope."""


class PartDamaged(LandingRefused):
    """A landed part is not the one that was written."""


class LandingLocked(LandingRefused):
    """Another writer holds the table."""


class Clock(Protocol):
    """Time as the caller sees it: `now` is an aware UTC datetime, `sleep` takes seconds."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Table:
    """One raw table: its grain is `key`; columns of the envelope in `columns`, the rest of a record in `_raw`.

    kind      feed: changes by feed time, a re-run can only add (union by key and version)
              ledger: records by creation time, last seen wins (union by key)
              snapshot: a full listing per day; absence from a newer one is a deletion
              file: rows of dropped files; the latest file wins by key
    version   column (UTC timestamp) that orders versions of a key; empty: the time of the listing
    window    column (UTC timestamp) that says which calendar month's part a row belongs to; empty: `version`
    deleted   column and value that mark a tombstone
    redact    paths removed from `_raw` before it is written (personal free text, contact data)
    stream    the table in whose sweep this one is read; empty: its own
    parent    column of the parent's key: a parent that is read again replaces all its children
    known_only  columns that the contract of a file does not name never reach the disk: they may hold what somebody wrote
    is_versioned  snapshot alone: every listing that says something new is kept, for what it said judges its own time
    """

    name: str
    kind: Kind
    key: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]
    version: str = ""
    window: str = ""
    deleted: tuple[str, object] | None = None
    redact: tuple[str, ...] = ()
    stream: str = ""
    parent: str = ""
    known_only: bool = False
    is_versioned: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The envelope: what the vendor's record says, typed."""
        return pa.schema([column.field for column in self.columns])

    @property
    def landed_schema(self) -> pa.Schema:
        """The envelope and the technical columns: what a part of the landing holds."""
        return pa.schema([*self.schema, *TECHNICAL])


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of feed time, UTC. `since` includes the overlap with the last sweep."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("a window needs aware datetimes")

    @property
    def since_epoch(self) -> int:
        return int(self.since.timestamp())

    @property
    def until_epoch(self) -> int:
        return int(self.until.timestamp())


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the vendor sent it. `parent` holds columns that only the enclosing object says."""

    raw: bytes
    parent: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What one request brought, by table. `cursor` resumes the sweep after this page; empty: cannot be resumed."""

    records: Mapping[str, list[Record]]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `requests` in any span of `seconds`."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sweep:
    """One reading of one stream: what it covers, where it goes on, and the end of the last complete one."""

    window: Window
    cursor: str = ""
    last_swept_at: datetime | None = None


Answer = TypeVar("Answer")


class Client(Protocol):
    """What a reader asks a vendor through; it knows the vendor it speaks to."""

    source: Source

    def get(self, path: str, params: Mapping[str, Any], answer: type[Answer], *, size: str = "") -> Answer:
        """One answer, decoded as `answer`. `size` names the parameter that is halved when a page is too big."""


Reader = Callable[["Client", Sweep], Iterator[Page]]
# One cheap request that is answered where the stream may be read.
Probe = Callable[["Client"], object]


@dataclass(frozen=True, slots=True)
class Stream:
    """How tables are read together: `read` is a generator of pages.

    read             None: the tables are files of the drop folder
    close_seconds    the vendor's feed is complete only up to that long before now
    overlap_seconds  the next sweep starts that much before the end of the last one
    relist_after     after a longer gap since the last sweep everything is read anew, from the start date
    is_optional      accounts whose plan lacks the feature are refused it: the tables are off, and the report says so
    whole_since      read from this day on whatever the start date is: who and what older records refer to may have
                     changed long before it
    probe            asked before a night; None: the tables are files of the drop folder
    """

    read: Reader | None
    tables: tuple[Table, ...]
    close_seconds: int = 0
    overlap_seconds: int = 0
    relist_after: timedelta | None = None
    is_optional: bool = False
    whole_since: date | None = None
    probe: Probe | None = None

    @property
    def name(self) -> str:
        return self.tables[0].name

    @property
    def is_listing(self) -> bool:
        return self.tables[0].kind == "snapshot"


@dataclass(frozen=True, slots=True)
class Source:
    """One vendor. `credentials` are alternatives: sets of setting names, the first complete set is used.

    authorize  credentials by setting name -> request headers, or the grant by which a token for them is got
    advice     credentials by setting name -> what a person should know of them; empty: nothing
    rates      documented limits by prefix of the path
    proof      path and parameters of what every plan has and only sufficient rights may read: where that is answered, a 403
               elsewhere is the plan's, not the credentials'. Empty: a 403 is always a missing right
    """

    name: str
    title: str
    domain: Domain
    streams: tuple[Stream, ...]
    base_url_setting: str
    default_base_url: str = ""
    credentials: tuple[tuple[str, ...], ...] = ()
    api_version: str = ""
    authorize: Callable[[Mapping[str, str]], Credential] = lambda _: {}
    advice: Callable[[Mapping[str, str]], str] = lambda _: ""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    proof: tuple[str, Mapping[str, Any]] | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for stream in self.streams for table in stream.tables)

    def is_on(self, connection: Connection) -> bool:
        """Whether the connection says where and as whom to read, and nobody switched it off."""
        if connection.is_switched_off or not (connection.base_url or self.default_base_url):
            return False
        return not self.credentials or bool(self.chosen(connection.credentials))

    def chosen(self, credentials: Mapping[str, str]) -> tuple[str, ...]:
        """The names of the credentials that are used: the first complete set; empty: there is none."""
        complete = (names for names in self.credentials if all(credentials.get(name) for name in names))
        return next(complete, ())

    def table(self, name: str) -> Table:
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"{self.name} has no table {name}")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where and as whom a source is read. `credentials` are keyed by setting name; missing ones turn the source off.

    origin  what `_origin` says; empty: the base URL. The demo company says `demo`.
    force   accept a short snapshot of any table
    shorter  accept a short snapshot of these, by `source.table`
    is_switched_off  left off on purpose, whatever is set
    """

    base_url: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    start_date: date = date(2015, 1, 1)
    transport: httpx2.BaseTransport | None = None
    origin: str = ""
    reporting_timezone: str = "UTC"
    force: bool = False
    shorter: frozenset[str] = frozenset()
    is_switched_off: bool = False

    def accepts_shorter(self, stream: str) -> bool:
        """Whether a person said that a loss of rows of `source.table` is real."""
        return self.force or stream in self.shorter

    def started_at(self, stream: Stream) -> datetime:
        """Midnight of the first day that is read of a stream."""
        day = min(self.start_date, stream.whole_since or self.start_date)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TableReport:
    """What one extraction did to one table. received = kept + duplicate + quarantined + foreign; rows = landed rows."""

    source: str
    table: str
    state: Literal["extracted", "off"]
    rows: int = 0
    parts: int = 0
    watermark: datetime | None = None
    received: int = 0
    kept: int = 0
    duplicate: int = 0
    quarantined: int = 0
    foreign: int = 0
    drift: tuple[str, ...] = ()
    requests: int = 0
    retries: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


def address(source: Source, connection: Connection) -> str:
    """The base URL. Raises SettingRefused when it is none."""
    text = connection.base_url or source.default_base_url
    try:
        url = urlsplit(text)
        is_usable = url.scheme in ("http", "https") and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SettingRefused(f"{source.base_url_setting} is not an http or https URL")
    return text
