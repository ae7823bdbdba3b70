"""Audits the locked dependencies: every package is pinned with hashes, and none has a known vulnerability."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOCKS = ("requirements-uv.lock", "requirements.lock", "requirements-test.lock")
PINNED = re.compile(r"^([A-Za-z0-9][\w.\[\],-]*)==[^\s;\\]+")
UNREACHABLE = re.compile(
    r"ConnectionError|ServiceError|HTTPError|ConnectTimeout|ReadTimeout|Max retries|NameResolution|ProxyError|Connection refused"
    r"|Failed to query|404 Client Error|403 Client Error|JSONDecodeError",
    re.IGNORECASE,
)
TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Audit:
    """`faults` fail the audit; `notes` say what could not be asked."""

    faults: tuple[str, ...]
    notes: tuple[str, ...]


def unhashed(lock: Path) -> list[str]:
    """Requirements of a lock file that are not pinned to a version and at least one SHA-256."""
    found = []
    for requirement in re.split(r"\n(?=\S)", lock.read_text()):
        text = requirement.strip()
        if not text or text.startswith("#"):
            continue
        if not PINNED.match(text) or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", text):
            found.append(text.split()[0])
    return found


def audit(project: Path, command: Sequence[str] | None = None) -> Audit:
    """The lock files: hashes by reading them, vulnerabilities by pip-audit where its advisory service answers."""
    faults: list[str] = []
    notes: list[str] = []
    for name in LOCKS:
        faults += [f"{name}: {one} is not pinned with a hash" for one in unhashed(project / name)]
    # The test lock holds every package of the one before it; uv installs them and is no part of the pipeline.
    asked = [*(command or (sys.executable, "-m", "pip_audit")), "--require-hashes", "--disable-pip", "--progress-spinner", "off",
             "--requirement", str(project / LOCKS[-1])]  # fmt: skip
    try:
        ended = subprocess.run(asked, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)  # noqa: S603 - our own arguments
    except (OSError, subprocess.TimeoutExpired) as error:
        return Audit(tuple(faults), (_unasked(type(error).__name__),))
    said = f"{ended.stdout}\n{ended.stderr}"
    if ended.returncode == 0:
        return Audit(tuple(faults), tuple(notes))
    if "No module named pip_audit" in said:
        notes.append(_unasked("pip-audit is not installed; `make test` installs it"))
    elif re.search(r"Found \d+ known vulnerabilit", said):
        faults += [line for line in said.splitlines() if line.strip()]
    elif UNREACHABLE.search(said):
        notes.append(_unasked("the advisory service can't be reached from here"))
    else:
        faults.append(
            f"pip-audit could not finish: {said.strip().splitlines()[-1] if said.strip() else 'it printed nothing'}"
        )
    return Audit(tuple(faults), tuple(notes))


def _unasked(why: str) -> str:
    return f"Known vulnerabilities were NOT checked ({why}). Run `make audit` where the advisory service can be reached, as in CI."
