"""What a run left out of what it was given, and how much of it the policy allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["refused", "replaced", "corrected", "foreign", "ignored", "off"]


@dataclass(frozen=True)
class LeftOut:
    """`count` of `received` rows of a stream were left out (of files where `kind` is ignored). No text quotes a value."""

    stream: str  # source.table; the source alone where all of it is meant
    kind: Kind
    count: int
    received: int
    reasons: tuple[str, ...] = ()
    remedy: str = ""
    meant: int = 0  # of ignored files: those that all but have the name of a contract


@dataclass(frozen=True)
class Tolerance:
    """What may be left out with a warning. Shares are of the rows received; see suites/_left_out.yaml."""

    revenue_streams: tuple[str, ...] = ()
    revenue_share: float = 0.001
    other_rows: int = 3
    other_share: float = 0.01

    def is_revenue(self, stream: str) -> bool:
        return stream in self.revenue_streams or stream.split(".", 1)[0] in self.revenue_streams

    def allows(self, fact: LeftOut) -> bool:
        share = fact.count / fact.received if fact.received else 1.0
        if self.is_revenue(fact.stream):
            return share <= self.revenue_share
        return fact.count <= self.other_rows or share <= self.other_share

    def said(self, stream: str) -> str:
        if self.is_revenue(stream):
            return f"revenue depends on this stream: leaving out more than {100 * self.revenue_share:g} % of its rows stops the publication"
        return f"leaving out more than {self.other_rows} rows and {100 * self.other_share:g} % of a stream stops the publication"


def load_tolerance(values: Mapping[str, Any]) -> Tolerance:
    """The policy as a file states it. Raises ValueError, naming the key, for anything else."""
    known = Tolerance.__dataclass_fields__
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"unknown key {name!r}; known: {', '.join(known)}")
        if name == "revenue_streams":
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise ValueError(f"{name!r} must be a list of texts")
        elif isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ValueError(f"{name!r} must be a number that is not negative")
    return Tolerance(**{**values, "revenue_streams": tuple(values.get("revenue_streams", ()))})
