"""The settings, and the only reader of the environment (or of one `.env` file). The names are an interface.

Errors: SettingsError names the variable and the remedy, and is raised before anything runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from demo import world
from ingestion.contract import Connection, Source
from ingestion.registry import sources
from orchestration.policies import PolicyError, load_policies
from quality.publication.targets.target import Readers

PROJECT = Path(__file__).resolve().parent.parent
DEMO_ACCOUNTS = 400
# Set by `export` for dbt's profile.
HANDED_ON = ("CX_BUILD_PATH", "CX_PREVIOUS")


class SettingsError(Exception):
    """A setting is missing or can't be used; the text names the variable and never its value."""


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must be an IANA time zone, such as Europe/Berlin") from error
    return name


def _currency(code: str) -> str:
    if len(code) != 3 or not code.isalpha() or code != code.upper():
        raise ValueError("must be an ISO 4217 code, such as USD")
    return code


def _streams(names: str) -> str:
    known = {f"{source.name}.{table.name}" for source in sources() for table in source.tables}
    wanted = names.replace(",", " ").split()
    if strangers := [name for name in wanted if name not in known]:
        close = get_close_matches(strangers[0], known, n=1, cutoff=0.5)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"must name streams as source.table, such as drop_folder.agreements{hint}")
    return " ".join(wanted)


