"""Dropped files: every contract in every format, and every way a spreadsheet goes wrong."""

import csv
import io
import os
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.contract import FileRejected, SettingRefused, SnapshotShrunk
from ingestion.drop_folder.contracts import CONTRACTS
from ingestion.drop_folder.row_checks import CHOICES, RANGES
from ingestion.landing import parts as landing

TABLES = {table.name: table for table in CONTRACTS}
PLAIN = {
    "text": "x", "date": "2026-01-31", "instant": "2026-01-31T10:00:00Z", "decimal": "12.50", "number": "1",
    "integer": "1", "boolean": "true",
}  # fmt: skip


class Folder:
    def __init__(self, bench, folder):
        self.bench = bench
        self.path = folder / "drop"
        self.path.mkdir()
        self.moment = 1_790_000_000

    def put(self, name, text, encoding="utf-8"):
        self.moment += 10
        path = self.path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        os.utime(path, (self.moment, self.moment))

    def land(self, **more):
        return self.bench.run("drop_folder", base_url=str(self.path), **more)

    def rows(self, table):
        return self.bench.rows("drop_folder", table)

    def broken(self, table):
        found = []
        for path in sorted((self.bench.root.parent / "quarantine/drop_folder" / table).glob("*.parquet")):
            found += [
                (row["file"], row["line"], row["column_name"], row["reason"]) for row in pq.read_table(path).to_pylist()
            ]
        return found


@pytest.fixture
def folder(bench, tmp_path):
    return Folder(bench, tmp_path)


def valid(table, **more):
    """A row that keeps the contract, every column filled."""
    row = {}
    for column in table.columns:
        if column.paths:
            place = (table.name, column.name)
            row[column.name] = CHOICES[place][0] if place in CHOICES else PLAIN[column.form]
            if place in RANGES:
                row[column.name] = "1"
    if "currency" in row:
        row["currency"] = "EUR"
    return {**row, **more}


