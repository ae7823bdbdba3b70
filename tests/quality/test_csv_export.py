"""A spreadsheet opens what is exported, and nothing in it becomes a formula."""

import csv
import stat
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cli.csv_export import cell, export_interventions, write_csv

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")


@pytest.mark.parametrize("start", STARTERS)
@pytest.mark.parametrize("rest", ["", "1+1", 'cmd|" /C calc"!A0', 'HYPERLINK("http://x")'])
def test_text_that_begins_like_a_formula_gets_a_quote(start, rest):
    # a line feed inside begins a cell of its own where a spreadsheet splits there
    assert cell(start + rest).startswith("'" + start)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5, "-5"), (0, "0"), (-1.5, "-1.5"), (Decimal("-0.10"), "-0.10"), (None, ""), (True, "true"), (False, "false"),
        (date(2026, 1, 31), "2026-01-31"), (datetime.fromisoformat("2026-01-31T05:00:00"), "2026-01-31T05:00:00"), ("a-b = c", "a-b = c"),
        ("-5", "'-5"), ("x;=1+1", "x;'=1+1"), ("x; y", "x; y"), ("'=1", "'=1"),
    ],
)  # fmt: skip
def test_numbers_and_dates_stay_as_they_are(value, text):
    assert cell(value) == text


@given(st.lists(st.text(alphabet="=+-@\t\r\n;,\"' aä", max_size=8), min_size=1, max_size=4))
def test_no_reading_of_the_file_finds_a_formula(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("export") / "x.csv"
    write_csv(path, ["id", "note"], [(number, text) for number, text in enumerate(texts)])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [row[0] for row in rows] == [str(number) for number in range(len(texts))]
    for (_, found), text in zip(rows, texts, strict=True):
        assert not found.startswith(STARTERS)
        # for who splits at semicolons, too
        assert not any(part.startswith(("=", "+", "-", "@")) for part in found.split(";"))
        if not any(letter in "=+-@\t\r\n" for letter in text):
            assert found == text


def test_the_file_is_there_whole_private_and_marked_as_utf_8(tmp_path):
    path = tmp_path / "exports" / "x.csv"
    assert write_csv(path, ["name"], [("Größe",)]) == 1
    assert path.read_bytes() == b"\xef\xbb\xbfname\r\nGr\xc3\xb6\xc3\x9fe\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["x.csv"]

    def breaks():
        yield ("new",)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        write_csv(path, ["name"], breaks())
    assert "Größe" in path.read_text(encoding="utf-8-sig")


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            create schema cx;
            create table cx.accounts as select 'a1' as account_id, '=cmd()' as account_name, 'Dangling' as customer_class, -500 as mrr_minor;
            create table cx.interventions as
            select
                id as intervention_id, status, 'ann' as owner, 'a1' as account_id, 'data' as kind, 'r' as rule_id, 'Call' as play,
                date '2026-01-01' as opened_on, due_on, 'milestones' as evidence_table, 'm1' as evidence_ids, 'pending' as outcome_90d,
                decision as dangling_decision, null::date as decided_on, '@note' as note
            from (values
                ('i1', 'open', date '2026-02-01', null), ('i2', 'overdue', date '2026-02-02', 'owed'), ('i3', 'done', date '2026-01-05', 'rescue')
            ) as rows(id, status, due_on, decision)
        """)
    return path


def test_what_is_to_be_done_comes_with_the_columns_that_are_dropped_back(tmp_path, warehouse):
    path = tmp_path / "interventions.csv"
    assert export_interventions(warehouse, path) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["intervention_id"], row["is_decision_owed"], row["decision"]) for row in rows] == [
        ("i2", "true", ""),
        ("i1", "false", ""),
    ]
    assert {(row["account_name"], row["note"], row["mrr_minor"]) for row in rows} == {("'=cmd()", "'@note", "-500")}
    assert export_interventions(warehouse, path, is_everything=True) == 3
    assert ",done," in path.read_text(encoding="utf-8-sig")
