"""How a source says who it is: headers that stay the same, or a token that is asked for by a grant and comes to an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Grant:
    """A bearer token by an OAuth 2.0 grant (RFC 6749), asked for again before it ends and when it is refused.

    url            where it is asked for: a path below the base URL, or a whole URL where the vendor has another host for it
    fields         what is sent: grant type, client, secret, scope, and whatever else the vendor wants
    is_json        the fields are sent as a JSON object; else as a form, as the standard has it
    lasts_seconds  how long a token lasts where the answer does not say; None: until it is refused
    headers        what every request carries beside the token
    """

    url: str
    fields: Mapping[str, str | int] = field(repr=False)
    is_json: bool = False
    lasts_seconds: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


# Headers as they are sent, or how to get a token for them.
Credential = Mapping[str, str] | Grant
