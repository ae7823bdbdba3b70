"""Who a client is to the vendor: its headers, and the token in them, which is renewed before it ends. Tokens live here alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import msgspec

from ingestion.contract import AnswerBroken, Clock, SettingRefused, Source
from ingestion.credentials import Credential, Grant

# A token is renewed that long before its end, or at four fifths of a short life.
MARGIN_SECONDS = 60.0
MARGIN_SHARE = 0.2
# What a header takes: a token of other characters would be quoted by the error it causes.
TOKEN = re.compile(r"[\x21-\x7e]+")
REFUSALS = frozenset({400, 401, 403})
# The standard's words for why a token was not given, and what is to be done; no other word of the answer is told.
REASONS = {
    "invalid_client": "it does not know the client or its secret",
    "invalid_grant": "what was granted before has ended or was taken back",
    "invalid_scope": "it does not give the client the scope that is asked for",
    "unauthorized_client": "the client may not ask for a token this way",
    "unsupported_grant_type": "the client may not ask for a token this way",
    "invalid_request": "it does not understand what was sent",
    "access_denied": "access is denied",
}


class TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: int | float | str | None = None


class RefusalAnswer(msgspec.Struct):
    error: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """`renew_at`: from then on a new one is asked for; None: not before it is refused."""

    value: str = field(repr=False)
    renew_at: datetime | None = None


class Authorization:
    """Asked before each request. `ask` gets a token from the vendor; it is called by one thread at a time."""

    def __init__(self, credential: Credential, clock: Clock, ask: Callable[[Grant], Token]) -> None:
        self._credential = credential
        self._clock = clock
        self._ask = ask
        self._lock = Lock()
        self._token: Token | None = None

    def headers(self) -> dict[str, str]:
        """Those of the next request."""
        if not isinstance(self._credential, Grant):
            return dict(self._credential)
        with self._lock:
            if self._token is None or (self._token.renew_at and self._clock.now() >= self._token.renew_at):
                self._token = self._ask(self._credential)
            return self._with(self._credential, self._token)

    def forget(self, refused: Mapping[str, str]) -> bool:
        """After a refusal: whether the next headers may be others. A token that another thread got meanwhile is kept."""
        if not isinstance(self._credential, Grant):
            return False
        with self._lock:
            if self._token and self._with(self._credential, self._token) == refused:
                self._token = None
        return True

    @staticmethod
    def _with(grant: Grant, token: Token) -> dict[str, str]:
        return {**grant.headers, "authorization": f"Bearer {token.value}"}


def token_of(source: Source, grant: Grant, content: bytes, asked_at: datetime) -> Token:
    """The token of a grant's answer; its life counts from when it was asked for. Raises AnswerBroken."""
    try:
        answer = msgspec.json.decode(content, type=TokenAnswer)
    except msgspec.ValidationError:
        raise AnswerBroken(f"{source.title} gave no token on {grant.url}: the answer has another shape") from None
    if not TOKEN.fullmatch(answer.access_token):
        raise AnswerBroken(f"{source.title} gave no token on {grant.url}: it is empty or cannot be sent")
    try:
        told = None if answer.expires_in is None else float(answer.expires_in)
    except ValueError:
        told = None
    lives = [seconds for seconds in (told, grant.lasts_seconds) if seconds is not None and seconds > 0]
    if not lives:
        return Token(answer.access_token)
    lasts = min(lives)
    return Token(answer.access_token, asked_at + timedelta(seconds=lasts - min(MARGIN_SECONDS, lasts * MARGIN_SHARE)))


def grant_refusal(source: Source, grant: Grant, status: int, content: bytes, names: str) -> SettingRefused:
    """Why no token was given, by the standard's word alone, with the settings to check."""
    if status not in REFUSALS:
        return SettingRefused(
            f"{source.title} has no tokens on {grant.url} (HTTP {status}): check {source.base_url_setting}"
        )
    try:
        word = msgspec.json.decode(content, type=RefusalAnswer).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        word = ""
    reason = f"{word}: {REASONS[word]}" if word in REASONS else "it does not say why"
    return SettingRefused(f"{source.title} gave no token on {grant.url} (HTTP {status}, {reason}): check {names}")
