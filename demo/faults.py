"""What goes wrong between a client and a vendor, on purpose: switches around the app."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from threading import Lock
from typing import TYPE_CHECKING, Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from demo.app import App

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SIZE_PARAMETERS = ("per_page", "page[size]", "limit", "page_size")


@dataclass(frozen=True)
class Faults:
    """Which faults to play; 0 or False plays none. `every` counts requests, the n-th, 2n-th, ... is hit.

    throttle_every     429 with Retry-After of `retry_after` seconds, as an HTTP date with `retry_after_as_date`
    error_every        `error_status`, an HTML page as proxies send it
    size_above         504 where a request asks for more than this many records a page
    slow_seconds       every answer waits this long
    repeat_every       the page that was served before to the same path comes again instead of the right one
    cut_every          a 200 whose JSON stops in the middle
    stuck_cursor       pages by cursor or by time name their own place as the next one, for ever
    """

    throttle_every: int = 0
    retry_after: int = 1
    retry_after_as_date: bool = False
    error_every: int = 0
    error_status: int = 503
    size_above: int = 0
    slow_seconds: float = 0.0
    repeat_every: int = 0
    cut_every: int = 0
    stuck_cursor: bool = False


@dataclass
class FaultyApp:
    """An app that plays faults. `sleep` and `wall` (epoch seconds, for Retry-After as a date) may be handed in."""

    app: App
    faults: Faults
    sleep: Callable[[float], None] = time.sleep
    wall: Callable[[], float] = time.time
    requests: int = 0
    served: dict[str, bytes] = field(default_factory=dict)
    log: list[tuple[str, int]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, or fail to."""
        request = Request(environ)
        with self._lock:
            self.requests += 1
            count = self.requests
        if self.faults.slow_seconds:
            self.sleep(self.faults.slow_seconds)
        response = self._refusal(request, count) or self._spoiled(request, count, self.app.answer(request))
        self.log.append((request.full_path, response.status_code))
        return response(environ, start_response)

    def _refusal(self, request: Request, count: int) -> Response | None:
        faults = self.faults
        if _hits(faults.throttle_every, count):
            wait = str(faults.retry_after)
            if faults.retry_after_as_date:
                wait = formatdate(self.wall() + faults.retry_after, usegmt=True)
            return Response(b"Too many requests", 429, {"Retry-After": wait}, content_type="text/plain")
        if _hits(faults.error_every, count):
            return Response(b"<html>temporarily unavailable</html>", faults.error_status, content_type="text/html")
        asked = max(
            (int(request.args[name]) for name in SIZE_PARAMETERS if request.args.get(name, "").isdigit()), default=0
        )
        if faults.size_above and asked > faults.size_above:
            return Response(b"<html>gateway timeout</html>", 504, content_type="text/html")
        return None

    def _spoiled(self, request: Request, count: int, response: Response) -> Response:
        if response.status_code != 200:
            return response
        body = response.get_data()
        earlier = self.served.get(request.path)
        if _hits(self.faults.repeat_every, count) and earlier is not None:
            body = earlier
        else:
            self.served[request.path] = body
        if self.faults.stuck_cursor:
            body = _stuck(request, body)
        if _hits(self.faults.cut_every, count):
            body = body[: max(1, len(body) // 2)]
        response.set_data(body)
        return response


def _hits(every: int, count: int) -> bool:
    return every > 0 and count % every == 0


def _stuck(request: Request, body: bytes) -> bytes:
    """The page, saying that it goes on where it began."""
    page: dict[str, Any] = json.loads(body)
    if "end_of_stream" in page and "after_cursor" in page:
        cursor = request.args.get("cursor", "MC4wfHwwfA==")
        following = EnvironBuilder(request.path, request.base_url, query_string={"cursor": cursor}).get_request().url
        page |= {"after_cursor": cursor, "after_url": following, "end_of_stream": False}
    elif "end_of_stream" in page:
        page |= {"next_page": request.url, "end_of_stream": False, "end_time": int(request.args.get("start_time", 0))}
    elif "has_more" in page:
        page["has_more"] = True
    return json.dumps(page, separators=(",", ":")).encode()
