"""Workbooks as people keep them: a cell is read as it is shown, or refused with its line, column and reason."""

import io
import random
import re
import time as clock
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pytest

from ingestion.contract import FileRejected
from ingestion.drop_folder.mappings import FileMapping
from ingestion.drop_folder.workbooks import workbook_rows
from tests.ingestion.test_drop_folder import TABLES, Folder, valid


@pytest.fixture
def folder(bench, tmp_path):
    return Folder(bench, tmp_path)


def book(rows, change=lambda _sheet, _book: None, header=1):
    """A workbook of dicts, changed before it is written."""
    made = openpyxl.Workbook()
    sheet = made.active
    for _ in range(header - 1):
        sheet.append(["Our agreements"])
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    change(sheet, made)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def agreement(**more):
    return {
        "line_id": "L1", "account_ref": "A1", "product": "Plan", "kind": "recurring", "quantity": 1, "unit_amount": 100,
        "currency": "EUR", "interval": "month", "interval_count": 1, "starts_on": date(2026, 1, 31), "ends_on": None,
        "discount_percent": None, "status": None,
    } | more  # fmt: skip


PLACES = {name: place for place, name in enumerate(agreement(), start=1)}


def shown(column, number_format, line=2):
    def change(sheet, _book):
        sheet.cell(line, PLACES[column]).number_format = number_format

    return change


def landed(folder, rows, change=lambda _sheet, _book: None):
    """Rows that are used and those that are held back; a last row that is always good is left out."""
    folder.put(
        "agreements.xlsx", book([*rows, agreement(line_id="good", **dict.fromkeys(set(rows[0]) - set(PLACES)))], change)
    )
    folder.land()
    return [row for row in folder.rows("agreements") if row["line_id"] != "good"], folder.broken("agreements")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"])
@pytest.mark.parametrize("column", ["ends_on", "discount_percent", "account_ref", "status", "unit_amount"])
def test_an_error_is_never_an_empty_cell(folder, error, column):
    rows, broken = landed(folder, [agreement(**{column: error}), agreement(line_id="L2")])
    assert [row["line_id"] for row in rows] == ["L2"]
    ((file, line, told, reason),) = broken
    assert (file, line, told) == ("agreements.xlsx", 2, column)
    assert "error" in reason


def test_an_error_in_a_column_that_nobody_reads_costs_no_row(folder):
    rows, broken = landed(folder, [agreement(remark="#REF!")])
    assert (len(rows), broken) == (1, [])


@pytest.mark.parametrize(
    ("value", "number_format", "percent"),
    [
        (0.15, "0%", Decimal(15)),
        (0.155, "0.0%", Decimal("15.5")),
        (0.07, "0 %", Decimal(7)),
        (1, "0%", Decimal(100)),
        (0, "0.00%", Decimal(0)),
        (0.29, "[Red]0%", Decimal(29)),
        (15, "0", Decimal(15)),
        (15, '0"%"', Decimal(15)),  # a sign that is only painted on
        (15, r"0\%", Decimal(15)),
    ],
)
def test_a_percent_cell_is_the_percentage_that_it_shows(folder, value, number_format, percent):
    rows, broken = landed(folder, [agreement(discount_percent=value)], shown("discount_percent", number_format))
    assert broken == []
    assert rows[0]["discount_percent"] == percent


def test_a_percent_cell_where_a_number_belongs_is_refused_by_name(folder):
    _, broken = landed(folder, [agreement(quantity=0.5)], shown("quantity", "0%"))
    assert broken == [("agreements.xlsx", 2, "quantity", "is a percentage; this column holds a plain number")]


def test_a_percent_cell_of_a_share_is_that_share(folder):
    table = TABLES["success_ratings"]
    row = valid(table, tools=0.8)
    place = list(row).index("tools") + 1

    def change(sheet, _book):
        sheet.cell(2, place).number_format = "0%"

    folder.put("success_ratings.xlsx", book([row], change))
    folder.put(
        "success_ratings_more.csv", "account_ref,rated_on,rater,tools,investment,desire\nb,2026-01-01,r,80%,1,0.5\n"
    )
    folder.land()
    assert [row["tools"] for row in folder.rows("success_ratings")] == [0.8, 0.8]


