"""An analyst's loop: one model on the last night's inputs, and what differs from what is published."""

from orchestration.dbt.last_build import keep_variables, last_build, name_last_build


def test_the_last_build_is_found_with_its_vars_and_the_next_one_takes_its_place(tmp_path):
    assert last_build(tmp_path) is None
    for run in ("2026-11-20-a", "2026-11-21-b"):
        folder = tmp_path / run
        folder.mkdir()
        (folder / "build.duckdb").touch()
        keep_variables(folder, {"as_of": run[:10]}, None)
        name_last_build(tmp_path, folder / "build.duckdb")
    found = last_build(tmp_path)
    assert found.path == tmp_path / "2026-11-21-b" / "build.duckdb"
    assert (found.variables, found.previous) == ({"as_of": "2026-11-21"}, "")


def test_a_model_that_did_not_change_says_the_same_as_what_is_published(demo_night):
    ended = demo_night.run("model", "--name", "churn_events")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "It holds the same rows as what is published." in ended.stdout


def test_a_model_that_is_not_there_is_told(demo_night):
    ended = demo_night.run("model", "--name", "churn_event")
    assert ended.returncode == 4
    assert "no model 'churn_event'" in ended.stdout


def test_one_query_reads_the_published_tables_and_can_change_none(demo_night):
    assert "Happy" in demo_night.run("sql", "--query", "select 'Happy' as c from accounts_today limit 1").stdout
    refused = demo_night.run("sql", "--query", "delete from accounts")
    assert refused.returncode != 0
    assert demo_night.query("select count(*) from cx.accounts")[0][0] > 0
