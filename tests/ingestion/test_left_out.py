"""What is left out of the landing: counted with reasons and lines from what is on disk, the same on a night without new input."""

import csv
import io

import pytest

from ingestion import registry
from ingestion.contract import FileRejected, SnapshotShrunk
from ingestion.drop_folder.remedies import REMEDIES
from ingestion.drop_folder.values import UNDECLARED_COMMA
from ingestion.left_out import left_out
from tests.ingestion.test_drop_folder import TABLES, Folder, as_csv, valid


@pytest.fixture
def folder(bench, tmp_path):
    return Folder(bench, tmp_path)


def facts(folder):
    found = left_out(folder.bench.root, [registry.source("drop_folder")])
    return {(fact.stream.removeprefix("drop_folder."), fact.kind): fact for fact in found}


def agreements(*amounts, **more):
    return [
        valid(TABLES["agreements"], line_id=f"L{n}", unit_amount=amount, **more) for n, amount in enumerate(amounts)
    ]


def test_refused_rows_are_counted_with_reason_and_lines_and_so_again_without_new_input(folder):
    folder.put("agreements.csv", as_csv(agreements("12.50", "€35.50", "€1", "80")))
    folder.land()
    first = facts(folder)
    fact = first["agreements", "refused"]
    assert (fact.count, fact.received) == (2, 4)
    assert fact.reasons == ("unit_amount is written with a currency beside the number (agreements.csv, lines 3, 4)",)
    assert fact.remedy.startswith("amounts are written 1200.50")
    folder.bench.clock.sleep(86_400)
    folder.land()
    assert facts(folder) == first


def test_a_stream_that_lacks_nothing_says_so(folder):
    folder.put("agreements.csv", as_csv(agreements("12.50")))
    folder.land()
    assert {(kind, fact.count) for (_, kind), fact in facts(folder).items()} == {
        ("refused", 0), ("replaced", 0), ("ignored", 0),
    }  # fmt: skip


def test_rows_that_replace_each_other_in_one_file_are_named_and_repeated_ones_are_not(folder):
    rows = agreements("10", "20", "30")
    folder.put("agreements.csv", as_csv([*rows, {**rows[0], "unit_amount": "99"}, rows[1]]))
    folder.land()
    fact = facts(folder)["agreements", "replaced"]
    assert (fact.count, fact.received) == (1, 5)
    assert fact.reasons == ("another row of agreements.csv has the same line_id: line 2",)
    folder.land()
    assert facts(folder)["agreements", "replaced"] == fact


def test_rows_that_a_later_file_corrects_are_counted_apart(folder):
    rows = agreements("10", "20")
    folder.put("agreements_1.csv", as_csv(rows))
    folder.put("agreements_2.csv", as_csv([rows[0], {**rows[1], "unit_amount": "21"}]))
    folder.land()
    found = facts(folder)
    assert found["agreements", "replaced"].count == 0
    assert (found["agreements", "corrected"].count, found["agreements", "corrected"].received) == (1, 4)


@pytest.mark.parametrize(
    ("name", "said", "is_meant"),
    [
        ("agreement.csv", "if it is `agreements`, rename it agreements.csv", True),
        ("Agreements 2026.csv", "if it is `agreements`, rename it agreements.csv", True),
        ("agreements (1).xlsx", "if it is `agreements`, rename it agreements.xlsx", True),
        ("agreements.xls", ".xls is not read; save it as .csv or .xlsx", True),
        ("accounts_2026.numbers", ".numbers is not read", True),
        ("survey responses.csv", "if it is `survey_responses`", True),
        ("invoices.csv", "has no contract of that name", False),
        ("README.txt", "is no .csv, .xlsx or .parquet file", False),
    ],
)
def test_a_file_that_nobody_reads_is_named_with_what_it_may_be(folder, name, said, is_meant):
    folder.put("accounts.csv", "account_id,name\na1,Acme\n")
    folder.put(name, "account_id,name\na1,Acme\n")
    folder.put("~$accounts.xlsx", b"lock")
    folder.put(".DS_Store", b"x")
    folder.land()
    fact = facts(folder)["drop_folder", "ignored"]
    assert (fact.count, fact.received, fact.meant) == (1, 2, int(is_meant))
    assert fact.reasons[0].startswith(f"{name}: ")
    assert said in fact.reasons[0]


def test_a_file_whose_every_row_is_refused_is_rejected_at_once_with_cause_and_remedy(folder):
    folder.put("accounts.csv", "account_id,name\nx,Acme\n")
    folder.put("agreements.csv", as_csv(agreements("12.50")))
    folder.land()
    folder.put("agreements.csv", as_csv(agreements("1.200,50", "35,5", "7,00"), ";"))
    with pytest.raises(FileRejected) as caught:
        folder.land()
    assert str(caught.value) == (
        f"agreements.csv: every one of its 3 rows is refused, the file is not used: unit_amount {UNDECLARED_COMMA} "
        f"(agreements.csv, lines 2, 3, 4). A{REMEDIES[UNDECLARED_COMMA][1:]}"
    )
    assert [row["line_id"] for row in folder.rows("agreements")] == ["L0"]


