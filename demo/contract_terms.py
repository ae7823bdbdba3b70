"""What a subscription is made of before anyone bills it."""

from dataclasses import dataclass, field, replace


@dataclass
class Holding:
    """A product held in a quantity."""

    product: str
    quantity: int


@dataclass(frozen=True)
class Change:
    """Something that happens to a subscription: quantity, plan, cancel, fail, late or pause.

    `from_next` puts a quantity or plan off to the next period, so that nothing is prorated.
    """

    at: int
    kind: str
    value: int = 0
    product: str = ""
    item: int = 0
    reason: str = ""
    from_next: bool = False


@dataclass
class Terms:
    """One subscription as agreed: opening items, and the changes in the order of time."""

    key: str
    started_at: int
    interval: str
    items: list[Holding]
    coupon: str | None = None
    has_trial: bool = False
    by_invoice: bool = False
    changes: list[Change] = field(default_factory=list)
    items_now: list[Holding] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the opening items; `items_now` follows the changes while a life is told."""
        self.items_now = [replace(item) for item in self.items]
