"""From extraction to a query on the published file, as a scheduler and a BI tool meet it."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demo import world
from demo.manifest import story_manifest
from orchestration.dbt.manifest import published_tables
from tests.orchestration.conftest import AS_OF, Night

# Written by the publication: they say when it was, which is another moment in every run.
CLOCKED = {"publications", "quality_results"}


@pytest.fixture
def home_copy(demo_night, tmp_path):
    shutil.copytree(demo_night.home, tmp_path / "home", symlinks=True)
    return Night(tmp_path / "home", demo_night.variables)


def digests(night):
    paths = sorted((night.current / "parquet").glob("*.parquet"))
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.stem not in CLOCKED}


def test_every_mart_is_published_in_both_formats_and_nothing_else(demo_night):
    wanted = set(published_tables()) | CLOCKED
    tables = {name for (name,) in demo_night.query("select table_name from duckdb_tables() where schema_name = 'cx'")}
    assert tables == wanted
    assert {path.stem for path in (demo_night.current / "parquet").glob("*.parquet")} == wanted
    for table in wanted:
        rows = demo_night.query(f"select count(*) from cx.{table}")[0][0]
        assert pq.read_metadata(demo_night.current / "parquet" / f"{table}.parquet").num_rows == rows
        assert demo_night.manifest["tables"][table]["rows"] == rows
        if table != "metric_restatements":  # a first publication restates nothing
            assert rows > 0, table


def test_revenue_reconciles_to_the_minor_unit_in_every_month_and_segment(demo_night):
    broken = demo_night.query("""
        select calendar_month, segment_dimension, segment_value
        from cx.retention_months
        where opening_mrr_minor + new_minor + reactivation_minor + expansion_minor - contraction_minor - churn_minor + fx_minor
            <> closing_mrr_minor
    """)
    assert broken == []
    months, with_new, with_other = demo_night.query("""
        select count(distinct calendar_month), sum(new_minor), sum(expansion_minor + contraction_minor + churn_minor)
        from cx.account_months
    """)[0]
    assert months >= 36
    assert with_new > 0
    assert with_other > 0


def test_the_planted_stories_are_found(demo_night):
    company = world.pinned(demo_night.home / "raw").company(date.fromisoformat(AS_OF))
    stories = {one["kind"]: one for one in story_manifest(company)["stories"]}
    found = dict(
        demo_night.query("""
            select account_id, state from cx.nrr_vs_success_vector
            where account_id is not null
            qualify row_number() over (partition by account_id order by calendar_month desc) = 1
        """)
    )
    at_expense = {account for account, state in found.items() if state == "revenue_at_expense_of_success"}
    assert at_expense == {stories["nrr_met_vector_falls"]["account_id"]}
    mirrored = {account for account, state in found.items() if state == "success_without_revenue"}
    assert mirrored == {stories["vector_rises_nrr_missed"]["account_id"]}
    classes = dict(
        demo_night.query("""
            select account_id, customer_class from cx.customer_classes
            where calendar_month = (select max(calendar_month) from cx.customer_classes)
        """)
    )
    for name in ("happy", "growth", "at_risk", "dangling"):
        assert classes[stories[name]["account_id"]].lower().replace("-", "_") == name
    assert [account for account, one in classes.items() if one == "Dangling"] == [stories["dangling"]["account_id"]]
    reactivated = demo_night.query("select distinct account_id from cx.mrr_movements where movement = 'reactivation'")
    assert (stories["reactivated"]["account_id"],) in reactivated


def test_the_planted_spreadsheet_row_is_in_quarantine_with_its_reason(demo_night):
    rows = [
        row
        for path in demo_night.home.glob("quarantine/drop_folder/*/*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    assert len(rows) == 1
    assert rows[0]["file"].endswith(".csv")
    assert rows[0]["line"] > 1
    assert rows[0]["column_name"]
    assert rows[0]["reason"]


def test_columns_of_the_published_file_carry_their_descriptions(demo_night):
    bare = demo_night.query(
        "select table_name, column_name from duckdb_columns() where schema_name = 'cx' and comment is null"
    )
    assert bare == []


def test_checks_and_row_counts_are_in_dagster(demo_night):
    with demo_night.history() as instance:
        key = dg.AssetKey(["published", "accounts"])
        materialization = instance.get_latest_materialization_event(key).asset_materialization
        assert materialization.metadata["dagster/row_count"].value == demo_night.manifest["tables"]["accounts"]["rows"]
        raw = instance.get_latest_materialization_event(
            dg.AssetKey(["raw", "zendesk", "tickets"])
        ).asset_materialization
        assert raw.metadata["dagster/row_count"].value > 1000
        assert "watermark" in raw.metadata
        key = dg.AssetKey(["published", "portfolio_months"])
        drawn = instance.get_latest_materialization_event(key).asset_materialization.metadata
        assert drawn["nrr_12"].value == demo_night.manifest["headlines"]["nrr_12"]
        assert drawn["accounts_At-Risk"].value == float(demo_night.manifest["headlines"]["accounts_At-Risk"])
        assert drawn["report"].value.endswith("/report.html")


def test_the_same_night_in_another_home_publishes_the_same_bytes(demo_night, tmp_path):
    other = Night(tmp_path / "other", demo_night.variables)
    ended = other.run()
    assert ended.returncode == 0, ended.stdout
    assert other.manifest["run_id"] == demo_night.manifest["run_id"]
    assert digests(other) == digests(demo_night)


def test_the_same_night_again_changes_nothing_while_a_reader_has_it_open(home_copy):
    before = (home_copy.current.resolve(), digests(home_copy))
    with duckdb.connect(str(home_copy.current / "warehouse.duckdb"), read_only=True) as reader:
        ended = home_copy.run()
        assert ended.returncode == 0, ended.stdout
        assert reader.execute("select count(*) from cx.accounts").fetchall()[0][0] > 0
    assert (home_copy.current.resolve(), digests(home_copy)) == before


def test_a_poisoned_run_publishes_nothing_and_says_why(home_copy):
    before = (home_copy.current.resolve(), digests(home_copy))
    part = min((home_copy.home / "raw/zendesk/tickets/v1").glob("window=*/data.parquet"))
    rows = pq.read_table(part)
    keys = pa.array([None, *rows["ticket_id"].to_pylist()[1:]], pa.string())
    poisoned = rows.set_column(rows.column_names.index("ticket_id"), "ticket_id", keys)
    part.chmod(0o600)
    pq.write_table(poisoned, part)
    ended = home_copy.run(CX_AS_OF="2026-11-23")
    assert ended.returncode == 2, ended.stdout
    assert "gate refused" in ended.stdout
    assert "Next step: open the report of the gate" in ended.stdout
    assert (home_copy.current.resolve(), digests(home_copy)) == before
    report = next(line.split(": ", 1)[1] for line in ended.stdout.splitlines() if line.startswith("Report of the gate"))
    assert "tickets" in Path(report.strip()).read_text()
    with home_copy.history() as instance:
        check = dg.AssetCheckKey(dg.AssetKey(["published", "tickets"]), "gate")
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([check])[check]
        assert latest.status.value == "FAILED"


def test_refused_credentials_are_a_failed_source_with_the_setting_s_name(tmp_path, httpserver):
    httpserver.expect_request("").respond_with_json({"error": "Couldn't authenticate you"}, status=401)
    variables = {
        "CX_MODE": "live",
        "ZENDESK_BASE_URL": httpserver.url_for("").rstrip("/"),
        "ZENDESK_EMAIL": "robot@example.com",
        "ZENDESK_API_TOKEN": "canary-token",
    }
    ended = Night(tmp_path, variables).run()
    assert ended.returncode == 3, ended.stdout
    assert "ZENDESK" in ended.stdout
    assert "or check its base URL and credentials" in ended.stdout
    assert "canary" not in ended.stdout + ended.stderr
    assert not (tmp_path / "warehouse/current").exists()


def test_a_night_that_breaks_off_says_at_what(tmp_path, httpserver):
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "history").write_text("in the way")
    httpserver.expect_request("/hook").respond_with_data("ok")
    ended = Night(tmp_path, {"CX_ALERT_URLS": httpserver.url_for("/hook")}).run()
    assert ended.returncode == 1
    assert "The command failed" in ended.stdout
    assert "File exists" in ended.stdout
    (told,) = [request.get_json()["text"] for request, _ in httpserver.log]
    assert "File exists" in told
    assert "Next step" in told


def test_a_wrong_setting_ends_before_anything_runs(tmp_path):
    ended = Night(tmp_path, {"CX_MODE": "live", "ZENDESK_EMAIL": "robot@example.com"}).run()
    assert ended.returncode == 4
    assert "ZENDESK_API_TOKEN" in ended.stdout
    assert not (tmp_path / "raw").exists()


def test_a_live_run_on_the_drop_folder_alone_publishes_the_revenue_tables(tmp_path):
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "accounts.csv").write_text(
        "account_id,name,segment,csm_owner\nA1,Acme,enterprise,Ann\nA2,Borealis,smb,Ben\nA3,Cirrus,smb,Ben\n"
    )
    (drop / "agreements.csv").write_text(
        "line_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on,ends_on\n"
        "L1,A1,desk,recurring,10,12.50,USD,month,1,2024-01-01,\n"
        "L2,A2,desk,recurring,1,1200.00,USD,year,1,2024-03-01,\n"
        "L3,A3,desk,recurring,1,80.00,USD,month,1,2024-02-01,2025-07-01\n"
        "L4,A1,backup,recurring,1,25.00,USD,month,1,2025-05-01,\n"
    )
    night = Night(tmp_path / "home", {"CX_MODE": "live", "CX_DROP_DIR": str(drop)})
    ended = night.run()
    assert ended.returncode == 0, ended.stdout
    closing = dict(
        night.query("""
            select account_id, closing_mrr_minor from cx.account_months where calendar_month = date '2026-10-01'
        """)
    )
    assert closing == {"A1": 15_000, "A2": 10_000, "A3": 0}
    nrr = night.query("""
        select calendar_month, nrr_12, grr_12 from cx.retention_months
        where segment_dimension = 'all' and calendar_month in (date '2026-01-01', date '2026-06-01') order by 1
    """)
    # January 2025: 125 + 100 + 80 = 305 a month; January 2026: 150 + 100 + 0.
    assert nrr[0][1] == pytest.approx(250 / 305)
    assert nrr[0][2] == pytest.approx(225 / 305)
    # June 2025 already had the 25 and still had the 80: 150 + 100 + 80 = 330.
    assert nrr[1][1] == pytest.approx(250 / 330)
    assert night.query("select count(*) from cx.tickets") == [(0,)]
    assert night.manifest["tables"]["tickets"]["is_off"]
    assert not night.manifest["is_demo"]


def test_demo_and_own_data_are_never_mixed(home_copy, tmp_path):
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "accounts.csv").write_text("account_id,name\nA1,Acme\n")
    before = digests(home_copy)
    live = Night(home_copy.home, {"CX_MODE": "live", "CX_DROP_DIR": str(drop)})
    ended = live.run()
    assert ended.returncode == 4, ended.stdout
    assert "CX_HOME" in ended.stdout
    assert digests(home_copy) == before
