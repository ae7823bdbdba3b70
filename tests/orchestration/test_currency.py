"""Money says its currency: in every table that holds any, in the manifest, in the report and in the file's comments."""

from orchestration.dbt.manifest import published_tables


def money_tables():
    return {
        name
        for name, node in published_tables().items()
        if any(column.endswith("_minor") for column in node["columns"])
    }


def test_every_table_with_money_has_the_two_columns_that_say_which():
    assert len(money_tables()) >= 15
    for name in money_tables():
        assert {"reporting_currency", "minor_unit_exponent"} <= set(published_tables()[name]["columns"]), name


def test_a_published_night_says_its_currency_wherever_an_amount_stands(story):
    night = story.night
    for name in sorted(money_tables()):
        rows = night.query(f"select distinct reporting_currency, minor_unit_exponent from cx.{name}")
        assert rows in ([], [("EUR", 2)]), name
    assert night.query("select distinct reporting_currency, minor_unit_exponent from cx.mrr_lines") == [("EUR", 2)]
    assert night.query("select reporting_currency, minor_unit_exponent from cx.publications") == [("EUR", 2)]
    assert (night.manifest["reporting_currency"], night.manifest["minor_unit_exponent"]) == ("EUR", 2)
    assert "Reporting currency <b>EUR</b>" in (night.current / "quality.html").read_text()
    told = dict(night.query("select table_name, comment from duckdb_tables() where schema_name = 'cx'"))
    assert all("minor units of EUR: 100 are one EUR" in told[name] for name in money_tables())
    assert "minor units" not in told["quality_results"]


def test_a_publication_is_not_dated_before_what_it_shows_was_read(story):
    ((published_at,),) = story.night.query("select published_at from cx.publications")
    marks = story.night.manifest["watermarks"].values()
    assert marks
    assert all(mark <= published_at.isoformat() for mark in marks)


def test_versions_says_of_which_home(story):
    ended = story.night.run("versions")
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[0] == f"Everything under {story.night.home}"
