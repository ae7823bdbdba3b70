"""The vendors' APIs as one WSGI application: /zendesk, /stripe and /typeform."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from werkzeug.wrappers import Request, Response

from demo.company import Company
from demo.limits import Budget
from demo.stripe_api import StripeApi
from demo.tokens import Tokens
from demo.typeform_api import TypeformApi
from demo.zendesk_api import ZendeskApi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EXPORT_LIMIT = 10  # documented: incremental exports a minute
STRIPE_LIMIT = 25  # documented: requests a second and endpoint
TYPEFORM_LIMIT = 2  # documented: requests a second


class App:
    """Serves one company. With a `clock` (seconds) the vendors' documented limits are kept, without one only told.

    `refused` holds credentials (the whole Authorization header, or a part of it) that get a 401. The helpdesk also gives
    `tokens` for client credentials; every other credential is taken as it is.
    """

    def __init__(
        self,
        company: Company,
        clock: Callable[[], float] | None = None,
        refused: frozenset[str] = frozenset(),
        tokens: Tokens | None = None,
    ) -> None:
        self.company = company
        self.refused = refused
        self.tokens = tokens or Tokens()
        self._exports = Budget(EXPORT_LIMIT, clock)
        self._budgets = {"stripe": Budget(STRIPE_LIMIT, clock, 1.0), "typeform": Budget(TYPEFORM_LIMIT, clock, 1.0)}

    @cached_property
    def zendesk(self) -> ZendeskApi:
        """The helpdesk."""
        return ZendeskApi(self.company.desk, self._exports)

    @cached_property
    def stripe(self) -> StripeApi:
        """The billing vendor."""
        return StripeApi(self.company.ledger)

    @cached_property
    def typeform(self) -> TypeformApi:
        """The survey vendor."""
        return TypeformApi(self.company.asked, self.company.starts[0], self.company.now, self.company.seed)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        """The response to a request, after method and credential are checked."""
        vendor, _, path = request.path.lstrip("/").partition("/")
        if vendor not in ("zendesk", "stripe", "typeform"):
            return _problem(404, "no such vendor here: /zendesk, /stripe or /typeform")
        if (vendor, path, request.method) == ("zendesk", "oauth/tokens", "POST"):
            return self.tokens.grant(request)
        if request.method != "GET":
            return _problem(405, "this demo is read only")
        credential = request.headers.get("Authorization", "")
        is_refused = any(part in credential for part in self.refused) or not self.tokens.knows(credential)
        if not credential.partition(" ")[2].strip() or is_refused:
            return _problem(401, "Couldn't authenticate you")
        wait = self._budgets[vendor].take() if vendor in self._budgets else 0
        if wait:
            response = _problem(429, "too many requests")
            response.headers["Retry-After"] = str(wait)
            return response
        api: ZendeskApi | StripeApi | TypeformApi = getattr(self, vendor)
        return api.handle(request, f"/{path}")


def create_app(
    company: Company,
    clock: Callable[[], float] | None = None,
    refused: frozenset[str] = frozenset(),
    tokens: Tokens | None = None,
) -> App:
    """The WSGI application that serves `company` under /zendesk, /stripe and /typeform."""
    return App(company, clock, refused, tokens)


def _problem(status: int, message: str) -> Response:
    body = msgspec.json.encode({"error": {"message": message, "type": "demo"}})
    return Response(body, status, content_type="application/json")
