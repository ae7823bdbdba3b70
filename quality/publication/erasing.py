"""Takes an erased account or person out of what is published: every kept version is written anew without it.

A version of a DuckDB file is never changed in place: a cleaned copy with its own manifest takes its place under a new name
(`<version>.e1`), the pointer moves, the old folder goes. Figures summed over accounts or answers stay as they were published.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from quality.connections import identifier, quoted
from quality.gate.failing_keys import shown
from quality.publication.build_snapshot import facts
from quality.publication.manifest import Manifest, TableFacts
from quality.publication.targets import version_files as files
from quality.publication.targets.duckdb_file import DuckDBFile
from quality.publication.targets.postgres import Postgres
from quality.publication.targets.postgres_session import Session
from quality.publication.targets.postgres_tables import NUMBER, STORE

SCHEMA = "cx"
ERASED = "erased"
KEYS = "sample_keys"


@dataclass(frozen=True)
class Subject:
    """Who is erased, in the words of published tables.

    accounts     account ids: their rows go
    values       values (lower case) that are replaced where they are a whole cell of a personal column: ids, hashes of persons
    personal     the columns that hold such values, by name
    phrases      addresses, names and ids (lower case) that are replaced inside of texts
    """

    accounts: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()

    def keeps(self, columns: Mapping[str, str]) -> str:
        """The SQL condition on a table's rows that stay."""
        if not self.accounts or "account_id" not in columns:
            return "true"
        return f"(account_id is null or account_id not in ({_listed(self.accounts)}))"

    def cleaned(self, column: str) -> str:
        """The SQL of a text column without the person or the account's names. It is the same in DuckDB and PostgreSQL."""
        name = identifier(column)
        shown = name
        for account in self._keys() if column == KEYS else ():
            pattern = r"(^|[|, ])" + re.escape(account) + r"($|[|,])"
            shown = f"regexp_replace({shown}, {quoted(pattern)}, {quoted(chr(92) + '1' + ERASED + chr(92) + '2')}, 'g')"
        for phrase in sorted(self.phrases, key=len, reverse=True):
            pattern = r"(^|[^a-zA-Z0-9_.-])" + re.escape(phrase).replace("\\ ", " ") + r"($|[^a-zA-Z0-9_-])"
            shown = (
                f"regexp_replace({shown}, {quoted(pattern)}, {quoted(chr(92) + '1' + ERASED + chr(92) + '2')}, 'gi')"
            )
        if not self.values or column not in self.personal:
            return shown
        return f"case when lower({name}) in ({_listed(self.values)}) then {quoted(ERASED)} else {shown} end"

    def cleaned_page(self, page: str) -> str:
        """A quality page without the accounts: its failing keys are the one place where it names any."""
        return re.sub("<code>([^<]*)</code>", lambda keys: f"<code>{self.cleaned_keys(keys[1])}</code>", page)

    def cleaned_keys(self, keys: str) -> str:
        """Failing keys, `a7|2026-10-01, a9|2026-10-01`, without the accounts."""
        for account in self._keys():
            keys = re.sub(rf"(?<![^|, ]){re.escape(account)}(?![^|, ])", ERASED, keys)
        return keys

    def _keys(self) -> list[str]:
        """The accounts as failing keys show them: an id that could name somebody is shown as its digest."""
        return sorted(shown(account) for account in self.accounts)


@dataclass
class Erased:
    """What was done to one version: rows that went and rows that were changed, by table; the old and the new name."""

    version: str
    now: str
    removed: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)


def erase_from_file(target: DuckDBFile, subject: Subject) -> list[Erased]:
    """Write every kept version anew that holds the subject; the live one stays live under its new name."""
    done = []
    with target._locked():  # noqa: SLF001 - the lock of a target in the same package
        live = target.live()
        renamed: dict[str, str] = {}
        for manifest in reversed(target.versions()):
            found = _counts(target.store / manifest.version / files.WAREHOUSE, manifest, subject)
            if not found.removed and not found.changed and manifest.previous not in renamed:
                continue
            staged = target.staging / found.now
            files.remove(staged)
            staged.mkdir(parents=True)
            old = target.store / manifest.version
            tables = _copy(old, staged, manifest, subject)
            page = (old / files.PAGE).read_text(encoding="utf-8")
            (staged / files.PAGE).write_text(subject.cleaned_page(page), encoding="utf-8")
            files.write_pages(staged, manifest)
            written = replace(
                manifest,
                version=found.now,
                previous=renamed.get(manifest.previous or "", manifest.previous),
                tables=tables,
                files={},
            ).with_files(files.seal(staged, target.file_mode))
            (staged / files.MANIFEST).write_text(written.to_json())
            (staged / files.MANIFEST).chmod(target.file_mode)
            for folder in (staged / "parquet", staged):
                folder.chmod(target.folder_mode)
                files.sync(folder)
            staged.rename(target.store / found.now)
            if live and live.version == manifest.version:
                target._swap(found.now)  # noqa: SLF001 - same
            old.rename(target.staging / f"{manifest.version}.old")
            files.remove(target.staging / f"{manifest.version}.old")
            renamed[manifest.version] = found.now
            done.append(found)
    return done


