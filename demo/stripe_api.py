"""The billing vendor's REST API: lists newest first, embedded lists cut at ten, objects by id, errors in its shape."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

import msgspec
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from demo.ledger import Ledger, Shelf, Stored
from demo.streams import NEVER
from demo.stripe_objects import API_VERSION, EMBEDDED, Json

MOST = 100
EMBED_URL = {"lines": "/v1/invoices/{id}/lines", "items": "/v1/subscription_items?subscription={id}"}
FILTERS = ("customer", "subscription", "product", "invoice", "charge", "type")


class StripeError(Exception):
    """An answer in the vendor's error shape; `kind` is its type, `param` the parameter at fault."""

    def __init__(
        self, status: int, message: str, param: str | None = None, kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.status, self.param, self.kind = status, param, kind
        self.code = "resource_missing" if status == 404 else None

    def response(self) -> Response:
        """The answer that the vendor gives."""
        error = {"message": str(self), "param": self.param, "type": self.kind, "code": self.code}
        return answer({"error": {key: value for key, value in error.items() if value is not None}}, self.status)


def answer(body: Json | bytes, status: int = 200) -> Response:
    """A JSON answer with the vendor's headers."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(
        data, status, {"Stripe-Version": API_VERSION, "Request-Id": "req_demo"}, content_type="application/json"
    )


class StripeApi:
    """Answers requests below /v1."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def handle(self, request: Request, path: str) -> Response:
        """Answer a GET of `path` (without the /stripe prefix)."""
        try:
            return self._route(request.args, path.strip("/").split("/"))
        except StripeError as error:
            return error.response()

    def _route(self, args: MultiDict[str, str], parts: list[str]) -> Response:
        match parts:
            case ["v1", "subscription_items"]:
                return self._items(args)
            case ["v1", kind] if kind in self.ledger.shelves:
                return self._list(args, kind)
            case ["v1", "invoices", invoice_id, "lines"]:
                return self._embedded(args, "invoices", invoice_id, "lines")
            case ["v1", "credit_notes", note_id, "lines"]:
                return self._embedded(args, "credit_notes", note_id, "lines")
            case ["v1", kind, object_id] if kind in self.ledger.shelves:
                return self._single(args, kind, object_id)
        raise StripeError(404, f"Unrecognized request URL (GET: /{'/'.join(parts)}).")

    def _list(self, args: MultiDict[str, str], kind: str) -> Response:
        expand = _expansions(args, "data.")
        if kind == "events" and expand:
            raise StripeError(400, "Events cannot be expanded.", "expand")
        shelf = self.ledger.shelves[kind]
        found, has_more = _page(shelf, args, kind)
        return _listing([self._rendered(stored, expand) for stored in found], f"/v1/{kind}", has_more)

    def _items(self, args: MultiDict[str, str]) -> Response:
        subscription_id = args.get("subscription")
        if not subscription_id:
            raise StripeError(400, "Missing required param: subscription.", "subscription")
        return self._embedded(args, "subscriptions", subscription_id, "items", "/v1/subscription_items")

    def _embedded(
        self, args: MultiDict[str, str], kind: str, object_id: str, name: str, url: str | None = None
    ) -> Response:
        records = self._found(kind, object_id).lists[name]
        start = 0
        after = args.get("starting_after")
        if after:
            ids = [msgspec.json.decode(record)["id"] for record in records]
            if after not in ids:
                raise StripeError(400, f"No such object: '{after}'", "starting_after")
            start = ids.index(after) + 1
        limit = _limit(args)
        return _listing(
            records[start : start + limit], url or f"/v1/{kind}/{object_id}/{name}", start + limit < len(records)
        )

    def _single(self, args: MultiDict[str, str], kind: str, object_id: str) -> Response:
        if (
            kind == "customers"
            and object_id not in self.ledger.shelves[kind].place
            and self.ledger.deleted_customer(object_id)
        ):
            return answer({"id": object_id, "object": "customer", "deleted": True})
        return answer(self._rendered(self._found(kind, object_id), _expansions(args, "")))

    def _found(self, kind: str, object_id: str) -> Stored:
        stored = self.ledger.shelves[kind].get(object_id)
        if stored is None:
            raise StripeError(404, f"No such {kind.rstrip('s')}: '{object_id}'", "id")
        return stored

    def _rendered(self, stored: Stored, expand: list[str]) -> bytes:
        """The object with its embedded lists and whatever the request expands."""
        body = stored.body
        for name in expand:
            body = self._expanded(body, stored, name)
        for name, records in stored.lists.items():
            url = EMBED_URL.get(name, "/v1/{id}").format(id=stored.object_id)
            shown = _listing_bytes(records[:EMBEDDED], url, len(records) > EMBEDDED)
            body = b'%b,"%b":%b}' % (body[:-1], name.encode(), shown)
        return body

    def _expanded(self, body: bytes, stored: Stored, name: str) -> bytes:
        shelves = self.ledger.shelves
        decoded: Json = msgspec.json.decode(body)
        if name in stored.expansions:
            decoded[name] = msgspec.json.decode(stored.expansions[name])
        elif name in ("customer", "product") and isinstance(decoded.get(name), str):
            other = shelves[f"{name}s"].get(decoded[name])
            decoded[name] = msgspec.json.decode(other.body) if other else {"id": decoded[name], "deleted": True}
        elif name.split(".", maxsplit=1)[0] not in (
            *stored.lists,
            "tiers",
            "discounts",
            "currency_options",
            "applies_to",
        ):
            raise StripeError(400, f"This property cannot be expanded ({name}).", "expand")
        return msgspec.json.encode(decoded)


def _expansions(args: MultiDict[str, str], prefix: str) -> list[str]:
    asked = [value for key in args if key.startswith("expand") for value in args.getlist(key)]
    if any(value.count(".") > 3 for value in asked):
        raise StripeError(400, "You cannot expand more than 4 levels of a property.", "expand")
    wrong = [value for value in asked if not value.startswith(prefix)]
    if wrong:
        raise StripeError(400, f"This property cannot be expanded ({wrong[0]}).", "expand")
    return [value.removeprefix(prefix) for value in asked]


def _limit(args: MultiDict[str, str]) -> int:
    text = args.get("limit", "10")
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise StripeError(400, "Invalid integer: limit must be between 1 and 100.", "limit")
    return int(text)


def _selected(shelf: Shelf, args: MultiDict[str, str], kind: str) -> Iterator[Stored]:
    """The objects that the filters let through, from the cursor on; canceled subscriptions only where they are asked for."""
    newest, oldest = _bounds(args)
    wanted = {name: args[name] for name in FILTERS if name in args}
    types = args.getlist("types[]")
    status = args.get("status")
    start = bisect_left(shelf.newest, -newest, key=lambda stored: -stored.created)
    after = args.get("starting_after")
    if after:
        start = max(start, shelf.place[after] + 1)
    for place in range(start, len(shelf.newest)):
        stored = shelf.newest[place]
        if stored.created < oldest:
            return
        if any(not _matches(stored.keys.get(name, ""), value) for name, value in wanted.items()):
            continue
        if types and stored.keys.get("type") not in types:
            continue
        if kind in ("subscriptions", "invoices") and not _has_status(stored, kind, status):
            continue
        yield stored


def _bounds(args: MultiDict[str, str]) -> tuple[int, int]:
    """The newest and the oldest second, both included, that created[...] asks for."""
    newest, oldest = NEVER, 0
    for key in args:
        if not key.startswith("created["):
            continue
        bound, at = key[8:-1], args[key]
        if not at.isdigit():
            raise StripeError(400, f"Invalid integer: {at}", key)
        match bound:
            case "gte" | "gt":
                oldest = max(oldest, int(at) + (bound == "gt"))
            case "lte" | "lt":
                newest = min(newest, int(at) - (bound == "lt"))
            case _:
                raise StripeError(400, f"Received unknown parameter: {key}", key)
    return newest, oldest


def _matches(value: str, wanted: str) -> bool:
    """Equality; a type of events may end with a wildcard."""
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def _has_status(stored: Stored, kind: str, status: str | None) -> bool:
    if status is None:
        return kind == "invoices" or stored.keys["status"] != "canceled"
    return status == "all" or stored.keys["status"] == ("canceled" if status == "ended" else status)


def _page(shelf: Shelf, args: MultiDict[str, str], kind: str) -> tuple[list[Stored], bool]:
    """One page and whether there is more behind it."""
    limit = _limit(args)
    after, before = args.get("starting_after"), args.get("ending_before")
    for cursor, param in ((after, "starting_after"), (before, "ending_before")):
        if cursor and cursor not in shelf.place:
            raise StripeError(400, f"No such object: '{cursor}'", param)
    selected = _selected(shelf, args, kind)
    if before:
        ahead = [stored for stored in selected if shelf.place[stored.object_id] < shelf.place[before]]
        return ahead[-limit:], len(ahead) > limit
    found = list(islice(selected, limit + 1))
    return found[:limit], len(found) > limit


def _listing_bytes(records: list[bytes], url: str, has_more: bool) -> bytes:
    more = b"true" if has_more else b"false"
    return b'{"object":"list","data":[%b],"has_more":%b,"url":"%b"}' % (b",".join(records), more, url.encode())


def _listing(records: list[bytes], url: str, has_more: bool) -> Response:
    return answer(_listing_bytes(records, url, has_more))
