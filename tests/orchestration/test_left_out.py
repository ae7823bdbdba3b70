"""What a night left out, as a person meets it: on the terminal, in the report, in Dagster, in the published tables."""

import csv
import io
import json
import shutil
import time

import dagster as dg

from tests.orchestration.conftest import FIRST, LINES, SECRET, THIRD, Night


def test_three_agreements_of_which_one_says_a_currency_are_not_published(story):
    assert story.refused.returncode == 2, story.refused.stdout + story.refused.stderr
    failed = next(line for line in story.refused.stdout.splitlines() if line.startswith("The night failed"))
    assert (
        "drop_folder.agreements: 1 of 3 rows refused (33 %): unit_amount is written with a currency beside the number "
        "(agreements.csv, line 3)"
    ) in failed
    assert "Left out of this run:" in story.refused.stdout
    assert "  stops: drop_folder.agreements: 1 of 3 rows" in story.refused.stdout
    assert "off: stripe (set STRIPE_API_KEY)" in story.refused.stdout


def test_the_alert_of_a_refused_night_says_what_was_left_out_and_never_a_value(story):
    told = (story.night.home.parent / "told.txt").read_text()
    assert "drop_folder.agreements: 1 of 3 rows refused (33 %)" in told
    assert "Left out of this run:" in told
    texts = [told, story.refused.stdout, story.refused.stderr]
    pages = story.night.home.glob("build/*/quality.html")
    assert all(SECRET not in text for text in [*texts, *(page.read_text() for page in pages)])


def test_a_publication_that_leaves_something_out_is_told_once(story):
    told = (story.night.home.parent / "told.txt").read_text()
    assert told.count("published with something left out") == 1
    last = told.split("published with something left out")[1]
    assert "warning: drop_folder.qbrs: 1 of 2 rows refused" in last
    assert "stripe" not in last


def test_below_the_share_it_is_published_and_told_first(story):
    assert story.published.returncode == 0, story.published.stdout + story.published.stderr
    lines = story.published.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Published"))
    assert lines[start + 1] == "Left out of this run:"
    block = "\n".join(lines[start + 1 : start + 9])
    assert (
        "  warning: drop_folder.qbrs: 1 of 2 rows refused (50 %): held_on is not a date written YYYY-MM-DD; where a file writes "
        "dates otherwise, say dates: DD.MM.YYYY (its own order) in drop_folder.yaml (qbrs.csv, line 3). Dates are written"
    ) in block
    assert "  warning: drop_folder: 1 of 4 files not read: notes.txt: is no .csv, .xlsx or .parquet file" in block


def test_it_stands_in_the_report_in_publications_in_the_results_and_in_the_manifest(story):
    night = story.night
    page = (night.current / "quality.html").read_text()
    assert page.index("Left out of this run") < page.index("Published tables")
    assert "held_on is not a date written YYYY-MM-DD" in page
    assert "(qbrs.csv, line 3)" in page
    ((text,),) = night.query("select left_out from cx.publications")
    rows = {(row["stream"], row["kind"]): row for row in json.loads(text)}
    row = rows["drop_folder.qbrs", "uses_every_row"]
    assert (row["severity"], row["count"], row["received"]) == ("warning", 1, 2)
    assert ("stripe", "is_on") in rows
    assert night.manifest["left_out"] == json.loads(text)
    found = night.query(
        "select severity, is_passed, failed_rows, evaluated_rows from cx.quality_results "
        "where check_id = 'raw__drop_folder__qbrs/uses_every_row'"
    )
    assert found == [("warning", False, 1, 2)]
    held = night.query(
        "select is_passed, failed_rows from cx.quality_results where check_id = 'raw__drop_folder__agreements/uses_every_row'"
    )
    assert held == [(True, 0)]


def test_dagster_shows_it_on_the_publication_and_counts_what_lies_before_the_tables_once(story):
    with story.night.history() as instance:
        key = dg.AssetKey(["published", "publications"])
        shown = instance.get_latest_materialization_event(key).asset_materialization.metadata["left_out"].value
        check = dg.AssetCheckKey(dg.AssetKey(["published", "quality_results"]), "gate_inputs")
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key([check])[check]
        evaluation = latest.event.dagster_event.asset_check_evaluation_data
        table = dg.AssetCheckKey(dg.AssetKey(["published", "accounts"]), "gate")
        accounts = instance.event_log_storage.get_latest_asset_check_execution_by_key([table])[table]
    assert "drop_folder.qbrs: 1 of 2 rows refused" in shown
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    assert "drop_folder.qbrs" in evaluation.description
    assert accounts.event.dagster_event.asset_check_evaluation_data.passed


def test_the_quarantine_is_a_csv_with_the_row_s_own_text_there_alone(story):
    path = story.night.home / "quarantine/drop_folder/qbrs.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [(row["file"], row["line"], row["column"]) for row in rows] == [("qbrs.csv", "3", "held_on")]
    assert "09/02/2026" in rows[0]["row"]
    assert "09/02/2026" not in story.published.stdout + (story.night.current / "quality.html").read_text()


def test_a_file_whose_every_row_is_refused_stops_the_night_in_seconds(story, tmp_path):
    shutil.copytree(story.drop, tmp_path / "drop")
    shutil.copytree(story.night.home, tmp_path / "home", symlinks=True)
    night = Night(tmp_path / "home", {**story.night.variables, "CX_DROP_DIR": str(tmp_path / "drop")})
    (tmp_path / "drop/agreements.csv").write_text(
        (LINES + FIRST + THIRD).replace(",12.50,", ',"12,50",').replace(",80.00,", ',"80,00",')
    )
    current = night.current.resolve()
    began = time.monotonic()
    ended = night.run()
    assert ended.returncode == 3, ended.stdout
    failed = next(line for line in ended.stdout.splitlines() if line.startswith("The night failed"))
    assert "agreements.csv: every one of its 2 rows is refused" in failed
    assert "this file uses a decimal comma" in failed
    assert "build_models" not in ended.stdout.replace("skipped build_models", "")
    assert night.current.resolve() == current
    assert time.monotonic() - began < 60  # no model was built
