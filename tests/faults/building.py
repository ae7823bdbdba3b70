"""A small company in a drop folder, and the victim that builds it: dbt as the night calls it."""

import contextlib
import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb

from ingestion import registry
from ingestion.contract import Connection
from ingestion.extraction import extract
from quality.connections import identifier
from quality.publication.build_snapshot import facts
from tests.faults.victims import Stopped

ACCOUNTS = "account_id,name,segment,csm_owner\n" + "".join(f"A{n},Company {n},smb,Ann\n" for n in range(1, 31))
LINES = (
    "line_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on,ends_on\n"
    + "".join(f"L{n},A{n},desk,recurring,{n},12.50,USD,month,1,2025-0{n % 9 + 1}-01,\n" for n in range(1, 31))
)
AS_OF = date(2026, 10, 14)
# A seed, staging, intermediate models and a mart, in a second or two.
STRETCH = "+account_identities"


# What a victim alone needs is imported by victims alone: dbt and Dagster warn about their own dependencies.
def night(home):
    """The night of a home with a drop folder and nothing else."""
    from orchestration.night import Night  # noqa: PLC0415
    from orchestration.settings import load  # noqa: PLC0415

    os.environ.update(CX_HOME=str(home), CX_MODE="live", CX_DROP_DIR=f"{home}/drop")
    return Night(load(), AS_OF, datetime.combine(AS_OF + timedelta(days=1), datetime.min.time(), UTC))


def landed(home):
    """The home with what it has to build from."""
    drop = Path(home) / "drop"
    drop.mkdir(parents=True)
    (drop / "accounts.csv").write_text(ACCOUNTS)
    (drop / "agreements.csv").write_text(LINES)
    one = night(home)
    source = registry.source("drop_folder")
    list(extract(source, Connection(str(drop)), one.settings.raw, Stopped(AS_OF), "run"))


@cache
def parsed():
    """Loaded before victims are forked, so that each has one of its own at no cost."""
    from orchestration.dbt import manifest  # noqa: PLC0415

    return manifest.parsed()


def build(home):
    """A whole build of the stretch, from a fresh file."""
    from orchestration.assets import dbt_models  # noqa: PLC0415
    from orchestration.dbt import runner  # noqa: PLC0415

    runner.parsed = parsed
    one = night(home)
    dbt_models._make_room(one, is_whole=True)
    project = dbt_models._project(one)
    built = list(project.run(["build", "--select", STRETCH, *dbt_models.BUILT_KINDS]))
    runner.require_built(project.results(), reported=len(built))


def tables(home):
    """Rows and content of everything that was built."""
    (path,) = (one for one in Path(home).glob("build/*/build.duckdb") if one.parent.name != "last")
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        query = "select schema_name, table_name from duckdb_tables() where not internal"
        return {
            name: (found.rows, found.content_hash)
            for schema, name in connection.execute(query).fetchall()
            for found in [facts(connection, f"{identifier(schema)}.{identifier(name)}")]
        }
