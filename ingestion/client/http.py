"""The one file that knows HTTP: a client over a transport, with pacing, retries and errors that are safe to log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
import msgspec
import stamina

from ingestion.client.answers import Received
from ingestion.client.authorization import Authorization, Token, grant_refusal, token_of
from ingestion.client.pacing import Pacer, moment, retry_after
from ingestion.client.patience import Patience
from ingestion.contract import (
    AnswerBroken,
    Clock,
    Connection,
    RequestRefused,
    RightMissing,
    SettingRefused,
    Source,
    SourceUnavailable,
    address,
)
from ingestion.credentials import Grant

Answer = TypeVar("Answer")
Params = Mapping[str, Any]

ATTEMPTS = 8
RETRY_BUDGET = 300
BRIEF_SECONDS = 4.0
FIRST_WAIT_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0
LONGEST_ANSWER_SECONDS = 300
GOOD_PAGES_TO_RESTORE = 20
RETRIED = frozenset({408, 409, 425, 429})  # beside everything from 500 on
# Words by which a vendor says that a 403 is about rights.
RIGHTS = (b"scope", b"permission")
TOO_BIG = frozenset({"504", "timeout"})


class _Retry(Exception):  # noqa: N818 - a signal to the retry loop, never seen outside
    """`cause` is a status, `timeout`, `connection` or `body`; `wait` is what the vendor asked for."""

    def __init__(self, path: str, cause: str, wait: float | None = None) -> None:
        super().__init__(cause)
        self.path = path
        self.cause = cause
        self.wait = wait


class Client:
    """GET requests to one vendor. `requests` and `retries` count what was done; `answered_at` is the vendor's time of the last answer."""

    def __init__(
        self,
        source: Source,
        connection: Connection,
        clock: Clock,
        *,
        patience: Patience | None = None,
        is_once: bool = False,
    ) -> None:
        self.source = source
        # Asked once and briefly, a vendor that does not answer is left to somebody who has the time.
        self.attempts = 1 if is_once else ATTEMPTS
        seconds = BRIEF_SECONDS if is_once else 60.0
        self._patience_of_night = patience
        self.answered_at: datetime | None = None
        self.requests = 0
        self.answered = 0
        self.retries: Counter[str] = Counter()
        self._clock = clock
        self._pacer = Pacer(source.rates, clock)
        self._sizes: dict[str, tuple[int, int]] = {}
        self._open_paths: set[str] = set()
        self._credentials = connection.credentials
        self._authorization = Authorization(source.authorize(connection.credentials), clock, self._granted)
        self._http = httpx2.Client(
            base_url=address(source, connection),
            headers={"accept": "application/json", "user-agent": "cx-patterns"},
            transport=connection.transport or httpx2.HTTPTransport(),
            timeout=httpx2.Timeout(seconds, connect=min(seconds, 10.0)),
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
        for attempt in stamina.retry_context(on=_Patience(self), attempts=None, timeout=None):
            with attempt:
                if size:
                    asked[size] = self._size(path, int(str(params[size])))
                received = self._send(path, asked, size)
                try:
                    found = msgspec.json.decode(received.content, type=answer)
                except msgspec.ValidationError as error:
                    raise AnswerBroken(f"{self.source.title} answered {path} in another shape: {error}") from None
                except (msgspec.DecodeError, UnicodeDecodeError):
                    raise self._unreadable(path, received) from None
        self._grow(path)
        if self._patience_of_night:
            self._patience_of_night.answered(self.source)
        return found

    def _send(self, path: str, params: Params, size: str) -> Received:
        """One answer; a token that is refused is renewed once, and then the refusal is the answer."""
        for may_renew in (True, False):
            self._pacer.wait(path)
            headers = self._authorization.headers()
            try:
                status, received = self._exchange("GET", path, params=params, headers=headers)
            except _Retry as signal:
                if signal.cause in TOO_BIG:
                    self._shrink(path, params, size)
                raise
            if status != 401 or not may_renew or not self._authorization.forget(headers):
                break
        if status == 200:
            self.answered += 1
            self._open_paths.add(path)
            return received
        raise self._refusal(status, path, received)

    def _granted(self, grant: Grant) -> Token:
        """A token from the vendor; asked for within the retries of the request that needs it."""
        asked_at = self._clock.now()
        sent: dict[str, Any] = {"json": dict(grant.fields)} if grant.is_json else {"data": dict(grant.fields)}
        status, received = self._exchange("POST", grant.url, headers=grant.headers, **sent)
        if not 200 <= status < 300:
            raise grant_refusal(self.source, grant, status, received.content, self._names())
        try:
            return token_of(self.source, grant, received.content, asked_at)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self._unreadable(grant.url, received) from None

    def _exchange(self, method: str, path: str, **request: Any) -> tuple[int, Received]:
        """Status and body of one request. Raises _Retry where it is worth asking again."""
        self.requests += 1
        try:
            with self._http.stream(method, path, **request) as response:
                received = self._received(response)
        except httpx2.TimeoutException:
            raise _Retry(path, "timeout") from None
        except httpx2.TransportError:
            raise _Retry(path, "connection") from None
        self._pacer.heed(response.headers)
        self.answered_at = moment(response.headers.get("date")) or self.answered_at
        status = response.status_code
        if status in RETRIED or status >= 500:
            wait = retry_after(response.headers.get("retry-after"), self._clock.now())
            raise _Retry(path, str(status), wait)
        return status, received

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

    def _unreadable(self, path: str, received: Received) -> Exception:
        if received.is_cut:
            return _Retry(path, "body")
        return AnswerBroken(
            f"{self.source.title} answered {path} with {received}, which is no JSON: check "
            f"{self.source.base_url_setting}, and whether a proxy or a login page stands before it"
        )

    def has_rights(self) -> bool:
        """Whether the credentials read what every plan has and only sufficient rights may read. False where that is unknown."""
        if self.source.proof is None:
            return False
        path, params = self.source.proof
        if path not in self._open_paths:
            with suppress(SettingRefused, RequestRefused):
                self.get(path, params, msgspec.Raw)
        return path in self._open_paths

    def _refusal(self, status: int, path: str, received: Received) -> Exception:
        source = self.source
        if status == 401:
            told = f"{source.title} refused the credentials (HTTP 401 on {path}): check {self._names()}"
            advice = source.advice(self._credentials)
            return SettingRefused(f"{told}. {advice}" if advice else told)
        if status == 403:
            is_said = any(word in received.content.lower() for word in RIGHTS)
            lacking = (
                "it says that a scope or a permission is missing" if is_said else "their role, scope or plan lacks it"
            )
            told = (
                f"{source.title} does not let the credentials read {path} (HTTP 403, {lacking}): check {self._names()}"
            )
            return RightMissing(told, is_said=is_said)
        if status == 410:
            return RequestRefused(f"{source.title} has closed {path} (HTTP 410)", status)
        hint = f"check {source.base_url_setting}" if status == 404 or status < 400 else "the request itself is wrong"
        return RequestRefused(f"{source.title} answered HTTP {status} on {path}: {hint}", status)

    def _names(self) -> str:
        """The settings to check: those that are used, and where there are other ways, which."""
        ways = " or ".join(" + ".join(names) for names in self.source.credentials)
        used = " + ".join(self.source.chosen(self._credentials))
        return ways if used in {"", ways} else f"{used} (it takes {ways})"

    def give_up(self, path: str, cause: str, tries: int) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self.source.title} {_told(cause)} on {path}, {tries} times; try later, or check {self.source.base_url_setting}"
        )

    def pause(self, path: str, cause: str, seconds: float) -> None:
        if self._patience_of_night:
            self._patience_of_night.failed(self.source, f"{_told(cause)} on {path}", seconds)
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


def _told(cause: str) -> str:
    reached = {"connection": "cannot be reached", "timeout": "did not answer in time", "body": "sent cut answers"}
    return reached.get(cause, f"answered HTTP {cause}")


class _Patience:
    """Decides on each failure of one request: wait, by the given clock, and try again, or give up."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tries = 0

    def __call__(self, error: Exception) -> float | bool:
        if not isinstance(error, _Retry):
            return False
        self._tries += 1
        if self._tries >= self._client.attempts or self._client.retries.total() >= RETRY_BUDGET:
            raise self._client.give_up(error.path, error.cause, self._tries) from None
        backoff = min(LONGEST_BACKOFF_SECONDS, FIRST_WAIT_SECONDS * 2 ** (self._tries - 1))
        self._client.pause(error.path, error.cause, error.wait if error.wait is not None else backoff)
        return 0.0
