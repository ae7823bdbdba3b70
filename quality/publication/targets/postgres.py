"""PostgreSQL as the warehouse: a partition per version, views for people, and a one-row pointer flipped in one statement.

    cx_store.<table>         partitioned by version_number; cx_store.<table>__v<n> holds the rows of version n
    cx_store._current        the pointer: one row, the live version_number
    cx_store._versions       every version with its state (loading, published, retired) and manifest
    cx.<table>               the view people read; made once, so grants and dependent views survive

A reader in a long transaction keeps its version and holds nobody up. A session lock of the server serialises publishers and
goes with the session of one that dies; the next one drops what it left in the state `loading`. It needs a direct connection:
a pooler that shares sessions between transactions breaks the lock.
"""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from quality.connections import identifier
from quality.publication.audit_tables import QUALITY_RESULTS, publication_row
from quality.publication.line import surplus
from quality.publication.manifest import Manifest, TableChange, compare
from quality.publication.targets.postgres_session import ServerError, Session
from quality.publication.targets.postgres_tables import NUMBER, STORE, VersionTables
from quality.publication.targets.target import Publication, RolledBackError, TargetBusyError, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from quality.publication.build_snapshot import BuildSnapshot

ACTIVE = "select virtualtransaction from pg_locks where locktype = 'virtualxid' and pid <> pg_backend_pid()"
PUBLISHER_LOCK = 7_220_514_433  # any number that is ours
MADE_ONCE = (
    f"""create table if not exists {STORE}._versions (
        {NUMBER} bigint generated always as identity primary key, version text not null, run_id text not null,
        state text not null check (state in ('loading', 'published', 'retired')), manifest text, readers text[])""",
    f"""create table if not exists {STORE}._current (
        singleton boolean primary key default true check (singleton), {NUMBER} bigint not null)""",
    f"""create table if not exists {STORE}._events (
        at timestamp not null, event text not null, from_run_id text not null, from_version text not null,
        to_version text not null, by_whom text not null, reason text not null)""",
)


def _silent(_: str) -> None:
    """No one listens."""