def test_rows_that_broke_are_no_loss_of_a_listing(folder):
    """They are told as what they are; a night after a good one says the same as a first night."""
    good = agreements(*["10"] * 40)
    folder.put("agreements.csv", as_csv(good))
    folder.land()
    folder.put(
        "agreements.csv", as_csv([{**row, "starts_on": "07/31/2025"} if n % 2 else row for n, row in enumerate(good)])
    )
    folder.land()
    fact = facts(folder)["agreements", "refused"]
    assert (fact.count, fact.received) == (20, 40)
    assert "starts_on is not a date written YYYY-MM-DD" in fact.reasons[0]


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("unit_amount", "1200,50", "has a decimal comma"),
        ("unit_amount", "1.200,50", "has a decimal comma"),
        ("unit_amount", "1,200.50", "marks between thousands"),
        ("unit_amount", "€35.50", "currency beside"),
        ("unit_amount", "35.50 EUR", "currency beside"),
        ("unit_amount", "$1,200", "currency beside"),
        ("unit_amount", "many", "is not a plain decimal number"),
        ("unit_amount", "n/k", "is not a plain decimal number"),
        ("starts_on", "07/31/2025", "say dates: DD.MM.YYYY"),
        ("starts_on", "soon", "is not a date written"),
    ],
)
def test_a_reason_says_how_the_cell_is_written_and_never_what(folder, column, text, said):
    folder.put(
        "agreements.csv", as_csv([*agreements("1"), valid(TABLES["agreements"], line_id="bad", **{column: text})])
    )
    folder.land()
    ((_, line, told, reason),) = folder.broken("agreements")
    assert (line, told) == (3, column)
    assert said in reason
    assert text not in reason
    assert facts(folder)["agreements", "refused"].remedy


def test_the_quarantine_is_a_csv_that_a_spreadsheet_opens_and_takes_for_no_formula(folder):
    rows = [*agreements("=1+1", "10"), *agreements("x", account_ref="+a")]
    folder.put("agreements.csv", as_csv(rows) + "=cmd\n")
    folder.land()
    path = folder.bench.root.parent / "quarantine/drop_folder/agreements.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o777 == 0o600
    header, *held = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    assert header == ["file", "line", "column", "reason", "row"]
    assert [(file, line) for file, line, *_ in held] == [("agreements.csv", n) for n in ("2", "4", "5")]
    assert "=1+1" in held[0][4]
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in held for cell in row)
    folder.put("agreements.csv", as_csv(agreements("10", "11", "12")))
    folder.land()
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "Line ID,account_ref,product,kind,quantity,Unit Amount,currency,interval,interval_count,starts_on\n",
            "`unit amount` in place of `unit_amount`: rename it, or say `columns: {line id: line_id, unit amount: unit_amount}`",
        ),
        (
            "line_id\taccount_ref\tproduct\tkind\tquantity\tunit_amount\tcurrency\tinterval\tinterval_count\tstarts_on\n",
            "The columns are separated by tabs: say `delimiter: tab` in its mapping (drop_folder.yaml)",
        ),
        (
            "jane@secret.test\n\nline_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on\n",
            "The header seems to stand in line 3: remove what is above it, or say `header: 3` in its mapping (drop_folder.yaml)",
        ),
        ("jane@secret.test,SECRET\nx,y\n", "the file is not used"),
    ],
)
def test_a_header_that_all_but_names_its_columns_is_told_with_what_was_found(folder, content, said):
    folder.put("agreements.csv", content + "x,y\n")
    with pytest.raises(FileRejected) as caught:
        folder.land()
    assert said in str(caught.value)
    assert "secret" not in str(caught.value).lower()


def test_what_was_found_in_a_header_helps_where_it_is_said(folder):
    row = agreements("10")[0]
    renamed = {{"line_id": "Line ID", "unit_amount": "Unit Amount"}.get(name, name): text for name, text in row.items()}
    folder.put("agreements.csv", "Export of today\n\n" + as_csv([renamed], "\t"))
    folder.put(
        "drop_folder.yaml",
        "agreements: {delimiter: tab, header: 3, columns: {line id: line_id, unit amount: unit_amount}}\n",
    )
    assert folder.land()["agreements"].kept == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "agreement.csv",
            "agreement.csv: has no contract of that name; if it is `agreements`, rename it agreements.csv",
        ),
        ("agreements.xls", "agreements.xls: .xls is not read; save it as .csv or .xlsx"),
    ],
)
def test_a_file_that_lost_its_name_is_told_before_the_rows_that_went_with_it(folder, name, said):
    folder.put("agreements.csv", as_csv(agreements("10", "11")))
    folder.land()
    (folder.path / "agreements.csv").rename(folder.path / name)
    with pytest.raises(SnapshotShrunk) as refused:
        folder.land()
    assert str(refused.value).startswith(said)
    assert "drop_folder.agreements: the full extract has 0 rows" in str(refused.value)


def test_a_loss_that_is_real_is_accepted_by_the_setting_that_the_refusal_names(folder):
    folder.put("agreements.csv", as_csv(agreements(*["10"] * 40)))
    folder.land()
    folder.put("agreements.csv", as_csv(agreements(*["10"] * 20)))
    with pytest.raises(SnapshotShrunk, match=r"run once with CX_ACCEPT_SHORTER=drop_folder\.agreements"):
        folder.land()
    with pytest.raises(SnapshotShrunk):
        folder.land(shorter=frozenset({"drop_folder.accounts"}))
    assert folder.land(shorter=frozenset({"drop_folder.agreements"}))["agreements"].rows == 20
