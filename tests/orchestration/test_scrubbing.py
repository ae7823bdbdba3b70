"""Real errors of the engines, provoked with a canary in the row: what is told of them holds the place and no value."""

import contextlib
import io
import subprocess

import dagster as dg
import duckdb
import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from orchestration.privacy.error_redaction import scrubbed, withheld

CANARY = "jane doe"
ADDRESS = "jane.doe@canary.example"


def duck(sql):
    return lambda: duckdb.execute(sql).fetchall()


def arrow_csv():
    return pyarrow.csv.read_csv(
        io.BytesIO(f"a\n1\n{CANARY}\n".encode()),
        convert_options=pyarrow.csv.ConvertOptions(column_types={"a": pa.int64()}),
    )


FAILURES = {
    "cast": duck(f"select cast(x as integer) from (values ('{CANARY}')) t(x)"),
    "cast of an address": duck(f"select cast(x as date) from (values ('{ADDRESS}')) t(x)"),
    "strptime": duck(f"select strptime(x, '%Y') from (values ('{CANARY}')) t(x)"),
    "error()": duck(f"select error('{CANARY} is wrong')"),
    "decimal": duck("select cast(x as decimal(4, 2)) from (values (987654321)) t(x)"),
    "json": duck(f"""select json_extract('{{"a": {CANARY}}}'::json, '$.a')"""),
    "duplicate key": duck(
        f"create or replace table k (x text primary key); insert into k values ('{CANARY}'), ('{CANARY}')"
    ),
    "literal in broken SQL": duck(f"select nosuch from (select '{ADDRESS}' as x)"),
    "arrow parse": lambda: pa.array([CANARY]).cast(pa.int64()),
    "arrow build": lambda: pa.array([CANARY], pa.int64()),
    "arrow csv": arrow_csv,
    "arrow strptime": lambda: pc.strptime(pa.array([CANARY]), format="%Y", unit="s"),
    "pandas number": lambda: pd.to_numeric(pd.Series([CANARY])),
    "pandas date": lambda: pd.to_datetime(pd.Series([CANARY]), format="%Y-%m-%d"),
    "python": lambda: int(CANARY),
    "key": lambda: {}[CANARY],
    "msgspec": lambda: msgspec.convert(CANARY, int),
    "own class": lambda: (_ for _ in ()).throw(LookupError(f"no {CANARY} here")),
    "process": lambda: subprocess.run(["false", CANARY], check=True),
}


@pytest.mark.parametrize("act", FAILURES.values(), ids=FAILURES)
def test_no_engine_s_error_text_carries_a_value(act):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - any engine's error
        act()
    assert_clean(scrubbed(str(raised.value)))
    with pytest.raises(dg.Failure) as stored, withheld("models"):
        act()
    assert_clean(f"{stored.value.description}{stored.value.__cause__}")
    assert stored.value.__suppress_context__
    assert type(raised.value).__name__ in stored.value.description


def assert_clean(text):
    assert text
    for part in ("jane", "doe", "canary", "987654321"):
        assert part not in text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Runtime Error in model m (models/m.sql)\n  Invalid Input Error: No rate of EUR for 2026-09-30: add a day of that month to fx_rates",
            "No rate of EUR for 2026-09-30: add a day of that month to fx_rates",
        ),
        (
            "Runtime Error in model m (models/m.sql)\n  Invalid Input Error: Accounts merge in a circle, correct merged_into: jane",
            "Accounts merge in a circle, correct merged_into",
        ),
        ('ERROR: duplicate key value violates unique constraint "k"\nDETAIL: Key (x)=(jane) already exists.', "unique constraint"),
        ("Conversion Error: Could not convert string 'jane' to INT32 when casting from source column score", "source column score"),
        ("Constraint Error: NOT NULL constraint failed: accounts.account_id", "accounts.account_id"),
        ('Runtime Error in model stg_x (models/staging/x.sql)\n  Conversion Error: "jane" to DATE', "in model stg_x (models/staging/x.sql)"),
        ('Runtime Error in model m (a.sql)\n  Binder Error: Referenced column "scor" not found in FROM clause!\nLINE 3:   scor', '"scor" not found'),
        ('IO Error: No files found that match the pattern "raw/x/v1/*/data.parquet"', "No files found"),
        ("Failing row contains (1, jane, 2026-01-01).", "may quote a row"),
    ],
)  # fmt: skip
def test_what_helps_and_is_no_value_is_kept(text, kept):
    told = scrubbed(text)
    assert kept in told
    assert "jane" not in told


@pytest.mark.parametrize(
    "said",
    [
        'class_rules.csv line 2: unknown signal "moon_phase"; class_signals.csv lists them',
        'intervention_rules.csv line 14: unknown occasion "champion_lfet"',
    ],
)
def test_the_project_s_own_refusals_are_told_whole(said):
    with pytest.raises(duckdb.Error) as raised:
        duckdb.execute("select error(?)", [said]).fetchall()
    assert said in scrubbed(f"Database Error in test t (tests/t.sql)\n  {raised.value}\n  compiled code at x")


def test_a_url_loses_its_password():
    told = scrubbed("IO Error: cannot open postgresql://night:s3cret@host/db")
    assert "s3cret" not in told
    assert "cannot open" in told


def test_a_failure_of_our_own_passes_as_it_is():
    ours = dg.Failure("said on purpose")
    with pytest.raises(dg.Failure, match="said on purpose") as raised, withheld("source"):
        raise ours
    assert raised.value is ours


def test_the_place_names_the_file_and_no_folder():
    with pytest.raises(dg.Failure) as raised, withheld("source"):
        int(CANARY)
    assert "test_scrubbing.py:" in raised.value.description
    assert "/" not in raised.value.description.split(":")[0]
    with contextlib.suppress(KeyError):
        assert raised.value.metadata["cause"].value == "source"
