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
