"""Clients since DuckDB 1.0 open what is published. They come from the package registry, each into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv

import pytest

from tests.quality.test_publishing import held

# The oldest release with a wheel for this Python, and the last one before 2.0 in wide use.
OLDEST = "1.0.0" if sys.version_info < (3, 13) else "1.1.3"
CLIENTS = (OLDEST, "1.4.4")
LOOK = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(duckdb.__version__, connection.execute("select count(*), sum(mrr_minor) from cx.accounts").fetchall(),
      connection.execute("select count(*) from cx.account_months where seen_at = timestamp '2026-10-01 10:00:00'").fetchall(),
      connection.execute("select comment from duckdb_tables() where table_name = 'account_months'").fetchall(),
      connection.execute(f"select count(*) from read_parquet('{sys.argv[2]}')").fetchall())
"""


def client(folder, version):
    """A Python with this DuckDB; skips with the registry's own words where it cannot be had."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install", "-q", "--no-deps",
               "--only-binary", ":all:", "--retries", "1", "--timeout", "20", f"duckdb=={version}"]  # fmt: skip
    done = subprocess.run(install, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.skip(
            f"duckdb {version} cannot be had from the package registry: {done.stderr.strip().splitlines()[-1][:200]}"
        )
    return python


@pytest.mark.registry
@pytest.mark.parametrize("version", CLIENTS)
def test_a_1x_client_reads_the_published_file(house, tmp_path, version):
    python = client(tmp_path / "client", version)
    house.published(held())
    current = house.root / "current"
    seen = subprocess.run(
        [str(python), "-I", "-c", LOOK, str(current / "warehouse.duckdb"), str(current / "parquet" / "accounts.parquet")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert seen.stdout.strip() == (f"{version} [(40, 82000)] [(120,)] [('One row per account and month.',)] [(40,)]"), (
        seen.stderr
    )


@pytest.mark.registry
def test_a_client_that_cannot_be_had_is_skipped_and_says_so(tmp_path):
    with pytest.raises(pytest.skip.Exception, match=r"duckdb 0\.0\.999 cannot be had"):
        client(tmp_path / "client", "0.0.999")
