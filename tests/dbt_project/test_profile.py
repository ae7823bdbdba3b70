"""The settings that dbt gives each of its cursors can be given again once the build has spilled to disk."""

from pathlib import Path

import duckdb
import yaml

PROFILE = Path(__file__).resolve().parents[2] / "dbt_project" / "profiles.yml"


def test_a_build_that_spilled_goes_on(tmp_path):
    output = yaml.safe_load(PROFILE.read_text())["cx_patterns"]["outputs"]["duckdb"]
    given = {**output["settings"], "memory_limit": "100MB"}
    config = {**output["config_options"], "temp_directory": str(tmp_path / "spill")}
    with duckdb.connect(str(tmp_path / "build.duckdb"), config=config) as connection:
        for table in ("first", "second"):
            cursor = connection.cursor()
            for name, value in given.items():
                cursor.execute(f"set {name} = '{value}'")
            cursor.execute(f"create table {table} as select i, hash(i)::text as h from range(1500000) r(i) order by h")
            assert cursor.execute(f"select count(*) from {table}").fetchall() == [(1_500_000,)]
        assert (tmp_path / "spill").exists()
