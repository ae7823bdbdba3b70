"""Exchange rates to the US dollar, one per day and currency: a slow walk, the same for every night."""

from datetime import date, timedelta

from demo.streams import stream

OPENING = {"EUR": 1.085, "GBP": 1.262}
DAILY_STEP = 0.0025
PULL = 0.01  # back towards the opening rate, so that three years stay plausible


def daily_rates(seed: int, epoch: date, as_of: date) -> list[dict[str, str]]:
    """Rows of the fx_rates contract from the day before the epoch to `as_of`, month ends included."""
    first = epoch - timedelta(days=1)
    days = (as_of - first).days + 1
    rows = [
        {
            "rate_date": (first + timedelta(days=day)).isoformat(),
            "currency": "USD",
            "rate_to_reporting": "1",
            "source": "central bank",
        }
        for day in range(days)
    ]
    for number, (currency, opening) in enumerate(OPENING.items()):
        steps = stream(seed, number, "fx").standard_normal(days).tolist()
        rate = opening
        for day, step in enumerate(steps):
            rate += DAILY_STEP * step * opening + PULL * (opening - rate)
            on = (first + timedelta(days=day)).isoformat()
            rows.append(
                {"rate_date": on, "currency": currency, "rate_to_reporting": f"{rate:.6f}", "source": "central bank"}
            )
    return rows
