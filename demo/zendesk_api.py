"""The helpdesk's REST API: incremental exports by cursor and by time, cursor lists, limits in its headers."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import msgspec
from werkzeug.wrappers import Request, Response

from demo.feeds import Feed
from demo.helpdesk_state import Desk
from demo.limits import Budget
from demo.people import Json
from demo.streams import MINUTE

MOST = 1_000
CURSOR_MOST = 100
SURVEY_MOST = 50
ACCOUNT_LIMIT = 700  # requests a minute of an Enterprise account; exports have a smaller budget of their own
SUFFIX = ".json"


class ZendeskError(Exception):
    """An answer in the vendor's error shape."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error = status, error

    def response(self) -> Response:
        """The answer that the vendor gives."""
        body = msgspec.json.encode({"error": self.error, "description": str(self)})
        return Response(body, self.status, content_type="application/json; charset=utf-8")


class ZendeskApi:
    """Answers requests below /api/v2. `budget` counts export requests where a limit is to be kept."""

    def __init__(self, desk: Desk, budget: Budget) -> None:
        self.desk = desk
        self.budget = budget
        self.until = desk.now - MINUTE  # the exports leave out what happened in the last minute

    def handle(self, request: Request, path: str) -> Response:
        """Answer a GET of `path` (without the /zendesk prefix)."""
        try:
            response = self._route(request, path.strip("/").removesuffix(SUFFIX).removeprefix("api/v2/"))
        except ZendeskError as error:
            response = error.response()
        response.headers["X-Rate-Limit"] = str(ACCOUNT_LIMIT)
        response.headers["X-Rate-Limit-Remaining"] = str(ACCOUNT_LIMIT - 1)
        return response

    def _route(self, request: Request, path: str) -> Response:
        exports: dict[str, Callable[[Request], Response]] = {
            "incremental/tickets/cursor": self._tickets,
            "incremental/users/cursor": lambda r: self._by_cursor(r, self.desk.users, "users"),
            "incremental/organizations": lambda r: self._by_time(r, self.desk.organizations, "organizations"),
            "incremental/ticket_events": self._ticket_events,
            "incremental/ticket_metric_events": self._metric_events,
        }
        if path in exports:
            wait = self.budget.take()
            if wait:
                return _too_many(wait)
            response = exports[path](request)
            response.headers["RateLimit-Limit"] = str(self.budget.limit)
            response.headers["RateLimit-Remaining"] = str(self.budget.left())
            response.headers["RateLimit-Reset"] = str(self.budget.reset())
            return response
        lists: dict[str, Callable[[Request], Response]] = {
            "satisfaction_ratings": self._ratings,
            "guide/survey_responses": self._survey_responses,
            "organizations": lambda r: self._paged(r, self.desk.organizations, "organizations", CURSOR_MOST, 0),
            "groups": self._groups,
            "business_hours/schedules": lambda r: _listed(r, self.desk.schedules, "schedules"),
            **{
                f"business_hours/schedules/{schedule['id']}/holidays": partial(self._holidays, schedule["id"])
                for schedule in self.desk.schedules
            },
        }
        if path not in lists:
            raise ZendeskError(404, "InvalidEndpoint", "Not found")
        return lists[path](request)

    def _holidays(self, schedule_id: int, request: Request) -> Response:
        return _listed(request, self.holidays_of(schedule_id), "holidays")

    def holidays_of(self, _schedule_id: int) -> list[Json]:
        """The holidays of a schedule; the demo company has one schedule."""
        return self.desk.holidays

    def _groups(self, request: Request) -> Response:
        hidden = request.args.get("exclude_deleted", "false") == "true"
        return _listed(request, [group for group in self.desk.groups if not (hidden and group["deleted"])], "groups")

    def _tickets(self, request: Request) -> Response:
        sideloads = request.args.get("include", "").split(",")
        unknown = set(sideloads) - {"", "metric_sets", "users", "groups", "organizations", "brands"}
        if unknown:
            raise ZendeskError(400, "InvalidSideload", f"cannot include {', '.join(sorted(unknown))}")

        def shown(record: bytes) -> bytes:
            body, _, metrics = record.partition(b"\x00")
            return b'%b,"metric_set":%b}' % (body[:-1], metrics) if "metric_sets" in sideloads else body

        return self._by_cursor(request, self.desk.tickets, "tickets", shown)

    def _ticket_events(self, request: Request) -> Response:
        """Audits; their comments only where the request includes comment_events."""
        if "comment_events" in request.args.get("include", "").split(","):
            return self._by_time(request, self.desk.ticket_events, "ticket_events")
        return self._by_time(request, self.desk.ticket_events, "ticket_events", _without_comments)

    def _by_cursor(
        self, request: Request, feed: Feed, name: str, shown: Callable[[bytes], bytes] | None = None
    ) -> Response:
        size = _size(request, "per_page", MOST)
        cursor = request.args.get("cursor")
        if cursor:
            try:
                records, after, is_end = feed.after_cursor(cursor, size, self.until)
            except ValueError as error:
                raise ZendeskError(400, "InvalidValue", "Invalid cursor") from error
        else:
            records, after, is_end = feed.since(self._start_time(request), size, self.until)
        rest = {key: value for key, value in request.args.items() if key not in ("cursor", "start_time")}
        after_url = f"{request.base_url}?{urlencode({**rest, 'cursor': after})}"
        tail = {
            "after_cursor": after,
            "after_url": after_url,
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": is_end,
        }
        return _records(name, [shown(record) for record in records] if shown else records, tail)

    def _by_time(
        self, request: Request, feed: Feed, name: str, shown: Callable[[bytes], bytes] | None = None
    ) -> Response:
        size = _size(request, "per_page", MOST)
        records, end_time, is_end = feed.by_time(self._start_time(request), size, self.until)
        rest = {key: value for key, value in request.args.items() if key != "start_time"}
        following = f"{request.base_url}?{urlencode({**rest, 'start_time': end_time})}" if end_time else None
        tail = {"next_page": following, "count": len(records), "end_of_stream": is_end, "end_time": end_time}
        return _records(name, [shown(record) for record in records] if shown else records, tail)

    def _metric_events(self, request: Request) -> Response:
        if not any(key.startswith("page[") for key in request.args):
            return self._by_time(request, self.desk.metric_events, "ticket_metric_events")
        return self._paged(
            request, self.desk.metric_events, "ticket_metric_events", CURSOR_MOST, self._start_time(request)
        )

    def _ratings(self, request: Request) -> Response:
        start = int(request.args.get("start_time", 0))
        return self._paged(request, self.desk.ratings, "satisfaction_ratings", CURSOR_MOST, start)

    def _survey_responses(self, request: Request) -> Response:
        start = int(request.args.get("filter[created_at_start]", request.args.get("start_time", 0)))
        return self._paged(request, self.desk.survey_responses, "survey_responses", SURVEY_MOST, start)

    def _paged(self, request: Request, feed: Feed, name: str, most: int, start: int) -> Response:
        """Cursor pagination: page[size], page[after], meta.has_more, links.next."""
        size = _size(request, "page[size]", most)
        after = request.args.get("page[after]")
        until = int(request.args.get("end_time", self.until))
        try:
            page = feed.after_cursor(after, size, until) if after else feed.since(start, size, until)
        except ValueError as error:
            raise ZendeskError(400, "InvalidPaginationParameter", "page[after] is not valid") from error
        records, cursor, is_end = page
        rest = {key: value for key, value in request.args.items() if key != "page[after]"}
        following = f"{request.base_url}?{urlencode({**rest, 'page[after]': cursor})}"
        meta = {"has_more": not is_end, "after_cursor": cursor, "before_cursor": None}
        return _records(name, records, {"meta": meta, "links": {"next": None if is_end else following, "prev": None}})

    def _start_time(self, request: Request) -> int:
        text = request.args.get("start_time", "")
        if not text.isdigit():
            raise ZendeskError(400, "InvalidValue", "start_time must be an epoch time in seconds")
        if int(text) > self.until:
            raise ZendeskError(422, "InvalidValue", "Too recent start_time. Use a start_time older than 1 minute")
        return int(text)


