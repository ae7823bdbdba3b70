"""Ways through a vendor's pages, as generators.

Every one refuses a cursor that does not advance or leads in a circle, and a page that does not say whether more follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from ingestion.client.http import Params
from ingestion.contract import AnswerBroken, Client

Base = TypeVar("Base", bound="Listing")


class Listing(msgspec.Struct, kw_only=True):
    """What every page has: records, each as its exact bytes."""

    records: list[msgspec.Raw] = []


class CursorExport(Listing, kw_only=True):
    end_of_stream: bool
    after_cursor: str | None = None


class TimeExport(Listing, kw_only=True):
    end_time: int | None = None
    end_of_stream: bool | None = None
    next_page: str | UnsetType | None = UNSET

    @property
    def is_end(self) -> bool | None:
        """What the page says of itself; None: it says nothing."""
        if self.end_of_stream is not None:
            return self.end_of_stream
        return None if self.next_page is UNSET else self.next_page is None


class CursorMeta(msgspec.Struct):
    has_more: bool
    after_cursor: str | None = None


class WholeList(Listing, kw_only=True):
    """A list that the vendor documents without pages; one that says there is more all the same is not taken as whole."""

    meta: CursorMeta | None = None
    next_page: str | None = None


class CursorList(WholeList, kw_only=True):
    meta: CursorMeta


class IdList(Listing, kw_only=True):
    has_more: bool


class Identified(msgspec.Struct):
    id: str | int


@cache
def named(base: type[Base], key: str) -> type[Base]:
    """`base` with the records under `key`; an answer without the key is broken, not empty."""
    fields = [("records", list[msgspec.Raw])]
    found = msgspec.defstruct(
        f"{base.__name__}Of{key.title()}", fields, bases=(base,), rename={"records": key}, kw_only=True
    )
    return cast("type[Base]", found)


@dataclass(frozen=True, slots=True)
class Export:
    """What to ask for: a path, the key its records stand under, further parameters (`per_page` among them)."""

    path: str
    key: str
    params: Params


def cursor_export(client: Client, export: Export, start: int, cursor: str) -> Iterator[tuple[list[msgspec.Raw], str]]:
    """Start time once, then only the cursor of the last answer. Yields records and the cursor behind them."""
    seen = {"", cursor}
    while True:
        asked = {**export.params, **({"cursor": cursor} if cursor else {"start_time": start})}
        page = client.get(export.path, asked, named(CursorExport, export.key), size="per_page")
        following = page.after_cursor or ""
        if not page.end_of_stream and following in seen:
            raise AnswerBroken(f"{client.source.title}: the cursor of {export.path} does not advance")
        yield page.records, following
        if page.end_of_stream:
            return
        cursor = following
        seen.add(cursor)


def time_export(
    client: Client, export: Export, start: int, cursor: str, *, list_path: str = ""
) -> Iterator[tuple[list[msgspec.Raw], str]]:
    """From one end time to the next; the boundary second comes twice.

    More than a page of records in one second cannot be passed by time: `list_path` is then read by cursor instead.
    """
    start = int(cursor) if cursor else start
    while True:
        asked = {**export.params, "start_time": start}
        page = client.get(export.path, asked, named(TimeExport, export.key), size="per_page")
        is_end = page.is_end
        if is_end is None:
            raise AnswerBroken(f"{client.source.title}: a page of {export.path} does not say whether more follows")
        if is_end:
            yield page.records, str(page.end_time or start)
            return
        if page.end_time is None or page.end_time <= start:
            if not list_path:
                raise AnswerBroken(
                    f"{client.source.title}: {export.path} holds more than a page of records in second {start}"
                )
            for records in cursor_list(client, list_path, export.key, {"page[size]": 100}):
                yield records, ""
            return
        yield page.records, str(page.end_time)
        start = page.end_time


def cursor_list(
    client: Client, path: str, key: str, params: Params, *, is_paged: bool = True
) -> Iterator[list[msgspec.Raw]]:
    """`page[after]` from the answer's meta. `is_paged` False: the vendor documents the list without pages, and without meta."""
    cursor, seen = "", {""}
    while True:
        asked = {**params, **({"page[after]": cursor} if cursor else {})}
        page = client.get(path, asked, named(CursorList if is_paged else WholeList, key), size="page[size]")
        meta = page.meta or CursorMeta(has_more=bool(page.next_page))
        following = meta.after_cursor or ""
        if meta.has_more and following in seen:
            raise AnswerBroken(f"{client.source.title}: the cursor of {path} does not advance")
        yield page.records
        if not meta.has_more:
            return
        cursor = following
        seen.add(cursor)


def id_list(client: Client, path: str, params: Params, *, after: str = "") -> Iterator[list[msgspec.Raw]]:
    """Newest first, `starting_after` the last id, until `has_more` is false."""
    seen = {"", after}
    while True:
        asked = {**params, "limit": 100, **({"starting_after": after} if after else {})}
        page = client.get(path, asked, named(IdList, "data"), size="limit")
        last = str(msgspec.json.decode(page.records[-1], type=Identified).id) if page.records else ""
        if page.has_more and last in seen:
            raise AnswerBroken(f"{client.source.title}: {path} says there is more, but does not advance")
        yield page.records
        if not page.has_more:
            return
        after = last
        seen.add(after)