def erase_from_server(target: Postgres, subject: Subject, known: Mapping[str, Manifest]) -> list[Erased]:
    """Delete and change rows of every kept version in one transaction per table, then give the space back.

    `known` are the file's manifests by run: their facts go into the server's manifests, for both hold the same rows.
    A reader in a transaction keeps what it sees until it ends; the server's own log and backups are its operator's to expire.
    """
    removed: dict[str, int] = {}
    changed: dict[str, int] = {}
    with target._locked() as session:  # noqa: SLF001 - same
        tables = session.rows(
            f"select relname::text from pg_class where relnamespace = '{STORE}'::regnamespace and relkind = 'p' order by 1"
        )
        for (table,) in tables:
            columns = {name: kind for name, kind in session.columns(STORE, table).items() if name != NUMBER}
            whole = f"{STORE}.{identifier(table)}"
            gone = session.rows(
                f"with gone as (delete from {whole} where not {subject.keeps(columns)} returning 1) select count(*) from gone"
            )
            texts = [name for name, kind in columns.items() if kind == "text"]
            differs = " or ".join(f"{identifier(name)} is distinct from {subject.cleaned(name)}" for name in texts)
            sets = ", ".join(f"{identifier(name)} = {subject.cleaned(name)}" for name in texts)
            moved = [(0,)]
            if texts:
                moved = session.rows(
                    f"with moved as (update {whole} set {sets} where {differs} returning 1) select count(*) from moved"
                )
            if gone[0][0]:
                removed[table] = int(gone[0][0])
            if moved[0][0]:
                changed[table] = int(moved[0][0])
            if gone[0][0] or moved[0][0]:
                session.attempt(f"vacuum analyze {whole}")
        if removed or changed:
            for number, manifest in target._versions(session):  # noqa: SLF001 - same
                kept = (
                    known[manifest.run_id].tables if manifest.run_id in known else _recounted(session, number, manifest)
                )
                session.run(
                    f"update {STORE}._versions set manifest = $1 where {NUMBER} = {number}",
                    (replace(manifest, tables=kept).to_json(),),
                )
    return [Erased("all kept versions", "the same", removed, changed)] if removed or changed else []


def _recounted(session: Session, number: int, manifest: Manifest) -> dict[str, TableFacts]:
    """Facts of a version that the file keeps no more: its rows are counted, its checksums hold no longer."""
    found = {}
    for name, facts_before in manifest.tables.items():
        query = f"select count(*) from {STORE}.{identifier(name)} where {NUMBER} = {number}"
        found[name] = replace(facts_before, rows=int(session.rows(query)[0][0]), content_hash=ERASED)
    return found


def _counts(warehouse: Path, manifest: Manifest, subject: Subject) -> Erased:
    base, _, turn = manifest.version.partition(".e")
    found = Erased(manifest.version, f"{base}.e{int(turn or 0) + 1}")
    with contextlib.closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        for name, known in manifest.tables.items():
            relation = f"{identifier(SCHEMA)}.{identifier(name)}"
            keeps, texts = subject.keeps(known.columns), _texts(known)
            differs = (
                " or ".join(f"{identifier(one)} is distinct from {subject.cleaned(one)}" for one in texts) or "false"
            )
            ((gone, moved),) = connection.execute(
                f"select count(*) filter (where not {keeps}), count(*) filter (where {keeps} and ({differs})) from {relation}"
            ).fetchall()
            if gone:
                found.removed[name] = gone
            if moved:
                found.changed[name] = moved
    return found


def _copy(old: Path, new: Path, manifest: Manifest, subject: Subject) -> dict[str, TableFacts]:
    """The cleaned tables with their comments, as DuckDB file and Parquet; returns their facts."""
    (new / "parquet").mkdir()
    made: dict[str, TableFacts] = {}
    with contextlib.closing(duckdb.connect(":memory:")) as connection:
        connection.execute(f"attach {quoted(old / files.WAREHOUSE)} as old (read_only)")
        connection.execute(f"attach {quoted(new / files.WAREHOUSE)} as new (storage_version {quoted(files.STORAGE)})")
        connection.execute(f"create schema new.{identifier(SCHEMA)}")
        for name, known in manifest.tables.items():
            place, from_ = f"new.{SCHEMA}.{identifier(name)}", f"old.{SCHEMA}.{identifier(name)}"
            replaced = ", ".join(f"{subject.cleaned(one)} as {identifier(one)}" for one in _texts(known))
            chosen = f"* replace ({replaced})" if replaced else "*"
            connection.execute(
                f"create table {place} as select {chosen} from {from_} where {subject.keeps(known.columns)}"
            )
            path = quoted(new / "parquet" / f"{name}.parquet")
            connection.execute(f"copy {place} to {path} (format parquet, compression zstd)")
            made[name] = facts(connection, place, is_off=known.is_off)
        for kind, name, column, text in _comments(connection):
            whole = f"new.{SCHEMA}.{identifier(name)}" + (f".{identifier(column)}" if column else "")
            connection.execute(f"comment on {kind} {whole} is {quoted(text)}")
        connection.execute("checkpoint new")
        connection.execute("detach new")
    return made


def _comments(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    return connection.execute(
        "select 'table', table_name, '', comment from duckdb_tables() where database_name = 'old' and comment is not null "
        "union all select 'column', table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'old' and comment is not null and not internal"
    ).fetchall()


def _texts(known: TableFacts) -> list[str]:
    return [name for name, kind in known.columns.items() if kind == "VARCHAR"]


def _listed(values: frozenset[str]) -> str:
    return ", ".join(quoted(value) for value in sorted(values))