class Environment(BaseSettings):
    """The CX_ variables as they are written; `.env.example` says what each means."""

    model_config = SettingsConfigDict(
        env_prefix="CX_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    mode: Literal["demo", "live"] = "demo"
    home: Path = Path("data")
    as_of: date | None = None
    start_date: date | None = None
    drop_dir: Path | None = None
    reporting_currency: Annotated[str, AfterValidator(_currency)] = "USD"
    reporting_timezone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    warehouse: SecretStr = SecretStr("")
    keep_versions: int = Field(default=14, ge=2)  # the live one and the one before it
    memory_limit: str = Field(default="4GB", pattern=r"(?i)^\d+(\.\d+)? ?[KMGT]i?B$")
    demo_accounts: int = Field(default=DEMO_ACCOUNTS, ge=1)
    schedule_hour: int = Field(default=2, ge=0, le=23)
    alert_urls: SecretStr = SecretStr("")
    alert_command: SecretStr = SecretStr("")
    hash_persons: bool = True
    readers: Readers = "owner"
    stale_source_hours: int = Field(default=36, ge=1)
    stale_publication_hours: int = Field(default=30, ge=1)
    overrides: Path | None = None
    accept_shorter: Annotated[str, AfterValidator(_streams)] = ""
    policies: Path | None = None
    sources_off: str = ""
    patience_minutes: int = Field(default=120, ge=0)


class VendorEnvironment(BaseSettings):
    """Base of the variables without prefix that the registered sources ask for."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class Settings:
    """The settings of a run. Paths are absolute; `as_of` None means the day the run starts on."""

    is_demo: bool
    home: Path
    as_of: date | None
    start_date: date | None
    drop_dir: Path | None
    reporting_currency: str
    reporting_timezone: str
    keep_versions: int
    memory_limit: str
    demo_accounts: int
    schedule_hour: int
    overrides: Path | None
    accept_shorter: frozenset[str]
    policies: Mapping[str, Any]
    sources_off: frozenset[str]
    patience_minutes: int
    hash_persons: bool
    readers: Readers
    stale_source_hours: int
    stale_publication_hours: int
    warehouse: str = field(repr=False)
    alert_urls: tuple[str, ...] = field(repr=False)
    alert_command: str = field(repr=False)
    vendors: Mapping[str, str] = field(repr=False)
    unknown: tuple[str, ...] = ()  # variables that look like settings and are none

    @property
    def raw(self) -> Path:
        return self.home / "raw"

    @property
    def quarantine(self) -> Path:
        return self.home / "quarantine"

    @property
    def build(self) -> Path:
        return self.home / "build"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def erasures(self) -> Path:
        return self.home / "erasures"

    @property
    def alerts(self) -> Path:
        return self.home / "alerts"

    def date_of(self, now: datetime) -> date:
        """The run's date: CX_AS_OF, else the local day of `now` (aware) in the reporting time zone."""
        return self.as_of or now.astimezone(ZoneInfo(self.reporting_timezone)).date()

    def connection(self, source: Source) -> Connection:
        """Where and as whom a source is read in live mode. Without credentials the source is off; a name of CX_SOURCES_OFF is."""
        if source.name in self.sources_off:
            return Connection(base_url="", is_switched_off=True)
        names = {name for alternative in source.credentials for name in alternative}
        given = {name: self.vendors[name] for name in sorted(names) if self.vendors.get(name)}
        is_complete = any(all(name in given for name in alternative) for alternative in source.credentials)
        if given and not is_complete:
            wanted = " or ".join(" + ".join(alternative) for alternative in source.credentials)
            raise SettingsError(
                f"{source.title}: only {', '.join(given)} is set. Set {wanted}, or none of them to leave the source off."
            )
        if source.domain == "drop":
            base_url = str(self.drop_dir) if self.drop_dir else ""
        else:
            base_url = self.vendors.get(source.base_url_setting) or source.default_base_url
        if is_complete and not base_url:
            raise SettingsError(f"{source.title}: set {source.base_url_setting} as well as its credentials.")
        connection = Connection(
            base_url=base_url,
            credentials=given,
            reporting_timezone=self.reporting_timezone,
            shorter=self.accept_shorter,
        )
        return replace(connection, start_date=self.start_date) if self.start_date else connection


def load(env_file: Path = PROJECT / ".env") -> Settings:
    """Read the environment, then `env_file` for what it lacks.

    Raises:
        SettingsError: a value can't be used, or a vendor's credentials are incomplete.
    """
    try:
        values = Environment(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        problems = "; ".join(f"CX_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{problems}. See .env.example.") from None
    settings = Settings(
        is_demo=values.mode == "demo",
        home=_absolute(values.home),
        as_of=values.as_of,
        start_date=values.start_date,
        drop_dir=_absolute(values.drop_dir) if values.drop_dir else None,
        reporting_currency=values.reporting_currency,
        reporting_timezone=values.reporting_timezone,
        keep_versions=values.keep_versions,
        memory_limit=values.memory_limit,
        demo_accounts=values.demo_accounts,
        schedule_hour=values.schedule_hour,
        overrides=_absolute(values.overrides) if values.overrides else None,
        accept_shorter=frozenset(values.accept_shorter.split()),
        policies=_policies(values.policies),
        sources_off=_source_names(values.sources_off),
        patience_minutes=values.patience_minutes,
        hash_persons=values.hash_persons,
        readers=values.readers,
        stale_source_hours=values.stale_source_hours,
        stale_publication_hours=values.stale_publication_hours,
        warehouse=_server(values.warehouse.get_secret_value()),
        alert_urls=tuple(values.alert_urls.get_secret_value().split()),
        alert_command=values.alert_command.get_secret_value(),
        vendors=_vendor_variables(env_file),
        unknown=_unknown(env_file),
    )
    _refuse_a_mixed_home(settings)
    if not settings.is_demo:
        for source in sources():
            settings.connection(source)
        if settings.drop_dir and not settings.drop_dir.is_dir():
            raise SettingsError("CX_DROP_DIR names a folder that does not exist. Create it, or unset the variable.")
    if settings.overrides and not settings.overrides.is_file():
        raise SettingsError("CX_OVERRIDES names a file that does not exist. Write it, or unset the variable.")
    return settings


def _policies(path: Path | None) -> Mapping[str, Any]:
    try:
        return load_policies(_absolute(path)) if path else {}
    except PolicyError as error:
        raise SettingsError(f"CX_POLICIES: {error}.") from None


def _source_names(text: str) -> frozenset[str]:
    """The sources that a list names, separated by commas or spaces."""
    names = frozenset(text.replace(",", " ").split())
    known = {source.name for source in sources()}
    if names - known:
        raise SettingsError(f"CX_SOURCES_OFF names an unknown source. Known sources: {', '.join(sorted(known))}.")
    return names


def _unknown(env_file: Path) -> tuple[str, ...]:
    """Names in the file, and CX_ names in the environment, that nobody reads: a slip of the pen loses a setting."""
    known = {f"CX_{name.upper()}" for name in Environment.model_fields} | set(HANDED_ON)
    known |= _vendor_names()
    written = {name for name in dotenv_values(env_file) if name == name.upper()} if env_file.is_file() else set()
    return tuple(sorted((written | {name for name in os.environ if name.startswith("CX_")}) - known))


def _refuse_a_mixed_home(settings: Settings) -> None:
    """Demo rows and own rows never meet: a home belongs to the mode of its first run."""
    holds_demo = (settings.raw / world.FILE).exists()
    holds_own = not holds_demo and any(settings.raw.glob("*/*/state.json"))
    if holds_own if settings.is_demo else holds_demo:
        whose = "your own data" if holds_own else "the demo company's data"
        raise SettingsError(f"CX_HOME holds {whose}. Set CX_HOME to a folder of its own for this CX_MODE.")


def _vendor_variables(env_file: Path) -> dict[str, str]:
    """What the registered sources ask for: base URLs and credentials, by variable name."""
    fields: dict[str, Any] = {name: (SecretStr, SecretStr("")) for name in _vendor_names()}
    model: Any = create_model("VendorVariables", __base__=VendorEnvironment, **fields)
    values = model(_env_file=env_file)
    return {name: getattr(values, name).get_secret_value() for name in sorted(fields) if getattr(values, name)}


def _vendor_names() -> set[str]:
    names = {name for source in sources() for alternative in source.credentials for name in alternative}
    return names | {source.base_url_setting for source in sources() if source.domain != "drop"}


def _server(url: str) -> str:
    """The server to publish to beside the file; empty for the file alone."""
    if url in {"", "duckdb"}:
        return ""
    if not url.startswith(("postgresql://", "postgres://")):
        raise SettingsError(
            "CX_WAREHOUSE must be postgresql://user:password@host/database. Leave it empty to publish to the file alone."
        )
    return url


def _absolute(path: Path) -> Path:
    expanded = path.expanduser()
    return expanded if expanded.is_absolute() else PROJECT / expanded


def make_home(settings: Settings) -> None:
    """The home, private; with readers of the warehouse it can be passed through, not listed. From now on this process and
    its children make private files, whatever library makes them.
    """
    os.umask(0o077)
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.home.chmod({"owner": 0o700, "group": 0o710, "all": 0o711}[settings.readers])
    for private in (settings.raw, settings.quarantine, settings.build, settings.dagster_home, settings.home / "drop"):
        if private.exists():
            private.chmod(0o700)


def bare_environment() -> dict[str, str]:
    """What a command of the operator's needs to run at all: none of the pipeline's settings and secrets."""
    names = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


def export(**variables: str) -> None:
    """Hand settings on to a library that reads the environment alone (dbt's profile, Dagster's home)."""
    os.environ.update(variables)