def _size(request: Request, name: str, most: int) -> int:
    text = request.args.get(name, str(most))
    if not text.isdigit() or int(text) < 1:
        raise ZendeskError(400, "InvalidValue", f"{name} must be a positive number")
    return min(int(text), most)


def _without_comments(record: bytes) -> bytes:
    audit: Json = msgspec.json.decode(record)
    audit["child_events"] = [child for child in audit["child_events"] if child["event_type"] != "Comment"]
    return msgspec.json.encode(audit)


def _records(name: str, records: list[bytes], tail: Json) -> Response:
    body = b'{"%b":[%b],%b' % (name.encode(), b",".join(records), msgspec.json.encode(tail)[1:])
    return Response(body, content_type="application/json; charset=utf-8")


def _listed(request: Request, records: list[Json], name: str) -> Response:
    """A list that is short enough for one page."""
    tail: Json = {"next_page": None, "previous_page": None, "count": len(records)}
    if "page[size]" in request.args:
        meta = {"has_more": False, "after_cursor": None, "before_cursor": None}
        tail = {"meta": meta, "links": {"next": None, "prev": None}}
    return _records(name, [msgspec.json.encode(record) for record in records], tail)


def _too_many(wait: int) -> Response:
    text = b"Number of allowed incremental export API requests per minute exceeded"
    return Response(text, 429, {"Retry-After": str(wait)}, content_type="text/plain")
