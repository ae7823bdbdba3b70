"""Alert of a publication that left something out, sent once for as long as it leaves out the same."""

from __future__ import annotations

import hashlib

from orchestration.alerting.alerts import Alert, AlertBook
from orchestration.alerting.failures import tell
from orchestration.settings import Settings
from quality.publication.left_out_lines import block
from quality.publication.manifest import Manifest

LEFT_OUT = "left-out-"


def tell_left_out(settings: Settings, publication: Manifest) -> None:
    """Send what is left out with a warning, unless it was sent before; forget what is no longer left out. What is off is not sent."""
    rows = [row for row in publication.left_out if row["severity"] != "info"]
    lines = block(rows)
    key = LEFT_OUT + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    AlertBook(settings.alerts).end(LEFT_OUT, [key] if rows else [])
    if not rows:
        return
    told = f"{publication.version}, published {publication.published_at:%Y-%m-%d %H:%M} UTC"
    alert = Alert(
        key=key,
        what="published with something left out",
        detail="\n".join(lines),
        since=f"{publication.published_at:%Y-%m-%d %H:%M} UTC",
        last_good=told,
        next_step="correct what is named; until then the figures lack it. You are alerted again only when what is left out changes.",
    )
    tell(alert, settings)
