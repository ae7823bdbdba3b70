"""Every module in `sources/` that exposes SOURCE is a source; it needs to be registered nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import ingestion.sources
from ingestion.contract import Source


@cache
def sources() -> tuple[Source, ...]:
    """All sources, by name."""
    found = []
    for module in pkgutil.iter_modules(ingestion.sources.__path__, "ingestion.sources."):
        source = getattr(importlib.import_module(module.name), "SOURCE", None)
        if isinstance(source, Source):
            found.append(source)
    return tuple(sorted(found, key=lambda source: source.name))


def source(name: str) -> Source:
    for candidate in sources():
        if candidate.name == name:
            return candidate
    raise KeyError(f"no source named {name}; there are: {', '.join(known.name for known in sources())}")
