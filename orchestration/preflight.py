"""What is checked before a night begins, within five seconds: its settings, one cheap request per source, its warehouses.

A vendor or server that does not answer is not a wrong setting: the night keeps trying.
"""

from __future__ import annotations

import difflib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from ingestion.client.probing import Probing
from ingestion.contract import IngestionError, RequestRefused, SettingRefused, Source
from ingestion.drop_folder.readers import named
from ingestion.registry import sources
from orchestration import settings as names
from orchestration.settings import Settings
from orchestration.warehouses import Warehouses
from quality.gate.overrides import OverrideError, load_overrides
from quality.publication.targets.target import TargetError

Result = TypeVar("Result")
LONGEST_SECONDS = 4.0
FILES_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `cause` is what the run's failure is put down to where it is wrong."""

    subject: str
    state: Literal["fine", "warning", "wrong"]
    text: str
    remedy: str = ""
    cause: Literal["settings", "source", "warehouse"] = "settings"

    @property
    def sentence(self) -> str:
        return f"{self.subject}: {self.text}" + (f" {self.remedy}" if self.remedy else "")


class NotReadyError(Exception):
    """A night that would fail, or publish nothing of anybody, does not begin; `cause` is as in a Finding."""

    def __init__(self, wrong: list[Finding], warnings: list[Finding]) -> None:
        super().__init__("\n".join(finding.sentence for finding in [*wrong, *warnings]))
        self.cause = min(wrong, key=lambda finding: ORDER.index(finding.cause)).cause


ORDER = ("settings", "source", "warehouse")
_answers: dict[str, list[Finding]] = {}


