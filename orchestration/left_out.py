"""What a night left out: the landing's facts, and what is off, in the words of the gate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from ingestion.contract import Source
from ingestion.landing import parts as landing
from ingestion.left_out import left_out
from ingestion.registry import sources
from quality.gate.left_out import LeftOut

# Of who was erased, or later than the sweep: another count every night, of nothing that the tables could show.
PASSING = "foreign"


def facts(root: Path, sources_on: frozenset[str]) -> tuple[LeftOut, ...]:
    """Every stream of the sources that are on, and every source, stream and file contract that is off."""
    on = [source for source in sources() if source.name in sources_on]
    landed = (LeftOut(**asdict(fact)) for fact in left_out(root, on))
    return (*landed, *(fact for source in sources() for fact in _off(root, source, is_on=source in on)))


def digest(root: Path) -> str:
    """SHA-256 over what is left out of what is landed: another row refused, another stream off is another run."""
    told = [asdict(fact) for fact in left_out(root, sources()) if fact.count and fact.kind != PASSING]
    told += [{"off": stream} for stream in landing.off_tables(root)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _off(root: Path, source: Source, *, is_on: bool) -> Iterator[LeftOut]:
    if not is_on:
        settings = " or ".join(" + ".join(names) for names in source.credentials)
        reason = f"set {settings or source.base_url_setting}"
        yield LeftOut(source.name, "off", 1, 1, (reason,))
    elif source.domain == "drop":
        for table in source.tables:
            if not landing.parts(root, source.name, table.name):
                yield LeftOut(f"{source.name}.{table.name}", "off", 1, 1, ("no file of that name",))
    else:
        for stream, reason in landing.off_tables(root).items():
            if stream.split(".", 1)[0] == source.name:
                yield LeftOut(stream, "off", 1, 1, (reason,))
