"""Canaries: persons and secrets are looked for in everything that a night writes. They are where they may be, and nowhere else."""

import re
import socket

import pyarrow.parquet as pq

from ingestion.drop_folder.contracts import CONTRACTS
from ingestion.drop_folder.row_checks import CHOICES
from ingestion.registry import sources
from orchestration.dbt.manifest import published_tables
from tests.ingestion.test_drop_folder import as_csv, valid
from tests.orchestration.conftest import Night

CANARY = "c4nary"
CIRCLE = (f"{CANARY}-1", f"{CANARY}-2")


def persons(night):
    """Every address and full name of a person that was landed."""
    found = set()
    for source in sources():
        for table in source.tables:
            contacts = [one.name for one in table.columns if one.pii == "contact" and one.form == "text"]
            for path in (night.home / "raw" / source.name / table.name).glob("v1/*/data.parquet"):
                for column in pq.read_table(path, columns=contacts, partitioning=None).columns if contacts else ():
                    found |= {value for value in column.to_pylist() if value and ("@" in value or " " in value)}
    return found


def said(text):
    """Addresses and pairs of capitalised words in a text."""
    return {*re.findall(r"[\w.+%-]+@[\w.-]+\w", text), *re.findall(r"(?=\b([A-Z][\w'-]+ [A-Z][\w'-]+))", text)}


def written(home):
    """What is told of a night, by file: logs, run storage, dbt's artefacts, manifests, pages, alerts; not its data."""
    data = {home / "raw", home / "quarantine", home / "drop"}
    for path in sorted(home.rglob("*")):
        is_table = path.suffix in {".parquet", ".duckdb"}
        if path.is_file() and not path.is_symlink() and not is_table and not data & set(path.parents):
            yield path, path.read_bytes().decode("utf-8", errors="replace")


def test_no_person_is_named_in_what_is_told_of_a_night(demo_night):
    canaries = persons(demo_night)
    companies = {name for (name,) in demo_night.query("select account_name from cx.accounts")}
    assert len(canaries - companies) > 50
    files = dict(written(demo_night.home))
    assert {"manifest.json", "quality.html", "runs.db"} <= {path.name for path in files}
    assert [path for path, text in files.items() if said(text) & (canaries - companies)] == []


def test_addresses_are_published_in_columns_that_say_so_alone(demo_night):
    classified = {
        (name, column)
        for name, node in published_tables().items()
        for column, facts in node["columns"].items()
        if (facts["config"].get("meta") or {}).get("pii")
    }
    texts = demo_night.query(
        "select table_name, column_name from duckdb_columns() where schema_name = 'cx' and data_type = 'VARCHAR'"
    )
    holding = {
        (table, column)
        for table, column in texts
        if demo_night.query(f"""select count(*) from cx."{table}" where contains("{column}", '@')""") != [(0,)]
    }
    assert holding <= classified
    respondents = demo_night.query(
        "select distinct respondent_id from cx.survey_responses where respondent_id is not null"
    )
    assert respondents
    assert all(re.fullmatch("[0-9a-f]{32}", one) for (one,) in respondents)


def test_a_home_is_private(demo_night):
    open_ones = [path for path in demo_night.home.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]
    assert open_ones == []
    assert demo_night.home.stat().st_mode & 0o777 == 0o700