@dataclass(frozen=True)
class WallClock:
    """The present moment; nothing waits here."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        del seconds


def require_ready(settings: Settings, run_id: str) -> list[Finding]:
    """The warnings of a night that may begin. It is asked once a run, however many steps want to know.

    Raises:
        NotReadyError: something is wrong; the text says what and the remedy, one line each.
    """
    if run_id not in _answers:
        _answers[run_id] = findings(settings)
    found = _answers[run_id]
    if wrong := [finding for finding in found if finding.state == "wrong"]:
        raise NotReadyError(wrong, [finding for finding in found if finding not in wrong])
    return found


def findings(settings: Settings) -> list[Finding]:
    """Whatever is wrong or odd; what is fine is left out."""
    found = [*about_names(settings), *about_rules(settings), *about_sources(settings), *lost_sources(settings)]
    asked: dict[str, Callable[[], list[Finding]]] = {"warehouse": lambda: about_warehouses(settings)}
    for source in on(settings):
        asked[source.title] = lambda source=source: about_credentials(settings, source)  # type: ignore[misc]
    for answer in together(asked, LONGEST_SECONDS).values():
        found += answer or []
    return found


def on(settings: Settings) -> list[Source]:
    """The vendors that are on and can be asked; the demo company always answers, and files are looked at by name."""
    if settings.is_demo:
        return []
    return [one for one in sources() if one.domain != "drop" and one.is_on(settings.connection(one))]


def about_names(settings: Settings) -> Iterator[Finding]:
    """Variables that nobody reads."""
    known = [f"CX_{name.upper()}" for name in names.Environment.model_fields]
    for name in settings.unknown:
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"Did you mean {near[0]}?" if near else "See .env.example for the known names."
        yield Finding("Settings", "warning", f"{name} is not a known setting and has no effect.", meant)


def about_rules(settings: Settings) -> Iterator[Finding]:
    """Settings whose content can be read without asking anybody."""
    for url in settings.alert_urls:
        if not urlsplit(url).scheme or not url.partition("://")[2]:
            text = "CX_ALERT_URLS holds something that is not an address."
            yield Finding(
                "Alerts", "wrong", text, "Write https://..., mailto://... or another address that Apprise knows."
            )
    if settings.overrides:
        try:
            load_overrides(settings.overrides)
        except (OverrideError, OSError) as error:
            yield Finding("Overrides", "wrong", f"{error}.", "Correct the file that CX_OVERRIDES names.")


def about_sources(settings: Settings) -> Iterator[Finding]:
    """A live home that would read nothing at all is a home whose settings were lost."""
    if settings.is_demo:
        return
    vendors = on(settings)
    folder = (
        settings.drop_dir
        if any(one.domain == "drop" and one.is_on(settings.connection(one)) for one in sources())
        else None
    )
    files, strangers = _dropped(folder) if folder else ([], [])
    if folder and not files:
        wanted = ", ".join(sorted(_contracts()))
        lies = f"holds no file with a known name (it holds {_listed(strangers)})" if strangers else "holds no file"
        state: Literal["warning", "wrong"] = "warning" if vendors and not strangers else "wrong"
        remedy = f"Name the files {wanted} (.csv, .xlsx or .parquet), or unset CX_DROP_DIR."
        yield Finding("Drop folder", state, f"CX_DROP_DIR {lies}.", remedy)
    elif not vendors and not files:
        remedy = f"Set {'; or '.join(_settings_of(source) for source in sources())}."
        off = f" CX_SOURCES_OFF leaves out {', '.join(sorted(settings.sources_off))}." if settings.sources_off else ""
        yield Finding("Sources", "wrong", f"CX_MODE is live and no source is on.{off}", remedy)


def lost_sources(settings: Settings) -> list[Finding]:
    """Sources that were read for the last publication and are off now, not on purpose. The gate finds them critical."""
    return [
        Finding(
            source.title,
            "warning",
            "it was on in the last publication and is off now: the gate will refuse this night.",
            f"Set {_settings_of(source)} again, or switch it off on purpose: CX_SOURCES_OFF={source.name}.",
        )
        for source in lost(settings)
    ]


def lost(settings: Settings) -> list[Source]:
    """Sources of the last publication that are off and not in CX_SOURCES_OFF."""
    live = Warehouses.of(settings).file.live()
    if live is None or settings.is_demo:
        return []
    return [
        source
        for source in sources()
        if source.name in live.sources_read
        and source.name not in settings.sources_off
        and not source.is_on(settings.connection(source))
    ]


def about_credentials(settings: Settings, source: Source) -> list[Finding]:
    """One request: whether the vendor takes the credentials at the address that is set."""
    try:
        Probing(source, settings.connection(source), WallClock()).first()
    except SettingRefused as error:
        return [Finding(source.title, "wrong", f"{_text(error)}.", cause="source")]
    except RequestRefused as error:
        if error.status == 404 or error.status < 400:
            return [Finding(source.title, "wrong", f"{_text(error)}.", cause="source")]
    except IngestionError as error:
        return [Finding(source.title, "warning", f"{_text(error)}.", "The night will go on trying.", cause="source")]
    return []


def about_warehouses(settings: Settings) -> list[Finding]:
    """Whether what is to be published to can be written."""
    try:
        Warehouses.of(settings).preflight()
    except TargetError as error:
        return [Finding("Warehouse", "wrong", f"{error}.", "Check CX_WAREHOUSE, its server and the disk.", "warehouse")]
    return []


def together(asked: Mapping[str, Callable[[], Result]], seconds: float) -> dict[str, Result | None]:
    """The answers to questions that are asked at the same time; None for what did not answer within `seconds`."""
    answers: queue.SimpleQueue[tuple[str, Result | None]] = queue.SimpleQueue()

    def ask(name: str, question: Callable[[], Result]) -> None:
        try:
            answers.put((name, question()))
        except Exception:  # noqa: BLE001 - what a question stumbles over is met again, and told, by the step that needs it
            answers.put((name, None))

    for name, question in asked.items():
        # Not of a pool, which would be waited for at exit.
        threading.Thread(target=ask, args=(name, question), daemon=True).start()
    until = datetime.now(UTC).timestamp() + seconds
    found: dict[str, Result | None] = dict.fromkeys(asked)
    for _ in asked:
        try:
            name, answer = answers.get(timeout=max(0.0, until - datetime.now(UTC).timestamp()))
        except queue.Empty:
            break
        found[name] = answer
    return found


def _contracts() -> list[str]:
    return [table.name for source in sources() if source.domain == "drop" for table in source.tables]


def _dropped(folder: Path) -> tuple[list[tuple[str, Path]], list[str]]:
    try:
        return named(folder, _contracts())
    except OSError:
        return [], []


def _settings_of(source: Source) -> str:
    alternatives = " or ".join(" + ".join(alternative) for alternative in source.credentials)
    base = "" if source.default_base_url else source.base_url_setting
    return " and ".join(filter(None, [base, alternatives]))


def _listed(found: list[str]) -> str:
    more = len(found) - FILES_SHOWN
    return ", ".join(found[:FILES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _text(error: Exception) -> str:
    return str(error).removesuffix(".")
