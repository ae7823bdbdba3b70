"""What the provider sells: products, prices in three currencies, coupons. Amounts are minor units."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

CURRENCIES = ("usd", "eur", "gbp")
CURRENCY_FACTOR = {"usd": Decimal(1), "eur": Decimal("0.92"), "gbp": Decimal("0.80")}
PLANS = ("essential", "advanced", "complete")


@dataclass(frozen=True)
class Product:
    """One thing on the price list; `unit` is the monthly unit amount in US cents, `tiers` (up to, unit) pairs."""

    key: str
    name: str
    unit: Decimal
    usage: str = "licensed"  # licensed, metered, one_time
    tiers: tuple[tuple[int | None, Decimal], ...] = ()


PRODUCTS = (
    Product("workplace_essential", "Managed Workplace Essential", Decimal(3900)),
    Product("workplace_advanced", "Managed Workplace Advanced", Decimal(5900)),
    Product("workplace_complete", "Managed Workplace Complete", Decimal(8900)),
    Product("security", "Managed Security", Decimal(1500)),
    Product("backup", "Backup and Recovery", Decimal(12000)),
    Product("monitoring", "Device Monitoring", Decimal("812.5")),
    Product("service_desk", "Service Desk", Decimal(0), tiers=((10, Decimal(1200)), (None, Decimal(700)))),
    Product("network", "Managed Network", Decimal(2200)),
    Product("telephony", "Cloud Telephony", Decimal(1400)),
    Product("wireless", "Managed Wireless", Decimal(900)),
    Product("patching", "Patch Management", Decimal(450)),
    Product("mail_filter", "Mail Filtering", Decimal("212.5")),
    Product("cloud_usage", "Cloud Usage", Decimal("1.25"), usage="metered"),
    Product("onboarding", "Onboarding", Decimal(150_000), usage="one_time"),
    Product("project", "Project Work", Decimal(95_000), usage="one_time"),
)
PRODUCT = {product.key: product for product in PRODUCTS}
INTERVALS = {"month": Decimal(1), "year": Decimal(10), "week": Decimal("0.25")}


@dataclass(frozen=True)
class Price:
    """One product in one currency and interval; `unit` in minor units of that currency, possibly fractional."""

    price_id: str
    product: Product
    currency: str
    interval: str | None
    unit: Decimal

    def charges(self, quantity: int) -> list[tuple[int, Decimal, int]]:
        """(quantity, unit amount, amount) per billed tier; one entry where the price has no tiers."""
        if not self.product.tiers:
            return [(quantity, self.unit, whole(self.unit * quantity))]
        charged, below = [], 0
        for upto, tier_unit in self.product.tiers:
            part = (quantity if upto is None else min(quantity, upto)) - below
            if part > 0:
                unit = converted(tier_unit, self.currency, self.interval)
                charged.append((part, unit, whole(unit * part)))
            below = quantity if upto is None else upto
        return charged

    def amount(self, quantity: int) -> int:
        """What `quantity` costs for one whole period, in minor units."""
        return sum(amount for _, _, amount in self.charges(quantity))


def whole(amount: Decimal) -> int:
    """An amount rounded half up to the minor unit, as invoices show it."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def converted(unit: Decimal, currency: str, interval: str | None) -> Decimal:
    """A list price in another currency and interval (a year costs ten months)."""
    return (unit * CURRENCY_FACTOR[currency] * INTERVALS[interval or "month"]).normalize()


@cache
def price(product: str, currency: str, interval: str | None) -> Price:
    """The price of a product in a currency and interval (None for a one-time price)."""
    sold = PRODUCT[product]
    name = f"price_{product}_{currency}_{interval or 'once'}"
    return Price(name, sold, currency, interval, converted(sold.unit, currency, interval))


def price_list() -> list[Price]:
    """Every price that the provider has published."""
    listed: list[Price] = []
    for sold in PRODUCTS:
        intervals = (None,) if sold.usage == "one_time" else ("month",) if sold.usage == "metered" else tuple(INTERVALS)
        listed.extend(price(sold.key, currency, interval) for currency in CURRENCIES for interval in intervals)
    return listed


@dataclass(frozen=True)
class Coupon:
    """A discount: `percent` off or `amount` minor units off, once, for `months` months or for ever."""

    coupon_id: str
    duration: str
    percent: int = 0
    amount: int = 0
    currency: str | None = None
    months: int | None = None


COUPONS = (
    Coupon("WELCOME20", "once", percent=20),
    Coupon("FIRSTYEAR10", "repeating", percent=10, months=12),
    Coupon("PARTNER15", "forever", percent=15),
    *(Coupon(f"LOYAL50{currency.upper()}", "forever", amount=5000, currency=currency) for currency in CURRENCIES),
)
COUPON = {coupon.coupon_id: coupon for coupon in COUPONS}
