"""How an alert reaches a person: a webhook, an address that Apprise knows (e-mail and many more), or a command.

What can't be delivered is reported by the kind of address alone: addresses hold passwords and tokens.
"""

from __future__ import annotations

import logging
import shlex
import subprocess

import httpx2

from orchestration.alerting.alerts import Alert
from orchestration.settings import Settings, bare_environment

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 30.0
# It logs the whole address of every request.
logging.getLogger("httpx2").setLevel(logging.WARNING)


def has_messengers(settings: Settings) -> bool:
    return bool(settings.alert_urls or settings.alert_command)


def send(alert: Alert, settings: Settings) -> bool:
    """Deliver to every channel that is set. True where at least one took it, or none is set."""
    outcomes = [(url.split(":", 1)[0], _to_address(alert, url)) for url in settings.alert_urls]
    if settings.alert_command:
        outcomes.append(("command", _to_command(alert, settings.alert_command)))
    for kind, is_delivered in outcomes:
        if not is_delivered:
            logger.warning("An alert could not be delivered by %s; check CX_ALERT_URLS and CX_ALERT_COMMAND.", kind)
    return any(is_delivered for _, is_delivered in outcomes) or not outcomes


def _to_address(alert: Alert, url: str) -> bool:
    return _to_webhook(alert, url) if url.startswith(("http://", "https://")) else _by_apprise(alert, url)


def _to_webhook(alert: Alert, url: str) -> bool:
    """The JSON that Slack, Mattermost, Rocket.Chat and Google Chat take at an incoming webhook."""
    try:
        answer = httpx2.post(url, json={"text": f"{alert.title}\n{alert.body}"}, timeout=TIMEOUT_SECONDS)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return False
    return answer.is_success


def _by_apprise(alert: Alert, url: str) -> bool:
    import apprise  # noqa: PLC0415 - costs a second, needed for an alert alone

    # It logs the whole address of what it can't use.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    messenger = apprise.Apprise()
    try:
        return bool(messenger.add(url) and messenger.notify(title=alert.title, body=alert.body))
    except Exception:  # noqa: BLE001 - whatever one messenger meets, the others are still to be told
        return False


def _to_command(alert: Alert, command: str) -> bool:
    """Run without a shell and without the pipeline's secrets; the text is its standard input."""
    try:
        ended = subprocess.run(  # noqa: S603 - the operator's own command, split into arguments
            shlex.split(command),
            input=f"{alert.title}\n{alert.body}\n",
            text=True,
            timeout=TIMEOUT_SECONDS,
            env=bare_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return ended.returncode == 0