@pytest.mark.parametrize("text", ["15%", "15 %", "15.5%"])
def test_a_percentage_in_a_csv_is_read_where_a_percentage_belongs(folder, text):
    folder.put("agreements.csv", "line_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on,discount_percent\n"
        f"L1,A1,P,recurring,1,100,EUR,month,1,2026-01-01,{text}\nL2,A1,P,recurring,50%,100,EUR,month,1,2026-01-01,\n")  # fmt: skip
    folder.land()
    assert [row["discount_percent"] for row in folder.rows("agreements")] == [Decimal(text.rstrip("% "))]
    assert [(line, column) for _, line, column, _ in folder.broken("agreements")] == [(3, "quantity")]


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (0, "yyyy-mm-dd"),  # an empty cell that a formula points to
        (0.5, "yyyy-mm-dd"),
        (1, "dd.mm.yyyy"),
        (60, "yyyy-mm-dd"),  # the 29 February 1900 that never was
        (-1, "yyyy-mm-dd"),
        (1e9, "yyyy-mm-dd"),
        (46000, "General"),
        (time(10, 30), "hh:mm"),
        (timedelta(hours=30), "[h]:mm"),
        (True, "General"),
        (datetime(2026, 1, 31, 10, 30), "yyyy-mm-dd hh:mm"),  # noqa: DTZ001
        ("31.01.2026", "General"),
    ],
)
def test_what_is_no_day_is_refused_where_a_day_belongs(folder, value, number_format):
    rows, broken = landed(folder, [agreement(ends_on=value)], shown("ends_on", number_format))
    assert rows == []
    assert [row[:3] for row in broken] == [("agreements.xlsx", 2, "ends_on")]


def test_a_day_before_1900_is_read_where_it_is_written_out(folder):
    rows, _ = landed(folder, [agreement(starts_on="1899-05-01")])
    assert rows[0]["starts_on"] == date(1899, 5, 1)


def test_a_workbook_that_counts_from_1904_says_the_same_day(folder):
    def change(_sheet, made):
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    rows, _ = landed(folder, [agreement(starts_on=date(2026, 1, 31))], change)
    assert rows[0]["starts_on"] == date(2026, 1, 31)


@pytest.mark.parametrize("value", [date(2026, 3, 1), datetime(2026, 3, 1, 12), time(9), True, 1234567890123456789])  # noqa: DTZ001
def test_an_id_that_the_spreadsheet_made_something_else_of_is_refused(folder, value):
    rows, broken = landed(folder, [agreement(account_ref=value)])
    assert rows == []
    assert [row[:3] for row in broken] == [("agreements.xlsx", 2, "account_ref")]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1001, "General", "1001"),
        (1001.0, "General", "1001"),
        (123, "00000", "00123"),
        ("0012", "@", "0012"),
        (1001.5, "General", "1001.5"),
    ],
)
def test_a_number_as_an_id_is_read_as_it_is_shown(folder, value, number_format, text):
    rows, _ = landed(folder, [agreement(account_ref=value)], shown("account_ref", number_format))
    assert rows[0]["account_ref"] == text


@pytest.mark.parametrize("number_format", ['"AC-"000', "000-000", '000"/"00', r"\A0", '0" GmbH"', "0000 0000"])
def test_an_id_of_which_the_cell_shows_more_than_the_number_is_refused(folder, number_format):
    rows, broken = landed(folder, [agreement(account_ref=7)], shown("account_ref", number_format))
    assert rows == []
    ((_, line, column, reason),) = broken
    assert (line, column) == (2, "account_ref")
    assert "more than its digits" in reason


@pytest.mark.parametrize(
    "number_format", ['0" pcs"', '#,##0.00 "EUR"', '_("$"* #,##0.00_)', "[$EUR] #,##0", "# ##0", "0-0"]
)
def test_what_is_painted_beside_an_amount_changes_nothing(folder, number_format):
    rows, broken = landed(folder, [agreement(unit_amount=1250)], shown("unit_amount", number_format))
    assert (broken, rows[0]["unit_amount"]) == ([], Decimal(1250))


@pytest.mark.parametrize("number_format", ["#,##0", "# ##0", "0.00", "[Red]0", "General"])
def test_marks_between_the_thousands_of_an_id_are_none_of_it(folder, number_format):
    rows, broken = landed(folder, [agreement(account_ref=1001)], shown("account_ref", number_format))
    assert (broken, rows[0]["account_ref"]) == ([], "1001")


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0.1 + 0.2, "0.3"),
        (59.97000000000001, "59.97"),
        (1 / 3, "0.333333333333"),
        ("12.50", "12.50"),
        (1e6, "1000000"),
        (-0.0, "0"),
    ],
)
def test_an_amount_has_the_digits_that_a_spreadsheet_shows(folder, value, amount):
    rows, _ = landed(folder, [agreement(unit_amount=value)])
    assert rows[0]["unit_amount"] == Decimal(amount)


def test_a_formula_without_its_result_is_refused_and_an_empty_text_is_none(folder):
    rows, broken = landed(folder, [agreement(ends_on="=TODAY()"), agreement(line_id="L2")])
    assert [row["line_id"] for row in rows] == ["L2"]
    ((_, line, column, reason),) = broken
    assert (line, column) == (2, "ends_on")
    assert reason.startswith("holds a formula whose result is not in the file")