def as_csv(rows, delimiter=","):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_xlsx(rows):
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.create_sheet("other").append(["not", "read"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_parquet(rows):
    content = io.BytesIO()
    pd.DataFrame(rows).to_parquet(content)
    return content.getvalue()


FORMATS = {
    "comma": (".csv", lambda rows: as_csv(rows).encode()),
    "semicolon and mark": (".csv", lambda rows: as_csv(rows, ";").encode("utf-8-sig")),
    "workbook": (".xlsx", as_xlsx),
    "parquet": (".parquet", as_parquet),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TABLES)
def test_every_contract_in_every_format(folder, name, form):
    suffix, write = FORMATS[form]
    table = TABLES[name]
    folder.put(f"{name}{suffix}", write([valid(table)]))
    report = folder.land()[name]
    assert (report.state, report.received, report.kept, report.quarantined) == ("extracted", 1, 1, 0), folder.broken(
        name
    )
    (row,) = folder.rows(name)
    assert all(row[column.name] is not None for column in table.columns)
    assert (row["line_number"], row["file_name"], row["_origin"]) == (2, f"{name}{suffix}", f"{name}{suffix}")


def test_cells_of_a_workbook_are_typed_as_the_contract_says(folder):
    midnight = datetime(2026, 2, 28)  # noqa: DTZ001
    row = valid(TABLES["agreements"], quantity=3, unit_amount=12.5, starts_on=date(2026, 1, 31), ends_on=midnight)
    folder.put("agreements.xlsx", as_xlsx([row]))
    folder.land()
    (found,) = folder.rows("agreements")
    assert (found["quantity"], found["unit_amount"]) == (Decimal(3), Decimal("12.5"))
    assert (found["starts_on"], found["ends_on"]) == (date(2026, 1, 31), date(2026, 2, 28))


def test_amounts_are_exact(folder):
    folder.put("agreements.csv", as_csv([valid(TABLES["agreements"], unit_amount="0.100000000001")]))
    folder.land()
    assert folder.rows("agreements")[0]["unit_amount"] == Decimal("0.100000000001")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8)),  # noqa: DTZ001
        ("2026-01-31T10:00:00Z", datetime(2026, 1, 31, 10)),  # noqa: DTZ001
        ("2026-01-31T10:00:00", datetime(2026, 1, 31, 9)),  # noqa: DTZ001
        ("2026-07-31 10:00", datetime(2026, 7, 31, 8)),  # noqa: DTZ001
    ],
)
def test_a_timestamp_without_offset_is_in_the_reporting_zone(folder, text, utc):
    folder.put("survey_responses.csv", as_csv([valid(TABLES["survey_responses"], responded_at=text)]))
    folder.land(reporting_timezone="Europe/Berlin")
    assert folder.rows("survey_responses")[0]["responded_at"] == utc


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("accounts", "start_date", "07/08/2026"),
        ("accounts", "start_date", "31-12-2026"),
        ("accounts", "start_date", "2026-02-30"),
        ("accounts", "start_date", "2026-01-31T00:00:00"),
        ("accounts", "auto_renew", "yes"),
        ("accounts", "coverage_model", "Strategic"),
        ("accounts", "name", ""),
        ("agreements", "unit_amount", "12,50"),
        ("agreements", "unit_amount", "NaN"),
        ("agreements", "unit_amount", "inf"),
        ("agreements", "unit_amount", "1e5"),
        ("agreements", "quantity", "-1"),
        ("agreements", "currency", "eur"),
        ("agreements", "interval_count", "0"),
        ("agreements", "interval_count", "1.5"),
        ("agreements", "discount_percent", "101"),
        ("agreements", "ends_on", "2025-01-01"),
        ("qbrs", "service_rating", "6"),
        ("interviews", "sentiment", "3"),
        ("interviews", "propensity_to_continue", "nan"),
        ("success_ratings", "tools", "1.1"),
        ("survey_responses", "responded_at", "1.2.2026 10:00"),
        ("survey_responses", "responded_at", "2026-01-31T25:00:00Z"),
        ("fx_rates", "rate_to_reporting", "0"),
    ],
)
def test_a_row_that_breaks_its_contract_is_held_back_and_the_others_are_used(folder, name, column, value):
    table = TABLES[name]
    good = valid(table, **{key: "other" for key in table.key if PLAIN["text"] == valid(table)[key]})
    good |= {"rated_on": "2026-02-01"} if name == "success_ratings" else {}
    good |= {"rate_date": "2026-02-01"} if name == "fx_rates" else {}
    folder.put(f"{name}.csv", as_csv([valid(table, **{column: value}), good]))
    report = folder.land()[name]
    assert (report.received, report.kept, report.quarantined) == (2, 1, 1)
    ((file, line, told, reason),) = folder.broken(name)
    assert (file, line, told) == (f"{name}.csv", 2, column)
    assert reason
    assert len(value) < 3 or value not in reason


def test_a_reason_never_quotes_what_stood_there(folder):
    row = valid(
        TABLES["survey_responses"],
        respondent_email="jo@secret.test",
        comment="SECRET",
        score="SECRET",
        responded_at="SECRET",
    )
    folder.put("survey_responses.csv", as_csv([row, valid(TABLES["survey_responses"], response_id="r2")]))
    report = folder.land()["survey_responses"]
    assert report.quarantined == 1
    assert all(
        "SECRET" not in reason and "secret.test" not in reason for *_, reason in folder.broken("survey_responses")
    )


@pytest.mark.parametrize("name", ["survey_responses", "survey_invitations"])
def test_one_of_account_and_respondent_is_needed(folder, name):
    table = TABLES[name]
    key = table.key[0]
    rows = [
        valid(table, **{key: "a", "account_ref": ""}),
        valid(table, **{key: "b", "respondent_email": ""}),
        valid(table, **{key: "c", "account_ref": "", "respondent_email": ""}),
    ]
    folder.put(f"{name}.csv", as_csv(rows))
    assert folder.land()[name].kept == 2
    assert folder.broken(name) == [(f"{name}.csv", 4, "account_ref", "is empty, and so is respondent_email")]


def test_an_unknown_column_is_kept_and_reported(folder):
    folder.put("accounts.csv", "colour,account_id,name\nred,a1,Acme\n")
    assert folder.land()["accounts"].drift == ("colour",)
    assert folder.rows("accounts")[0]["_raw"] == '{"colour":"red","account_id":"a1","name":"Acme"}'


