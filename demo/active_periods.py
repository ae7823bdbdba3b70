"""When an account is a customer: the spans of its subscriptions."""

from dataclasses import dataclass

from demo.streams import NEVER


@dataclass(frozen=True)
class Tenure:
    """Half-open spans in seconds, in the order of their starts; they may overlap."""

    spans: tuple[tuple[int, int], ...]

    def covers(self, at: int) -> bool:
        """Whether the account is a customer at an instant."""
        return any(start <= at < end for start, end in self.spans)

    def span(self, place: int) -> tuple[int, int]:
        """The span at a place; an empty one behind the last."""
        return self.spans[place] if place < len(self.spans) else (NEVER, NEVER)

    @property
    def left(self) -> int:
        """When the last span ends; NEVER where nothing has begun or the account stays."""
        return max((end for _, end in self.spans), default=NEVER)
