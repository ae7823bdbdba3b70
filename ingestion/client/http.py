"""The one file that knows HTTP: a client over a transport, with pacing, retries and errors that are safe to log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
import msgspec
import stamina

from ingestion.client.answers import Received
from ingestion.client.pacing import Pacer, retry_after
from ingestion.contract import (
    AnswerBroken,
    Clock,
    Connection,
    RequestRefused,
    SettingRefused,
    Source,
    SourceUnavailable,
    address,
)

Answer = TypeVar("Answer")
Params = Mapping[str, Any]

ATTEMPTS = 8
RETRY_BUDGET = 300
FIRST_WAIT_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0
LONGEST_ANSWER_SECONDS = 300
GOOD_PAGES_TO_RESTORE = 20
RETRIED = frozenset({408, 409, 425, 429})  # beside everything from 500 on
TOO_BIG = frozenset({"504", "timeout"})


class _Retry(Exception):  # noqa: N818 - a signal to the retry loop, never seen outside
    """`cause` is a status, `timeout`, `connection` or `body`; `wait` is what the vendor asked for."""

    def __init__(self, cause: str, wait: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.wait = wait


class Client:
    """GET requests to one vendor. `requests` and `retries` count what was done."""

    def __init__(self, source: Source, connection: Connection, clock: Clock) -> None:
        self.source = source
        self.requests = 0
        self.retries: Counter[str] = Counter()
        self._clock = clock
        self._pacer = Pacer(source.rates, clock)
        self._sizes: dict[str, tuple[int, int]] = {}
        headers = {
            "accept": "application/json",
            "user-agent": "cx-patterns",
            **source.authorize(connection.credentials),
        }
        self._http = httpx2.Client(
            base_url=address(source, connection),
            headers=headers,
            transport=connection.transport or httpx2.HTTPTransport(),
            timeout=httpx2.Timeout(60.0, connect=10.0),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, params: Params, answer: type[Answer], *, size: str = "") -> Answer:
        """One answer, decoded. `size` names the parameter that is halved when the vendor finds a page too big."""
        asked = dict(params)
        for attempt in stamina.retry_context(on=self._patience(path), attempts=None, timeout=None):
            with attempt:
                if size:
                    asked[size] = self._size(path, int(str(params[size])))
                received = self._send(path, asked, size)
                try:
                    found = msgspec.json.decode(received.content, type=answer)
                except msgspec.ValidationError as error:
                    raise AnswerBroken(f"{self.source.title} answered {path} in another shape: {error}") from None
                except (msgspec.DecodeError, UnicodeDecodeError):
                    if received.is_cut:
                        raise _Retry("body") from None
                    raise self._unreadable(path, received) from None
        self._grow(path)
        return found

    def _send(self, path: str, params: Params, size: str) -> Received:
        self._pacer.wait(path)
        self.requests += 1
        try:
            with self._http.stream("GET", path, params=params) as response:
                received = self._received(response)
        except httpx2.TimeoutException:
            self._shrink(path, params, size)
            raise _Retry("timeout") from None
        except httpx2.TransportError:
            raise _Retry("connection") from None
        self._pacer.heed(response.headers)
        status = response.status_code
        if status == 200:
            return received
        if status in RETRIED or status >= 500:
            if str(status) in TOO_BIG:
                self._shrink(path, params, size)
            raise _Retry(str(status), retry_after(response.headers.get("retry-after"), self._clock.now()))
        raise self._refusal(status, path)

    def _received(self, response: httpx2.Response) -> Received:
        """The whole body. The client's own timeout begins anew with every byte: one that only drips would hang for ever."""
        began, content = self._clock.now(), bytearray()
        sort = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            for piece in response.iter_bytes():
                content += piece
                if (self._clock.now() - began).total_seconds() > LONGEST_ANSWER_SECONDS:
                    raise httpx2.ReadTimeout("the body goes on and on")
        except httpx2.DecodingError:
            coding = response.headers.get("content-encoding", "")
            return Received(b"", sort, response.num_bytes_downloaded, coding)
        return Received(bytes(content), sort, len(content))

    def _unreadable(self, path: str, received: Received) -> AnswerBroken:
        return AnswerBroken(
            f"{self.source.title} answered {path} with {received}, which is no JSON: check "
            f"{self.source.base_url_setting}, and whether a proxy or a login page stands before it"
        )

    def _refusal(self, status: int, path: str) -> Exception:
        source = self.source
        names = " or ".join(" + ".join(names) for names in source.credentials)
        if status in (401, 403):
            return SettingRefused(f"{source.title} refused the credentials (HTTP {status} on {path}): check {names}")
        if status == 410:
            return RequestRefused(f"{source.title} has closed {path} (HTTP 410)", status)
        hint = f"check {source.base_url_setting}" if status == 404 or status < 400 else "the request itself is wrong"
        return RequestRefused(f"{source.title} answered HTTP {status} on {path}: {hint}", status)

    def _patience(self, path: str) -> _Patience:
        return _Patience(self, path)

    def give_up(self, path: str, cause: str, tries: int) -> SourceUnavailable:
        reached = {"connection": "cannot be reached", "timeout": "did not answer in time", "body": "sent cut answers"}
        what = reached.get(cause, f"answered HTTP {cause}")
        return SourceUnavailable(
            f"{self.source.title} {what} on {path}, {tries} times; try later, or check {self.source.base_url_setting}"
        )

    def pause(self, cause: str, seconds: float) -> None:
        self.retries[cause] += 1
        self._pacer.sleep(seconds)

    def _size(self, path: str, wanted: int) -> int:
        return min(wanted, self._sizes.get(path, (wanted, 0))[0])

    def _shrink(self, path: str, params: Params, size: str) -> None:
        if size:
            self._sizes[path] = (max(1, int(str(params[size])) // 2), 0)

    def _grow(self, path: str) -> None:
        if path in self._sizes:
            size, good = self._sizes[path]
            if good + 1 >= GOOD_PAGES_TO_RESTORE:
                del self._sizes[path]
            else:
                self._sizes[path] = (size, good + 1)


class _Patience:
    """Decides on each failure of one request: wait, by the given clock, and try again, or give up."""

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._path = path
        self._tries = 0

    def __call__(self, error: Exception) -> float | bool:
        if not isinstance(error, _Retry):
            return False
        self._tries += 1
        if self._tries >= ATTEMPTS or self._client.retries.total() >= RETRY_BUDGET:
            raise self._client.give_up(self._path, error.cause, self._tries) from None
        backoff = min(LONGEST_BACKOFF_SECONDS, FIRST_WAIT_SECONDS * 2 ** (self._tries - 1))
        self._client.pause(error.cause, error.wait if error.wait is not None else backoff)
        return 0.0
