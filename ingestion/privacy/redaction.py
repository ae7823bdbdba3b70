"""Personal data is taken out of a record before it is written, by paths: dots descend, `*` is every item of a list."""

from __future__ import annotations

from typing import Any

import msgspec

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Redaction:
    """Removes `paths` from records. Only the top-level fields that hold one are decoded and encoded anew."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        split = [tuple(path.split(".")) for path in paths]
        self._whole = frozenset(path[0] for path in split if len(path) == 1)
        self._inside: dict[str, list[tuple[str, ...]]] = {}
        for path in split:
            if len(path) > 1:
                self._inside.setdefault(path[0], []).append(path[1:])

    @property
    def roots(self) -> frozenset[str]:
        """The top-level fields that are changed or removed."""
        return self._whole | frozenset(self._inside)

    def apply(self, raw: bytes, keys: set[str]) -> bytes:
        """The record without the paths; its top-level keys are added to `keys`."""
        fields = _fields.decode(raw)
        keys.update(fields)
        if not self.roots & fields.keys():
            return raw
        kept: dict[str, Any] = {key: value for key, value in fields.items() if key not in self._whole}
        for key, paths in self._inside.items():
            if key in kept:
                inner = msgspec.json.decode(kept[key])
                for path in paths:
                    _remove(inner, path)
                kept[key] = inner
        return msgspec.json.encode(kept)


def _remove(value: Any, path: tuple[str, ...]) -> None:
    """In place. A list is descended into whether or not the path says so."""
    if isinstance(value, list):
        for item in value:
            _remove(item, path[1:] if path[0] == "*" else path)
    elif isinstance(value, dict):
        if len(path) == 1:
            value.pop(path[0], None)
        elif path[0] in value:
            _remove(value[path[0]], path[1:])
