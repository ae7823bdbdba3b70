"""The helpdesk's tokens: given for client credentials, ended by a clock that the caller brings, or at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

SHORTEST, LONGEST, UNSAID = 300, 172_800, 1_800  # documented: seconds that a client may ask for, and gets unasked
MARK = "granted-"


class Tokens:
    """Answers POST /oauth/tokens. `lasts` caps what a client asks for; `clients` are secrets by id, None: any will do.

    Without a clock (seconds) no token ends by itself. `given` counts tokens.
    """

    def __init__(
        self, clock: Callable[[], float] | None = None, lasts: int = LONGEST, clients: dict[str, str] | None = None
    ) -> None:
        self.given = 0
        self.lasts = lasts
        self._clock = clock or (lambda: 0.0)
        self._clients = clients
        self._revoked: set[str] = set()
        self._live: dict[str, tuple[str, float]] = {}
        self._lock = Lock()

    def grant(self, request: Request) -> Response:
        """A token, or the refusal in the standard's words."""
        sent: dict[str, Any] = dict(request.get_json(silent=True) or request.form)
        client, secret = str(sent.get("client_id", "")), str(sent.get("client_secret", ""))
        is_known = self._clients is None or (client in self._clients and self._clients[client] == secret)
        if not (client and secret and is_known) or client in self._revoked:
            return _answer(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if sent.get("grant_type") != "client_credentials":
            return _answer(400, {"error": "unsupported_grant_type", "error_description": "Not supported here"})
        if sent.get("scope") != "read":
            return _answer(400, {"error": "invalid_scope", "error_description": "Only read is allowed here"})
        wanted = str(sent.get("expires_in", UNSAID))
        if not wanted.isdigit() or not SHORTEST <= int(wanted) <= LONGEST:
            return _answer(400, {"error": "invalid_request", "error_description": "expires_in is out of range"})
        lasts = min(int(wanted), self.lasts)
        with self._lock:
            self.given += 1
            token = f"{MARK}{self.given}"
            self._live[token] = (client, self._clock() + lasts)
        told = {"expires_in": lasts} if "expires_in" in sent else {}
        return _answer(200, {"access_token": token, "token_type": "bearer", "scope": "read", **told})

    def knows(self, credential: str) -> bool:
        """Whether an Authorization header is let through: a token that was given here and has ended is not."""
        token = credential.partition(" ")[2]
        if not token.startswith(MARK):
            return True
        with self._lock:
            return token in self._live and self._clock() < self._live[token][1]

    def end_all(self) -> None:
        """Every token ends now, whatever was said of it."""
        with self._lock:
            self._live.clear()

    def revoke(self, client: str) -> None:
        """The client gets no token any more, and those it has end."""
        with self._lock:
            self._revoked.add(client)
            self._live = {token: held for token, held in self._live.items() if held[0] != client}


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json")
