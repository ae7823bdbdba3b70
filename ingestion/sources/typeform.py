"""Typeform: forms with their fields, and completed responses with hidden fields.

Forms are a full listing. Responses are read form by form, newest first, by `before` tokens, from a day before the last
sweep: the vendor may hold new ones back for half an hour. Deleted responses are not told. Limit: 2 requests a second.
Left out on purpose: what people wrote themselves, addresses, files and the browser they used; partial responses, which
have no cursor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from ingestion.client.probing import asking
from ingestion.contract import AnswerBroken, Client, Page, Rate, Record, Source, Stream, Sweep
from ingestion.sources import typeform_tables as tables

OVERLAP_SECONDS = 86_400
PAGE_SIZE = 1000
ONE = {"page_size": 1}


class FormHead(msgspec.Struct):
    id: str


class Forms(msgspec.Struct):
    items: list[FormHead]
    page_count: int


class Responses(msgspec.Struct):
    items: list[msgspec.Raw]
    page_count: int


class Response(msgspec.Struct):
    token: str


def authorize(credentials: Mapping[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {credentials['TYPEFORM_TOKEN']}"}


def form_ids(client: Client) -> Iterator[str]:
    page, pages = 1, 1
    while page <= pages:
        found = client.get("/forms", {"page": page, "page_size": 200}, Forms)
        yield from (form.id for form in found.items)
        page, pages = page + 1, found.page_count if found.items else 0


def forms(client: Client, _sweep: Sweep) -> Iterator[Page]:
    for form in form_ids(client):
        yield Page({"forms": [Record(bytes(client.get(f"/forms/{form}", {}, msgspec.Raw)))]})


def responses(client: Client, sweep: Sweep) -> Iterator[Page]:
    since = sweep.window.since.strftime("%Y-%m-%dT%H:%M:%S")
    for form in form_ids(client):
        path, before, seen = f"/forms/{form}/responses", "", {""}
        while True:
            asked = {"page_size": PAGE_SIZE, "since": since, **({"before": before} if before else {})}
            found = client.get(path, asked, Responses, size="page_size")
            yield Page({"responses": [Record(bytes(raw), {"form_id": form}) for raw in found.items]})
            if not found.items or found.page_count <= 1:
                break
            last = msgspec.json.decode(found.items[-1], type=Response).token
            if last in seen:
                raise AnswerBroken(f"{client.source.title}: {path} does not advance")
            before = last
            seen.add(before)


def any_response(client: Client) -> None:
    """Ask for a response of the first form; an account without forms has nothing to ask for."""
    for form in client.get("/forms", ONE, Forms).items[:1]:
        client.get(f"/forms/{form.id}/responses", ONE, msgspec.Raw)


SOURCE = Source(
    "typeform",
    "Typeform",
    "survey",
    (
        Stream(forms, (tables.FORMS,), probe=asking("/forms", ONE)),
        Stream(responses, (tables.RESPONSES,), 0, OVERLAP_SECONDS, probe=any_response),
    ),
    base_url_setting="TYPEFORM_BASE_URL",
    default_base_url="https://api.typeform.com",
    credentials=(("TYPEFORM_TOKEN",),),
    authorize=authorize,
    rates={"/": Rate(2, 1)},
)