def test_no_secret_and_no_row_is_told_by_a_night_that_fails(tmp_path, httpserver):
    """Every vendor refuses the credentials and quotes a row, the server is gone, no alert can be delivered.

    One gives a token first, twice, and refuses that too.
    """
    httpserver.expect_request("/x/oauth/tokens", method="POST").respond_with_json({
        "access_token": f"{CANARY}-token", "token_type": "bearer", "expires_in": 3600,
    })  # fmt: skip
    httpserver.expect_request(re.compile("/.*")).respond_with_data(
        f'{{"users": [{{"id": "{CANARY}-row"', status=401, content_type="application/json"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "accounts.csv").write_text(f"account_id,name,start_date\na,b,{CANARY}-cell\nc,d,2024-01-01\n")
    # neither has a header: the first row would be told as one
    (tmp_path / "drop" / "survey_responses.csv").write_text(f"r1,nps,9,{CANARY}@x.example,{CANARY}@x.example\n")
    (tmp_path / "drop" / "qbrs.csv").write_text(f"{CANARY},{CANARY},2026-10-01\n")
    secrets = {name: f"{CANARY}-{name}" for source in sources() for names in source.credentials for name in names}
    urls = {source.base_url_setting: httpserver.url_for("/x") for source in sources() if source.domain != "drop"}
    variables = {
        **secrets,
        **urls,
        "CX_MODE": "live",
        "CX_DROP_DIR": str(tmp_path / "drop"),
        "CX_ALERT_URLS": f"json://u:{CANARY}-alert@127.0.0.1:{closed}",
    }
    night = Night(tmp_path / "home", variables)
    ended = night.run()
    assert ended.returncode == 3, ended.stdout
    carried = [request.headers.get("authorization") for request, _ in httpserver.log if request.method == "GET"]
    assert carried.count(f"Bearer {CANARY}-token") == 2
    # Where credentials are refused nothing is read: the files are read by a night of their own.
    alone = Night(night.home, {name: variables[name] for name in ("CX_MODE", "CX_DROP_DIR", "CX_ALERT_URLS")})
    dropped = alone.run()
    assert dropped.returncode == 3, dropped.stdout
    for rejected in ("survey_responses.csv", "qbrs.csv"):
        assert f"{rejected}: " in dropped.stdout
    gone = alone.run(CX_WAREHOUSE=f"postgresql://u:{CANARY}-password@127.0.0.1:{closed}/db")
    assert gone.returncode == 1, gone.stdout
    assert "CX_WAREHOUSE" in gone.stdout
    for run in (ended, dropped, gone):
        assert CANARY not in run.stdout + run.stderr
    files = dict(written(night.home))
    assert {path.parent.name for path in files} >= {"alerts"}
    assert [path for path, text in files.items() if CANARY in text] == []
    assert any(
        CANARY in str(pq.read_table(path).to_pylist()) for path in (night.home / "quarantine").rglob("*.parquet")
    )


def test_no_row_is_told_by_a_night_whose_models_fail(tmp_path):
    """Every text of every contract of the drop folder is a canary, and two accounts merge into each other."""
    (tmp_path / "drop").mkdir()
    for table in CONTRACTS:
        told = {
            column.name: f"{CANARY}.{column.name}@x.example"
            for column in table.columns
            if column.paths and column.form == "text" and (table.name, column.name) not in CHOICES
        }
        rows = [valid(table, **{**told, **({"currency": "EUR"} if "currency" in told else {})})]
        if table.name == "accounts":
            rows = [{**rows[0], "account_id": one, "merged_into": other} for one, other in (CIRCLE, CIRCLE[::-1])]
        broken = {column.name: f"{CANARY} broken" for column in table.columns if column.paths}
        (tmp_path / "drop" / f"{table.name}.csv").write_text(as_csv([*rows, broken]))
    night = Night(tmp_path / "home", {"CX_MODE": "live", "CX_DROP_DIR": str(tmp_path / "drop")})
    ended = night.run()
    assert ended.returncode == 1, ended.stdout
    assert "Accounts merge in a circle" in ended.stdout
    assert CANARY not in ended.stdout + ended.stderr
    files = dict(written(night.home))
    assert {path.suffix for path in files} >= {".sql", ".db", ".log"}
    assert [path for path, text in files.items() if CANARY in text] == []


def test_the_canaries_would_be_found(tmp_path):
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "runs.db").write_bytes(b"\x00jane@canary.example\xff")
    ((path, text),) = written(tmp_path)
    assert path.name == "runs.db"
    assert "jane@canary.example" in text