class Postgres:
    """A warehouse on a server. `on_step` hears the name of each step as it begins."""

    def __init__(
        self,
        url: str,
        *,
        spill: Path,
        keep: int = 14,
        wait_seconds: float = 600,
        on_step: Callable[[str], None] = _silent,
    ) -> None:
        if keep < 2:
            raise ValueError("keep at least 2 versions: the live one and the one before it")
        self._url, self.spill, self.keep, self.wait_seconds, self.on_step = url, spill, keep, wait_seconds, on_step

    def __repr__(self) -> str:
        return f"Postgres({self.location})"

    @property
    def location(self) -> str:
        """The server and database, without user and password."""
        # Not by urlsplit, which refuses several hosts with brackets. A password may hold what ends an address.
        scheme, _, rest = self._url.partition("://")
        address = re.split("[?#]", rest)[0]
        is_cut = "@" in rest and "@" not in address
        return f"{scheme}://{'' if is_cut else address.rpartition('@')[2]}"

    def preflight(self, needed_bytes: int = 0) -> None:  # noqa: ARG002 - the server's disk is not ours to see
        with contextlib.closing(Session(self._url)) as session:
            self._make(session)

    def lacking_rights(self) -> list[str]:
        """Rights on the schemas and on what lies in them: views are made anew by their owner alone."""
        with contextlib.closing(Session(self._url)) as session:
            found = [
                f"`{right}` on schema {schema}"
                for schema in (STORE, "cx")
                for right in ("usage", "create")
                if session.rows(f"select 1 from pg_namespace where nspname = '{schema}'")
                and session.rows(f"select has_schema_privilege('{schema}', '{right}')") != [(True,)]
            ]
            if not session.rows("select 1 from pg_namespace where nspname = 'cx'") and session.rows(
                "select has_database_privilege(current_database(), 'create')"
            ) != [(True,)]:
                found.append("`create` on the database")
            others = session.rows(
                "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                f"where n.nspname in ('{STORE}', 'cx') and c.relkind in ('r', 'p', 'v') "
                "and not pg_has_role(c.relowner, 'usage') order by 1 limit 3"
            )
            return [*found, *(f"ownership of {name}" for (name,) in others)]

    def live(self) -> Manifest | None:
        with contextlib.closing(Session(self._url)) as session:
            return self._live(session)

    def versions(self) -> list[Manifest]:
        with contextlib.closing(Session(self._url)) as session:
            return [manifest for _, manifest in self._versions(session)]

    def diff(self, old: str, new: str) -> list[TableChange]:
        known = {manifest.version: manifest for manifest in self.versions()}
        for version in (old, new):
            if version not in known:
                raise TargetError(f"no version {version!r}; known: {', '.join(sorted(known)) or 'none'}")
        return compare(known[old], known[new])

    def rollback(self, version: str, *, by: str, reason: str, now: datetime) -> Manifest:
        with self._locked() as session:
            known = {manifest.version: (number, manifest) for number, manifest in self._versions(session)}
            live = self._live(session)
            if version not in known:
                raise TargetError(f"no version {version!r}; known: {', '.join(sorted(known)) or 'none'}")
            if live is None or live.version == version:
                raise TargetError(f"version {version} is live already")
            number, manifest = known[version]
            session.run(
                f"with noted as (insert into {STORE}._events values ($1::text::timestamp, 'rollback', $2, $3, $4, $5, $6))"
                f", cleared as (update {STORE}._versions set readers = null where {NUMBER} = {number}) "
                f"update {STORE}._current set {NUMBER} = {number}",
                (now.isoformat(), live.run_id, live.version, version, by, reason),
            )
            return manifest

    def publish(self, snapshot: BuildSnapshot, page: Path, *, again: bool = False) -> Publication:  # noqa: ARG002 - the page stays with the run
        release = snapshot.release
        with self._locked() as session:
            live = self._live(session)
            if live is not None and live.run_id == release.run_id:
                # Its publisher may have died before it came to that.
                self._collect(session, live.version, live.previous)
                return Publication(live.version, live.run_id, live, is_new=False, location=self.location)
            taken_back = session.rows(f"select 1 from {STORE}._events where from_run_id = $1", (release.run_id,))
            if taken_back and not again and not release.is_aside:
                raise RolledBackError(f"run {release.run_id} was rolled back; say so to publish it again")
            snapshot.require_no_objection()
            kept = [one for one in self._versions(session) if one[1].run_id == release.run_id]
            number, manifest = kept[0] if kept else self._load(session, snapshot, live)
            if release.is_aside:
                self._keep(session, number, manifest)
                self._collect(session, live.version if live else "", manifest.version)
                return Publication(manifest.version, manifest.run_id, manifest, not kept, location=self.location)
            self.on_step("flip")
            self._flip(session, number, manifest)
            self.on_step("collect")
            self._collect(session, manifest.version, live.version if live else None)
            return Publication(manifest.version, manifest.run_id, manifest, is_new=True, location=self.location)

    def _load(self, session: Session, snapshot: BuildSnapshot, live: Manifest | None) -> tuple[int, Manifest]:
        ((number,),) = session.rows(
            f"insert into {STORE}._versions (version, run_id, state) values ($1, $1, 'loading') returning {NUMBER}",
            (snapshot.release.run_id,),
        )
        try:
            self.on_step("facts")
            version, previous = snapshot.release.run_id, live.version if live else None
            tables = snapshot.facts()
            manifest = snapshot.manifest(version, previous, tables)
            own = snapshot.add_own_tables(manifest, *self._history(session))
            made = VersionTables(session, snapshot, int(number))
            held = {**tables, **own}
            for table in snapshot.tables:
                self.on_step(f"load {table.name}")
                held[table.name] = replace(held[table.name], columns=dict(made.load(table)))
            self.on_step("views")
            session.make_schema(snapshot.release.schema)
            for table in snapshot.tables:
                # A new column waits for another night where a reader's open transaction holds the table or its view.
                shown, loaded = made.show(table), held[table.name].columns
                columns = {name: kind for name, kind in loaded.items() if name in shown}
                held[table.name] = replace(held[table.name], columns=columns)
            return int(number), snapshot.manifest(version, previous, held)
        except duckdb.Error as error:  # its message may quote a row
            raise TargetError(
                f"version {snapshot.release.run_id} could not be written: {type(error).__name__}"
            ) from None

    def _keep(self, session: Session, number: int, manifest: Manifest) -> None:
        """The version of a past date can be rolled back to from now on; readers go on with the live one."""
        session.run(
            f"update {STORE}._versions set state = 'published', manifest = $1 where {NUMBER} = {number}",
            (manifest.to_json(),),
        )

    def _flip(self, session: Session, number: int, manifest: Manifest) -> None:
        """Pointer, state and manifest in one statement. Where its acknowledgement is lost, the server is asked again."""
        statement = (
            f"with flipped as (insert into {STORE}._current ({NUMBER}) values ({number}) "
            f"on conflict (singleton) do update set {NUMBER} = excluded.{NUMBER}) "
            f"update {STORE}._versions set state = 'published', manifest = $1, readers = null where {NUMBER} = {number}"
        )
        try:
            session.run(statement, (manifest.to_json(),))
        except ServerError:
            live = self.live()
            if live is None or live.run_id != manifest.run_id:
                raise

    def _history(self, session: Session) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows of `publications` of every version ever, and of `quality_results` of the kept ones."""
        ever = session.rows(f"select manifest from {STORE}._versions where manifest is not null")
        # What stood aside was published once somebody had made it current.
        made_current = {version for (version,) in session.rows(f"select to_version from {STORE}._events")}
        known = [Manifest.from_json(text) for (text,) in ever]
        publications = [publication_row(one) for one in known if not one.is_aside or one.version in made_current]
        names = [name for name in session.columns(STORE, QUALITY_RESULTS.name) if name != NUMBER]
        if not names:
            return publications, []
        kept = {manifest.run_id for _, manifest in self._versions(session)[: self.keep]}
        listed = ", ".join(f"r.{identifier(name)}" for name in names)
        # Of each version what it says of its own run: that of one that was taken back stands in no later version.
        found = session.rows(
            f"select {listed} from {STORE}.{QUALITY_RESULTS.name} r join {STORE}._versions v using ({NUMBER}) "
            "where v.state = 'published' and r.run_id = v.run_id"
        )
        results = [dict(zip(names, row, strict=True)) for row in found]
        return publications, [row for row in results if row["run_id"] in kept]

    def _collect(self, session: Session, live: str, previous: str | None) -> None:
        """Retire versions beyond `keep`, never the live one or the one before it. A reader may hold one: then another night."""
        self._note_readers(session)
        numbers = {manifest.version: number for number, manifest in self._versions(session)}
        known = [manifest for _, manifest in self._versions(session)]
        for manifest in surplus(known, self.keep, {live, previous}):
            session.run(f"update {STORE}._versions set state = 'retired' where {NUMBER} = {numbers[manifest.version]}")
        self._drop(session, "retired")

    def _note_readers(self, session: Session) -> None:
        """Once a version is live no more, note who is in a transaction: their snapshot may show it, and none begun later can."""
        session.run(
            f"update {STORE}._versions set readers = array({ACTIVE}) where state <> 'loading' and readers is null "
            f"and {NUMBER} <> (select {NUMBER} from {STORE}._current)"
        )

    def _drop(self, session: Session, state: str) -> None:
        """Drop the partitions of versions in a state that nobody can see, attached or not, finished or half detached."""
        numbers = (
            f"select {NUMBER} from {STORE}._versions where state = '{state}' "
            f"and (state = 'loading' or not readers && array({ACTIVE}))"
        )
        found = session.rows(
            "select c.relname::text, p.relname::text, coalesce(i.inhdetachpending, false) from pg_class c "
            "left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent "
            f"where c.relnamespace = '{STORE}'::regnamespace and c.relkind = 'r' and "
            f"substring(c.relname::text from '__v([0-9]+)$')::bigint in ({numbers})"
        )
        session.run("set statement_timeout = '5s'")  # detaching waits for readers of the old version
        for table, parent, is_pending in found:
            whole = f"{STORE}.{identifier(table)}"
            how = "finalize" if is_pending else "concurrently"
            if parent and not session.attempt(
                f"alter table {STORE}.{identifier(parent)} detach partition {whole} {how}"
            ):
                break  # the same reader would be waited for at every table
            session.attempt(f"drop table {whole}")
        session.run("set statement_timeout = 0")

    def _recover(self, session: Session) -> None:
        """Remove what publishers that died have left. The rows of `_versions` stay as long as their tables do."""
        self._note_readers(session)
        for state in ("loading", "retired"):
            self._drop(session, state)
        session.run(
            f"delete from {STORE}._versions v where state = 'loading' and not exists (select 1 from pg_class c where "
            f"c.relnamespace = '{STORE}'::regnamespace and substring(c.relname::text from '__v([0-9]+)$')::bigint = v.{NUMBER})"
        )

    def _live(self, session: Session) -> Manifest | None:
        if not session.columns(STORE, "_events"):
            return None
        found = session.rows(f"select manifest from {STORE}._versions join {STORE}._current using ({NUMBER})")
        return Manifest.from_json(found[0][0]) if found else None

    def _versions(self, session: Session) -> list[tuple[int, Manifest]]:
        if not session.columns(STORE, "_events"):
            return []
        query = f"select {NUMBER}, manifest from {STORE}._versions where state = 'published' order by {NUMBER} desc"
        return [(int(number), Manifest.from_json(text)) for number, text in session.rows(query)]

    def _make(self, session: Session) -> None:
        session.make_schema(STORE)
        for statement in MADE_ONCE:
            session.run(statement)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[Session]:
        """A session that holds the publisher's lock, with the leavings of dead publishers removed."""
        with contextlib.closing(Session(self._url)) as session:
            deadline = time.monotonic() + self.wait_seconds
            while session.rows(f"select pg_try_advisory_lock({PUBLISHER_LOCK})") != [(True,)]:
                if time.monotonic() > deadline:
                    raise TargetBusyError(f"another publisher holds {self.location}")
                time.sleep(0.1)
            self._make(session)
            self._recover(session)
            yield session
