"""The survey vendor's REST API: forms, and responses newest first by token."""

from datetime import UTC, datetime
from math import ceil

import msgspec
from werkzeug.wrappers import Request, Response

from demo.questionnaires import FORMS, Json, encode, form_object, response_object, token_of
from demo.streams import NEVER
from demo.surveys import Asked

MOST = 1_000
FORMS_MOST = 200


class TypeformError(Exception):
    """An answer in the vendor's error shape."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status, self.code = status, code


class TypeformApi:
    """Answers requests below /forms."""

    def __init__(self, asked: list[Asked], epoch: int, now: int, seed: int) -> None:
        self.forms = {FORMS[key][0]: form_object(key, epoch) for key in FORMS}
        self.responses: dict[str, list[tuple[int, str, bytes]]] = {form_id: [] for form_id in self.forms}
        for one in asked:
            if one.answered < now and not one.is_old_tool:
                record = (one.answered, token_of(one, seed), encode(response_object(one, seed)))
                self.responses[FORMS[one.form][0]].append(record)
        for records in self.responses.values():
            records.sort(key=lambda record: (-record[0], record[1]))

    def handle(self, request: Request, path: str) -> Response:
        """Answer a GET of `path` (without the /typeform prefix)."""
        try:
            return self._route(request, path.strip("/").split("/"))
        except TypeformError as error:
            return _json({"code": error.code, "description": str(error)}, error.status)

    def _route(self, request: Request, parts: list[str]) -> Response:
        match parts:
            case ["forms"]:
                return self._listed(request)
            case ["forms", form_id] if form_id in self.forms:
                return _json(self.forms[form_id])
            case ["forms", form_id, "responses"] if form_id in self.forms:
                return self._responses(request, form_id)
        raise TypeformError(404, "FORM_NOT_FOUND", "Form not found")

    def _listed(self, request: Request) -> Response:
        size = _size(request, 10, FORMS_MOST)
        page = int(request.args.get("page", 1))
        heads = [
            {key: form[key] for key in ("id", "title", "last_updated_at", "created_at", "settings", "theme", "_links")}
            for form in self.forms.values()
        ]
        shown = heads[(page - 1) * size : page * size]
        return _json({"total_items": len(heads), "page_count": ceil(len(heads) / size), "items": shown})

    def _responses(self, request: Request, form_id: str) -> Response:
        size = _size(request, 25, MOST)
        since, until = _instant(request, "since", 0), _instant(request, "until", NEVER)
        selected = [record for record in self.responses[form_id] if since <= record[0] <= until]
        before, after = request.args.get("before"), request.args.get("after")
        if before:
            selected = selected[self._place(form_id, selected, before) + 1 :]
        if after:
            selected = selected[: self._place(form_id, selected, after)][-size:]
        head = {"total_items": len(selected), "page_count": ceil(len(selected) / size)}
        records = b",".join(record for _, _, record in selected[:size])
        body = b'%b,"items":[%b]}' % (encode(head)[:-1], records)
        return Response(body, content_type="application/json; charset=utf-8")

    def _place(self, form_id: str, selected: list[tuple[int, str, bytes]], token: str) -> int:
        for place, record in enumerate(selected):
            if record[1] == token:
                return place
        raise TypeformError(400, "VALIDATION_ERROR", f"unknown token for form {form_id}")


def _size(request: Request, default: int, most: int) -> int:
    text = request.args.get("page_size", str(default))
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise TypeformError(400, "VALIDATION_ERROR", f"page_size must be between 1 and {most}")
    return int(text)


def _instant(request: Request, name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise TypeformError(400, "VALIDATION_ERROR", f"{name} is not a date") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _json(body: Json, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json; charset=utf-8")
