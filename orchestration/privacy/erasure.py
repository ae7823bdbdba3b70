"""Erases a person or an account everywhere: landing, quarantine, builds, exports, kept publications, PostgreSQL, run history.

Tombstones come first, so that nothing comes back; then the stores, one after another. What is being erased stands in
`erasures/open.json` (mode 0600) until all is done, so that an erasure that was interrupted can be run again to its end. The
proof in `erasures/` says what was done, when, by whom and why, in counts and keyed hashes: it names nobody.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.landing import atomic_files
from ingestion.privacy import erasing
from ingestion.privacy.tombstones import Tombstones
from ingestion.registry import sources
from orchestration.dbt.manifest import published_tables
from orchestration.privacy.person_salt import open_erasure, salt
from orchestration.privacy.run_history import HistoryBusyError, erase_from_history
from orchestration.settings import Settings
from orchestration.warehouses import FILE, SERVER, Warehouses
from quality.publication.erasing import Erased, Subject, erase_from_file, erase_from_server
from quality.publication.targets.duckdb_file import DuckDBFile
from quality.publication.targets.postgres import Postgres
from quality.publication.targets.target import TargetError

# Which column of a source a kind of record is known by.
KEYS = {"organization": "organization_id", "customer": "customer_id", "user": "user_id"}
SHORTEST_PHRASE = 5


class ErasureError(Exception):
    """The erasure was not begun, or is not complete; the text names nobody."""


def erase(  # noqa: PLR0913 - all of it is recorded
    settings: Settings, *, person: str, account: str, by: str, reason: str, now: datetime
) -> Path:
    """Erase one person (an e-mail address) or one account (its account_id); returns the proof.

    Raises:
        ErasureError: what is to be erased, by whom or why is not said, or something is left.
        IngestionError: a source is being extracted at this moment.
        TargetError: a warehouse can't be reached; run it again once it can.
    """
    person, account = person.strip().lower(), account.strip()
    if bool(person) == bool(account):
        raise ErasureError("say whom to erase: PERSON=address or ACCOUNT=account_id, one of them")
    if person and "@" not in person:
        raise ErasureError("PERSON is not an e-mail address")
    if not by.strip() or not reason.strip():
        raise ErasureError("an erasure needs a person (BY=...) and a reason (REASON=...): both are recorded")
    if (person or account).lower() in f"{by} {reason}".lower():
        raise ErasureError("REASON and BY are kept in the proof: they must not name whom is erased")
    Warehouses.of(settings).preflight()
    salt(settings)  # made here where it is missing: the tombstones are nothing without it
    stones = Tombstones.load(settings.raw)
    subject = _person(settings, stones, person) if person else _account(settings, stones, account)
    subject = _resumed(settings, stones.mark("subject", person or account), subject)
    stones.save()
    landed = _counted(settings, erasing.clean(settings.raw, sources(), stones))
    folders = [folder for name in ("build", "exports") if (folder := settings.home / name).exists()]
    for folder in folders:
        shutil.rmtree(folder)
    versions = _published(settings, subject)
    try:
        events = erase_from_history(settings.dagster_home, subject)
    except HistoryBusyError as error:
        raise ErasureError(f"not everything is erased yet: {error}") from None
    if left := _left(settings, stones, subject):
        raise ErasureError(f"not everything is erased yet: {left}. Run it again when no night is running.")
    proof = _proof(
        settings,
        {
            "kind": "person" if person else "account",
            "subject": stones.mark("subject", person or account),
            "at": now.isoformat(),
            "by": by,
            "reason": reason,
            "landing": landed,
            "folders_removed": [folder.name for folder in folders],
            "publications": {name: [asdict(one) for one in done] for name, done in versions.items()},
            "history_events": events,
            "tombstones": len(stones.marks),
            "left": 0,
        },
    )
    open_erasure(settings).unlink(missing_ok=True)
    return proof


def _person(settings: Settings, stones: Tombstones, address: str) -> Subject:
    stones.add("person", address)
    known = {address}
    for _ in range(2):  # a name learned from one record finds the next
        known |= {value.lower() for value in erasing.identities(settings.raw, sources(), stones)}
    return _subject(settings, known)


def _account(settings: Settings, stones: Tombstones, account: str) -> Subject:
    records = _identities(settings, account)
    stones.add("account", account)
    for source, kind, value in records:
        if kind in KEYS:
            stones.add(f"{source}.{KEYS[kind]}", value)
        if kind == "domain":
            stones.add("domain", value)
        elif kind in {"organization", "customer", "account_ref"}:
            stones.add("account", value)
    for address in (people := erasing.members(settings.raw, sources(), stones)):
        stones.add("person", address)
    known = {value.lower() for value in (people | erasing.identities(settings.raw, sources(), stones))}
    names = {value.lower() for value in _names(settings, account)}
    return _subject(settings, known, accounts={account}, phrases={*names, *({account.lower()} - {""})})


def _subject(
    settings: Settings, known: Iterable[str], accounts: Iterable[str] = (), phrases: Iterable[str] = ()
) -> Subject:
    """What published tables may say of the known ids, names and addresses: themselves, or their hashes."""
    known = set(known)
    addresses = {value for value in known if "@" in value}
    hashed = {hashlib.md5(value.encode()).hexdigest() for value in addresses}  # noqa: S324 - the models' key, no secret
    plain = known | hashed
    keyed = {hashlib.sha256(salt(settings) + b":" + value.encode()).hexdigest()[:32] for value in plain}
    told = {value for value in {*known, *phrases} if len(value) >= SHORTEST_PHRASE and not value.isdigit()}
    told = {value for value in told if "@" in value or " " in value or value in set(phrases)}
    return Subject(frozenset(accounts), frozenset(plain | keyed), _personal_columns(), frozenset(told))


def _personal_columns() -> frozenset[str]:
    """Columns of published tables that the models classify as personal."""
    return frozenset(
        column
        for node in published_tables().values()
        for column, facts in node["columns"].items()
        if (facts.get("config", {}).get("meta") or facts.get("meta") or {}).get("pii")
    )


def _identities(settings: Settings, account: str) -> list[tuple[str, str, str]]:
    found = _query(
        settings,
        "select source_name, record_kind, source_id from cx.account_identities where account_id = ?",
        account,
    )
    return [(str(source), str(kind), str(value)) for source, kind, value in found]


def _names(settings: Settings, account: str) -> set[str]:
    found = _query(settings, "select account_name from cx.accounts where account_id = ?", account)
    return {str(name) for (name,) in found if name}


def _query(settings: Settings, query: str, value: str) -> list[tuple[Any, ...]]:
    warehouse = settings.home / "warehouse" / "current" / "warehouse.duckdb"
    if not warehouse.exists():
        raise ErasureError("nothing is published yet: an account's records are known after the first night")
    with duckdb.connect(str(warehouse.resolve()), read_only=True) as connection:
        return connection.execute(query, [value]).fetchall()


def _published(settings: Settings, subject: Subject) -> dict[str, list[Erased]]:
    done: dict[str, list[Erased]] = {}
    targets = Warehouses.of(settings).targets
    file, server = targets[FILE], targets.get(SERVER)
    if isinstance(file, DuckDBFile):
        done[FILE] = erase_from_file(file, subject)
    if isinstance(server, Postgres):
        done[SERVER] = erase_from_server(server, subject, {one.run_id: one for one in file.versions()})
    return done


def _left(settings: Settings, stones: Tombstones, subject: Subject) -> str:
    """What a second pass over every store would still change; empty: nothing."""
    landed = erasing.clean(settings.raw, sources(), stones)
    published = {name: len(done) for name, done in _published(settings, subject).items() if done}
    return ", ".join(f"{name} {count}" for name, count in {**landed, **published}.items())


def _resumed(settings: Settings, mark: str, subject: Subject) -> Subject:
    """The subject with what an interrupted erasure of the same one had learned before it changed anything."""
    path = open_erasure(settings)
    known = json.loads(path.read_text()) if path.exists() else {}
    if known and known["subject"] != mark:
        raise ErasureError("another erasure was interrupted: run that one to its end first")
    subject = Subject(
        subject.accounts,
        subject.values | frozenset(known.get("values", ())),
        subject.personal,
        subject.phrases | frozenset(known.get("phrases", ())),
    )
    state = {
        "subject": mark,
        "values": sorted(subject.values),
        "phrases": sorted(subject.phrases),
        "landing": known.get("landing", {}),
    }
    atomic_files.write(path, json.dumps(state).encode())
    return subject


def _counted(settings: Settings, landed: Mapping[str, int]) -> dict[str, int]:
    """What was done to the landing by this attempt and those that were interrupted."""
    state = json.loads(open_erasure(settings).read_text())
    state["landing"] = dict(Counter(state.get("landing", {})) + Counter(landed))
    atomic_files.write(open_erasure(settings), json.dumps(state).encode())
    return dict(state["landing"])


def _proof(settings: Settings, content: dict[str, Any]) -> Path:
    """Written last. Its own checksum stands in its name."""
    text = json.dumps(content, indent=2, sort_keys=True, default=str) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    path = settings.erasures / f"{content['at'][:10]}-{content['kind']}-{digest}.json"
    atomic_files.write(path, text.encode())
    return path


__all__ = ["ErasureError", "TargetError", "erase"]
