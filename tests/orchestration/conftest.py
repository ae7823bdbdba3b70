"""Whole nights as a scheduler runs them: the command in a process of its own, settings from the environment."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-22"


@dataclass(frozen=True)
class Night:
    """One home and the environment its nights run in."""

    home: Path
    variables: dict[str, str]

    def run(self, command="nightly", *arguments, **more):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        environment = {**kept, "CX_HOME": str(self.home), "CX_AS_OF": AS_OF, "COLUMNS": "200", **self.variables, **more}
        return subprocess.run(
            [sys.executable, "-m", "orchestration", command, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )

    @contextmanager
    def history(self):
        """Dagster's history of this home's runs."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DAGSTER_HOME", str(self.home / "dagster"))
            with dg.DagsterInstance.get() as instance:
                yield instance

    @property
    def current(self):
        return self.home / "warehouse" / "current"

    @property
    def manifest(self):
        return json.loads((self.current / "manifest.json").read_text())

    def query(self, sql):
        with duckdb.connect(str(self.current / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def demo_night(tmp_path_factory):
    """A published night of a demo company of 60 accounts. Read it; a test that writes copies the home."""
    night = Night(tmp_path_factory.mktemp("demo"), {"CX_DEMO_ACCOUNTS": "60"})
    ended = night.run()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return night


# A drop folder of three agreements, one of which is written so that nobody can read its amount.
ACCOUNTS = (
    "account_id,name,segment,start_date\nA1,Acme,Mid-Market,2024-01-01\nA2,Borealis,smb,2024-01-01\nA3,Cirrus,smb,\n"
)
LINES = "line_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on,ends_on\n"
FIRST = "L1,A1,desk,recurring,10,12.50,EUR,month,1,2024-01-01,\n"
SECOND = "L2,A2,desk,recurring,1,{},EUR,month,1,2024-03-01,\n"
THIRD = "L3,A3,desk,recurring,1,80.00,EUR,month,1,2024-02-01,2025-07-01\n"
QBRS = "qbr_id,account_ref,planned_on,held_on\nQ1,A1,2026-09-01,2026-09-02\nQ2,A2,2026-09-01,09/02/2026\n"
SECRET = "€35.50"


@dataclass(frozen=True)
class Story:
    """A home whose first night was refused and whose second one was published, with what either said."""

    night: Night
    drop: str
    refused: object
    published: object


@pytest.fixture(scope="session")
def story(tmp_path_factory):
    base = tmp_path_factory.mktemp("left_out")
    drop = base / "drop"
    drop.mkdir()
    told = base / "told.txt"
    script = base / "tell.sh"
    script.write_text(f"#!/bin/sh\ncat >> {told}\n")
    script.chmod(0o700)
    variables = {
        "CX_MODE": "live", "CX_DROP_DIR": str(drop), "CX_REPORTING_CURRENCY": "EUR", "CX_ALERT_COMMAND": str(script),
    }  # fmt: skip
    night = Night(base / "home", variables)
    (drop / "accounts.csv").write_text(ACCOUNTS)
    (drop / "agreements.csv").write_text(LINES + FIRST + SECOND.format(SECRET) + THIRD)
    refused = night.run()
    (drop / "agreements.csv").write_text(LINES + FIRST + SECOND.format("35.50") + THIRD)
    (drop / "qbrs.csv").write_text(QBRS)
    (drop / "notes.txt").write_text("hello")
    published = night.run()
    return Story(night, str(drop), refused, published)