def test_a_missing_required_column_rejects_the_file_and_no_other(folder):
    folder.put("accounts.csv", "account_id,name\na1,Acme\n")
    folder.put("accounts_bad.csv", "account_id\na2\n")
    folder.put("projects.csv", as_csv([valid(TABLES["projects"])]))
    with pytest.raises(FileRejected, match=r"accounts_bad\.csv: required column name is missing"):
        folder.land()
    assert [row["account_id"] for row in folder.rows("accounts")] == ["a1"]
    assert len(folder.rows("projects")) == 1


def test_a_file_that_is_rejected_later_leaves_its_last_good_rows(folder):
    folder.put("accounts.csv", "account_id,name\na1,Acme\n")
    folder.land()
    folder.put("accounts.csv", "account_id,nom\na1,Acme\n")
    with pytest.raises(FileRejected, match="name is missing"):
        folder.land()
    assert [row["name"] for row in folder.rows("accounts")] == ["Acme"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"account_id,name\na1,\xe9\n", "line 2 is not UTF-8"),
        (b"account_id,name,name\na1,b,c\n", "name is there twice"),
        (b'account_id,name\na1,"open\na2,b\n', "line 2 is never closed"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(folder, content, message):
    folder.put("accounts.csv", content)
    with pytest.raises(FileRejected, match=message):
        folder.land()


def test_a_file_without_a_header_is_rejected_without_its_first_row(folder):
    folder.put("survey_responses.csv", "r1,nps,9,2026-10-01,jane@x.example,jane@x.example,2026-10-01\n")
    with pytest.raises(FileRejected, match=r"column no\. 4 is there twice; the first row") as caught:
        folder.land()
    assert "jane" not in str(caught.value)


@pytest.mark.parametrize("name", ["accounts.xlsx", "accounts.parquet"])
def test_a_binary_file_that_is_broken_says_so(folder, name):
    folder.put(name, b"PK\x03\x04 this is none")
    with pytest.raises(FileRejected, match="cannot be opened"):
        folder.land()


def test_ragged_rows_and_broken_quotes_are_held_back_with_their_line(folder):
    folder.put("accounts.csv", 'account_id,name\na1\na2,b,c\na3,"x"y\n"a\n4",ok\na5,fine,\n\n')
    report = folder.land()["accounts"]
    assert (report.received, report.kept, report.quarantined) == (5, 2, 3)
    assert [(line, reason) for _, line, _, reason in folder.broken("accounts")] == [
        (2, "the row has fewer fields than the header"),
        (3, "the row has more fields than the header"),
        (4, "the row has broken quotes or an overlong field"),
    ]
    assert [(row["account_id"], row["line_number"]) for row in folder.rows("accounts")] == [("a 4", 5), ("a5", 7)]


def test_the_file_that_was_modified_last_wins_and_then_the_last_line(folder):
    folder.put("accounts_b.csv", "account_id,name\na1,first\n")
    folder.put("accounts_a.csv", "account_id,name\na1,second\na1,third\n")
    report = folder.land()["accounts"]
    assert (report.received, report.kept, report.duplicate) == (3, 2, 1)
    winner = max(folder.rows("accounts"), key=lambda row: row["_version"])
    assert winner["name"] == "third"


def test_a_corrected_file_replaces_its_rows(folder):
    folder.put("accounts.csv", "account_id,name\na1,Acme\na2,Beta\n")
    folder.land()
    folder.put("accounts.csv", "account_id,name\na1,Acme GmbH\na2,Beta\n")
    folder.land()
    assert [row["name"] for row in folder.rows("accounts")] == ["Acme GmbH", "Beta"]


def test_a_row_that_is_corrected_leaves_quarantine(folder):
    folder.put("accounts.csv", "account_id,name\na1,Acme\na2,\n")
    folder.land()
    assert len(folder.broken("accounts")) == 1
    folder.put("accounts.csv", "account_id,name\na1,Acme\na2,Beta\n")
    folder.land()
    assert folder.broken("accounts") == []


def test_a_run_that_died_between_new_and_old_part_is_no_loss(folder, monkeypatch):
    """Both parts are there then; the next run must not take the file's own rows for twice as many."""

    class Killed(BaseException):
        """Stands for a kill: no handler of errors may catch it."""

    def die(_folder):
        raise Killed

    folder.put("accounts.csv", "account_id,name\n" + "".join(f"a{n},x\n" for n in range(20)))
    folder.land()
    folder.put("accounts.csv", "account_id,name\n" + "".join(f"a{n},y\n" for n in range(20)))
    with monkeypatch.context() as patch:
        patch.setattr(landing, "remove_part", die)
        with pytest.raises(Killed):
            folder.land()
    assert len(folder.rows("accounts")) == 40
    assert folder.land()["accounts"].rows == 20
    assert {row["name"] for row in folder.rows("accounts")} == {"y"}
    folder.put("accounts.csv", "account_id,name\na1,z\n")
    with pytest.raises(SnapshotShrunk, match="has 1 rows, the last one had 20"):
        folder.land()


def test_a_file_that_is_gone_no_longer_counts_but_a_great_loss_is_refused(folder):
    folder.put("accounts.csv", as_csv([valid(TABLES["accounts"], account_id=f"a{n}") for n in range(40)]))
    folder.put("accounts_extra.csv", "account_id,name\nx1,X\n")
    folder.land()
    (folder.path / "accounts_extra.csv").unlink()
    assert folder.land()["accounts"].rows == 40
    before = folder.bench.files()
    folder.put("accounts.csv", as_csv([valid(TABLES["accounts"], account_id=f"a{n}") for n in range(20)]))
    with pytest.raises(SnapshotShrunk, match="20 rows, the last one had 40"):
        folder.land()
    assert folder.bench.files() == before
    assert folder.land(force=True)["accounts"].rows == 20


def test_a_second_run_leaves_every_byte(folder):
    folder.put("accounts.csv", "account_id,name\na1,Acme\na2,\n")
    first = folder.land()["accounts"]
    before = folder.bench.files()
    folder.bench.clock.sleep(3600)
    again = folder.land()["accounts"]
    assert folder.bench.files() == before
    assert (again.received, again.kept, again.quarantined, again.rows) == (
        first.received,
        first.kept,
        first.quarantined,
        1,
    )


def test_files_without_a_contract_are_named_and_others_left_alone(folder):
    folder.put("account.csv", "account_id,name\na1,Acme\n")
    folder.put("~$accounts.xlsx", b"lock")
    folder.put("notes.txt", "hello")
    report = folder.land()["accounts"]
    assert (report.state, report.reason) == (
        "off", "off: no file named accounts.csv, .xlsx or .parquet; no contract for account.csv",
    )  # fmt: skip


def test_a_folder_that_is_not_there_names_the_setting(bench, tmp_path):
    with pytest.raises(SettingRefused, match="CX_DROP_DIR"):
        bench.run("drop_folder", base_url=str(tmp_path / "nowhere"))


CELL = st.one_of(
    st.sampled_from(
        ["", "a1", "2026-01-31", "12.50", "nan", "true", '"', '""', ";", ",", "\n", "01/02/2026", "\x00", "9" * 40]
    ),
    st.text(max_size=6),
)


FILES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(sorted(TABLES)),
        "is_short": st.booleans(),
        "lines": st.lists(st.lists(CELL, min_size=1, max_size=20).map(",".join), max_size=6),
        "good": st.integers(0, 2),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=FILES)
def test_whatever_stands_in_a_file_is_counted_or_refused_clearly(bench, tmp_path_factory, file):
    base = tmp_path_factory.mktemp("any")
    bench.root = base / "raw"
    folder = Folder(bench, base)
    name, table = file["name"], TABLES[file["name"]]
    has_text_key = table.columns[0].form == "text"
    rows = [valid(table, **({table.key[0]: f"g{n}"} if has_text_key else {})) for n in range(file["good"])]
    first, _, rest = as_csv([valid(table), *rows]).partition("\r\n")
    if file["is_short"]:
        first = first.partition(",")[0]
    folder.put(f"{name}.csv", "\r\n".join([first, rest.strip(), *file["lines"]]).encode("utf-8", "surrogatepass"))
    refused = None
    try:
        report = folder.land()[name]
    except FileRejected as error:
        refused = str(error)
    if refused is not None:
        assert refused.startswith(f"{name}.csv: ")
        return
    assert report.received == report.kept + report.duplicate + report.quarantined
    assert len(folder.rows(name)) == report.kept == report.rows
    assert len({line for _, line, *_ in folder.broken(name)}) == report.quarantined