@pytest.mark.parametrize(("cells", "lines"), [("B2:B3", [2, 3]), ("K3:L3", [3]), ("A2:M2", [2]), ("C2:D3", [2, 3])])
def test_merged_cells_are_refused_in_every_row_they_touch(folder, cells, lines):
    rows = [agreement(line_id=f"L{line}") for line in (2, 3)]
    kept, broken = landed(folder, rows, lambda sheet, _book: sheet.merge_cells(cells))
    assert sorted({line for _, line, *_ in broken}) == lines
    assert {reason for *_, reason in broken} <= {"is merged with other cells; unmerge them and fill each one"}
    assert len(kept) == 2 - len(lines)


def test_merged_cells_below_the_last_row_are_no_rows(folder):
    kept, broken = landed(folder, [agreement()], lambda sheet, _book: sheet.merge_cells("B4:B9"))
    assert (len(kept), broken) == (1, [])


def test_a_header_of_merged_cells_is_refused(folder):
    folder.put("agreements.xlsx", book([agreement()], lambda sheet, _book: sheet.merge_cells("A1:B1")))
    with pytest.raises(FileRejected, match="the header has merged cells"):
        folder.land()


def test_a_merged_title_above_a_declared_header_harms_nothing(folder):
    folder.put("drop_folder.yaml", "agreements.xlsx: {header: 3}\n")
    content = book([agreement()], lambda sheet, _book: sheet.merge_cells("A1:F1"), header=3)
    folder.put("agreements.xlsx", content)
    folder.land()
    assert [row["line_number"] for row in folder.rows("agreements")] == [4]


def test_the_first_sheet_that_is_not_hidden_is_read_or_the_one_that_is_named(folder):
    def change(sheet, made):
        other = made.create_sheet("current")
        for row in sheet.iter_rows(values_only=True):
            other.append(row)
        other["A2"] = "L9"
        sheet.sheet_state = "hidden"
        sheet.title = "old"

    rows, _ = landed(folder, [agreement()], change)
    assert [row["line_id"] for row in rows] == ["L9"]
    folder.put("drop_folder.yaml", "agreements: {sheet: old}\n")
    folder.land()
    assert [row["line_id"] for row in folder.rows("agreements")] == ["L1", "good"]
    folder.put("drop_folder.yaml", "agreements: {sheet: none}\n")
    with pytest.raises(FileRejected, match=r"agreements\.xlsx: has no sheet of the name"):
        folder.land()


def test_what_a_workbook_says_of_its_own_size_is_not_believed(folder):
    """Some tools write a dimension of one cell."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([agreement()]))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', old.read(name)))
    folder.put("agreements.xlsx", content.getvalue())
    folder.land()
    assert len(folder.rows("agreements")) == 1


def test_rows_that_end_early_and_empty_rows_between_are_no_faults(folder):
    rows, broken = landed(
        folder, [agreement(), agreement(line_id="L2", status="active")], lambda sheet, _book: sheet.insert_rows(3, 4)
    )
    assert ([row["line_number"] for row in rows], broken) == ([2, 7], [])


def test_five_thousand_rows_are_read_in_seconds(folder):
    content = book([agreement(line_id=f"L{number}", discount_percent=0.1) for number in range(5_000)])
    folder.put("agreements.xlsx", content)
    started = clock.process_time()
    folder.land()
    assert len(folder.rows("agreements")) == 5_000
    assert clock.process_time() - started < 15


def test_a_garbled_workbook_is_read_or_rejected_and_nothing_else():
    """Random bytes in the archive, and in one of its parts."""
    whole = book(
        [agreement(discount_percent=0.1), agreement(ends_on="=TODAY()")],
        lambda sheet, _book: sheet.merge_cells("B2:B3"),
    )
    chance = random.Random(5)
    told = set()
    for number in range(200):
        garbled = bytearray(whole)
        if number % 2:
            for _ in range(chance.randrange(1, 6)):
                garbled[chance.randrange(len(garbled))] = chance.randrange(256)
        else:
            content = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(content, "w") as new:
                victim = chance.choice(old.namelist())
                for name in old.namelist():
                    part = bytearray(old.read(name))
                    place = chance.randrange(len(part))
                    if name == victim:
                        part[place : place + chance.randrange(30)] = b"x" * chance.randrange(5)
                    new.writestr(name, bytes(part))
            garbled = bytearray(content.getvalue())
        try:
            list(workbook_rows("x.xlsx", bytes(garbled), FileMapping()))
            told.add("read")
        except FileRejected:
            told.add("rejected")
    assert told == {"read", "rejected"}
