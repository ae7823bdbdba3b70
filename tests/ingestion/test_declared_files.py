"""What a folder declares of its files, and what stands in cells that nobody sees."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from ingestion.contract import FileRejected
from tests.ingestion.test_drop_folder import TABLES, Folder, as_csv, as_xlsx, valid

AGREEMENT = valid(TABLES["agreements"], line_id="L1", starts_on="2026-01-01", ends_on="2026-01-31")


@pytest.fixture
def folder(bench, tmp_path):
    return Folder(bench, tmp_path)


GOOD = {"line_id": "good", "unit_amount": "1", "ends_on": ""}


def agreements(folder, declared, row, delimiter=","):
    """The row as it is landed, beside one that is always good and left out; none where it is held back."""
    folder.put("drop_folder.yaml", declared)
    folder.put(
        "agreements.csv", as_csv([AGREEMENT | {"discount_percent": "1"} | more for more in (row, GOOD)], delimiter)
    )
    folder.land()
    return next((row for row in folder.rows("agreements") if row["line_id"] != "good"), None)


@pytest.mark.parametrize(
    ("declared", "text", "amount"),
    [
        ("decimal: ','", "1200,50", "1200.50"),
        ("decimal: ','", "1200", "1200"),
        ("{decimal: ',', thousands: '.'}", "1.200,50", "1200.50"),
        ("{decimal: ',', thousands: '.'}", "1.200.300", "1200300"),
        ("{decimal: ',', thousands: ' '}", "1 200,50", "1200.50"),
        ("{decimal: ',', thousands: ' '}", "1\u00a0200,50", "1200.50"),
        ("{decimal: ',', thousands: ' '}", "1\u202f200,50", "1200.50"),
        ("thousands: ','", "1,200.50", "1200.50"),
        ('thousands: "\'"', "1'200.50", "1200.50"),
    ],
)
def test_a_declared_mark_is_read(folder, declared, text, amount):
    said = declared if declared[0] == "{" else f"{{{declared}}}"
    row = agreements(folder, f"agreements: {said}", {"unit_amount": text}, ";")
    assert row["unit_amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("declared", "text", "part"),
    [
        ("", "12,50", "has a decimal comma; write 12.50, or say decimal: ',' in drop_folder.yaml"),
        ("", "1.200,50", "has a decimal comma"),
        ("", "€35.50", "is written with a currency beside the number"),
        ("decimal: ','", "12.50", "is not a decimal number such as 12,50"),
        ("decimal: ','", "1.200", "is not a decimal number such as 12,50"),
        ("decimal: ',', thousands: '.'", "12.50", "is not a decimal number such as 12,50"),
        ("decimal: ',', thousands: '.'", "1.2000,5", "is not a decimal number such as 12,50"),
        ("thousands: ','", "12,50", "has a decimal comma"),
        ("thousands: ','", "1,2,3", "is not a plain decimal number"),
    ],
)
def test_what_a_declaration_does_not_cover_is_refused(folder, declared, text, part):
    declared = f"agreements: {{{declared}}}" if declared else ""
    assert agreements(folder, declared, {"unit_amount": text}, ";") is None
    ((_, line, column, reason),) = folder.broken("agreements")
    assert (line, column) == (2, "unit_amount")
    assert part in reason


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("DD.MM.YYYY", "07.08.2026"),
        ("DD.MM.YYYY", "7.8.2026"),
        ("MM/DD/YYYY", "08/07/2026"),
        ("YYYY/MM/DD", "2026/08/07"),
        ("DD.MM.YYYY", "2026-08-07"),
    ],
)
def test_a_declared_order_of_dates_is_read(folder, declared, text):
    row = agreements(folder, f"agreements: {{dates: {declared}}}", {"starts_on": text, "ends_on": ""})
    assert row["starts_on"] == date(2026, 8, 7)


def test_a_declared_order_of_dates_holds_for_the_day_of_a_time(folder):
    folder.put("drop_folder.yaml", "survey_responses: {dates: DD.MM.YYYY}\n")
    folder.put(
        "survey_responses.csv", as_csv([valid(TABLES["survey_responses"], responded_at="07.08.2026 10:30", sent_at="")])
    )
    folder.land(reporting_timezone="Europe/Berlin")
    assert folder.rows("survey_responses")[0]["responded_at"] == datetime(2026, 8, 7, 8, 30)  # noqa: DTZ001


def test_an_undeclared_order_of_dates_is_refused_with_the_remedy(folder):
    assert agreements(folder, "", {"starts_on": "07.08.2026"}) is None
    ((*_, reason),) = folder.broken("agreements")
    assert "say dates: DD.MM.YYYY" in reason


@pytest.mark.parametrize(
    ("last", "until"),
    [
        ("2026-01-31", date(2026, 2, 1)),
        ("2026-01-01", date(2026, 1, 2)),
        ("9999-12-31", date(9999, 12, 31)),
        ("", None),
    ],
)
def test_a_last_day_that_is_covered_ends_the_day_after(folder, last, until):
    row = agreements(folder, "agreements: {ends: inclusive}", {"ends_on": last})
    assert row["ends_on"] == until


def test_a_last_day_before_the_first_is_refused_whichever_way_it_is_meant(folder):
    assert agreements(folder, "agreements: {ends: inclusive}", {"ends_on": "2025-12-31"}) is None
    assert [(column, reason) for *_, column, reason in folder.broken("agreements")] == [
        ("ends_on", "is before starts_on")
    ]


def test_only_last_days_are_moved(folder):
    folder.put("drop_folder.yaml", "accounts: {ends: inclusive}\nprojects: {ends: inclusive}\n")
    folder.put("accounts.csv", as_csv([valid(TABLES["accounts"])]))
    folder.put("projects.csv", as_csv([valid(TABLES["projects"])]))
    folder.land()
    account, project = folder.rows("accounts")[0], folder.rows("projects")[0]
    assert account["contract_end"] == date(2026, 2, 1)
    assert account["renewal_date"] == account["start_date"] == project["closed_on"] == date(2026, 1, 31)


def test_a_file_can_speak_for_itself_and_its_contract_for_the_others(folder):
    folder.put("drop_folder.yaml", "agreements: {decimal: ','}\nagreements_b.csv: {ends: inclusive}\n")
    folder.put("agreements_a.csv", as_csv([AGREEMENT | {"unit_amount": "12,5"}], ";"))
    folder.put("agreements_b.csv", as_csv([AGREEMENT | {"line_id": "L2", "unit_amount": "12.5"}]))
    folder.land()
    assert {row["line_id"]: (row["unit_amount"], row["ends_on"]) for row in folder.rows("agreements")} == {
        "L1": (Decimal("12.5"), date(2026, 1, 31)), "L2": (Decimal("12.5"), date(2026, 2, 1)),
    }  # fmt: skip


def test_columns_are_renamed_and_the_header_may_stand_further_down(folder):
    folder.put(
        "drop_folder.yaml",
        "accounts:\n  header: 3\n  columns: {Kunden-Nr.: account_id, Firma: name}\n  delimiter: tab\n",
    )
    folder.put("accounts.csv", "Our customers\n\nKUNDEN-NR.\tFirma\tregion\na1\tAcme\tnorth\n")
    folder.land()
    (row,) = folder.rows("accounts")
    assert (row["account_id"], row["name"], row["region"], row["line_number"]) == ("a1", "Acme", "north", 4)


def test_typed_cells_are_read_beside_declared_texts(folder):
    folder.put("drop_folder.yaml", "agreements: {decimal: ',', thousands: '.', dates: DD.MM.YYYY}\n")
    row = AGREEMENT | {
        "quantity": 1234.5,
        "unit_amount": "1.234,5",
        "starts_on": date(2026, 8, 7),
        "ends_on": "09.08.2026",
    }
    folder.put("agreements.xlsx", as_xlsx([row]))
    folder.land()
    (found,) = folder.rows("agreements")
    assert found["quantity"] == found["unit_amount"] == Decimal("1234.5")
    assert (found["starts_on"], found["ends_on"]) == (date(2026, 8, 7), date(2026, 8, 9))


def test_a_changed_declaration_reads_the_same_file_anew(folder):
    assert agreements(folder, "", {})["ends_on"] == date(2026, 1, 31)
    folder.put("drop_folder.yaml", "agreements: {ends: inclusive}\n")
    folder.land()
    assert [row["ends_on"] for row in folder.rows("agreements")] == [date(2026, 2, 1), None]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("agreement: {ends: inclusive}", "agreement is neither a contract nor a file of the folder"),
        ("agreements: {end: inclusive}", "unknown field `end`"),
        ("agreements: {ends: both}", "none of those documented"),
        ("agreements: {columns: {X: line}}", "the contract has no column line"),
        ("agreements: {columns: {X: line_id, Y: line_id}}", "two headers are called the same"),
        ("agreements: {decimal: ',', thousands: ','}", "thousands: is the decimal mark too"),
        ("agreements: {dates: DD.MM.YY}", "dates: is made of YYYY, MM and DD"),
        ("agreements: {dates: YYYY-DD-MM}", "dates: is made of YYYY, MM and DD"),
        ("agreements: {header: 0}", "header: is the number of a line"),
        ("agreements: [", "cannot be read as YAML"),
        ("- agreements", r"Expected `object"),
        ("agreements: {columns: {Secret: line_id}}", "the header lacks what drop_folder.yaml calls line_id"),
    ],
)
def test_a_declaration_that_is_none_is_refused_by_name(folder, declared, message):
    folder.put("drop_folder.yaml", declared)
    folder.put("agreements.csv", "Line,account_ref\n")
    with pytest.raises(FileRejected, match=message):
        folder.land()


@pytest.mark.parametrize(
    ("first", "mark"),
    [
        ("sep=;", ";"),
        ("SEP=,", ","),
        ('"sep=;"', ";"),
        ("sep=\t", "\t"),
        ("sep=|", "|"),
        ("\ufeffsep=;", ";"),
        (r"sep=\t", "\t"),
        ("sep=;;;;", ";"),
        ("sep=,,", ","),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_first_line_that_names_the_separator_is_read(folder, first, mark, end):
    folder.put("accounts.csv", end.join([first, mark.join(["account_id", "name"]), mark.join(["a1", "Acme"]), ""]))
    folder.land()
    assert [(row["account_id"], row["name"], row["line_number"]) for row in folder.rows("accounts")] == [
        ("a1", "Acme", 3)
    ]


UTC_TIMES = {
    "2026-10-05 10:00:00+00": datetime(2026, 10, 5, 10),  # noqa: DTZ001
    "2026-10-05 10:00:00.123+02": datetime(2026, 10, 5, 8, 0, 0, 123000),  # noqa: DTZ001
    "2026-10-05T10:00:00+0530": datetime(2026, 10, 5, 4, 30),  # noqa: DTZ001
    "2026-10-05T10:00:00-0800": datetime(2026, 10, 5, 18),  # noqa: DTZ001
    "2026-10-05T10:00:00.1234567Z": datetime(2026, 10, 5, 10, 0, 0, 123456),  # noqa: DTZ001
    "2026-10-05T10:00:00.123456789+00:00": datetime(2026, 10, 5, 10, 0, 0, 123456),  # noqa: DTZ001
    "2026-10-05t10:00:00z": datetime(2026, 10, 5, 10),  # noqa: DTZ001
    "2026-10-05T10:00:00,5Z": datetime(2026, 10, 5, 10, 0, 0, 500000),  # noqa: DTZ001
    "2026-10-05T10Z": datetime(2026, 10, 5, 10),  # noqa: DTZ001
    "2026-10-05T10:00+05:30:00": datetime(2026, 10, 5, 4, 30),  # noqa: DTZ001
    "2026-10-05\u00a010:00:00Z": datetime(2026, 10, 5, 10),  # noqa: DTZ001
    "\u200e2026-10-05T23:59:59.999999999Z": datetime(2026, 10, 5, 23, 59, 59, 999999),  # noqa: DTZ001
}


@pytest.mark.parametrize("text", UTC_TIMES)
def test_every_common_writing_of_a_time_is_read(folder, text):
    folder.put("survey_responses.csv", as_csv([valid(TABLES["survey_responses"], responded_at=text)]))
    folder.land()
    assert [row["responded_at"] for row in folder.rows("survey_responses")] == [UTC_TIMES[text]]


@pytest.mark.parametrize(
    "text",
    [
        "2026-W41-1T10:00:00Z", "2026-W41-1", "2026-278T10:00:00Z", "20261005T100000Z", "2026-10-05T10:00:00.1234567890Z",
        "2026-10-05T10:00:00 UTC", "2026-10-05T10:00:60Z", "2026-10-05T10:00:00+5", "2026-10-05T10:00:00+24:00", "05/10/2026 10:00",
        "2026-10-05T10:00:00Z[Europe/Berlin]", "1790000000", "2026-10-05T1000Z", "2026-02-30T10:00:00Z", "10:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_such_time_is_refused(folder, text):
    good = valid(TABLES["survey_responses"], response_id="good")
    folder.put("survey_responses.csv", as_csv([valid(TABLES["survey_responses"], responded_at=text), good]))
    folder.land()
    assert [row[2] for row in folder.broken("survey_responses")] == ["responded_at"]


SAME = [
    "Café 1",
    "Cafe\u0301 1",
    "Café\u00a01",
    "Café\u20091",
    "\ufeffCafé 1",
    "Ca\u200bfé 1",
    "Café\u00ad 1",
    " Café  1\u200e",
    "Café\u202f1\u2060",
]


@pytest.mark.parametrize("text", SAME)
def test_ids_that_look_the_same_are_the_same_and_the_original_is_kept(folder, text):
    folder.put("accounts.csv", f'account_id,name\n"{text}",Acme\n')
    folder.land()
    (row,) = folder.rows("accounts")
    assert row["account_id"] == "Café 1"
    assert text.strip() in row["_raw"]


def test_a_header_with_what_nobody_sees_is_read(folder):
    folder.put("accounts.csv", "account_id\u200b,\u00a0name\na1,Acme\n")
    folder.land()
    assert [row["name"] for row in folder.rows("accounts")] == ["Acme"]


def test_a_cell_of_nothing_that_can_be_seen_is_empty(folder):
    folder.put("accounts.csv", "account_id,name,region\n\u200b,Acme,\na1,Acme,\u200b\n")
    folder.land()
    assert [row["region"] for row in folder.rows("accounts")] == [None]
    assert folder.broken("accounts") == [("accounts.csv", 2, "account_id", "is required and empty")]


def test_joiners_stay_where_a_name_needs_them(folder):
    name = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    folder.put("accounts.csv", f"account_id,name\na1,{name}\n")
    folder.land()
    assert folder.rows("accounts")[0]["name"] == name


def identities(folder, *rows, name="account_identities.csv"):
    folder.put(name, "source,source_id,account_id,valid_from,valid_to\n" + "".join(f"{row}\n" for row in rows))


def overlapping(folder):
    return sorted((file, line, reason) for file, line, _, reason in folder.broken("account_identities"))


def test_two_periods_of_one_id_are_two_rows(folder):
    identities(folder, "stripe,c1,A,2026-01-01,2026-06-01", "stripe,c1,B,2026-06-01,", "stripe,c1,C,,2026-01-01")
    folder.land()
    assert {row["account_id"] for row in folder.rows("account_identities")} == {"C", "A", "B"}


def test_the_same_period_again_replaces_the_row(folder):
    identities(folder, "stripe,c1,A,2026-01-01,", "stripe,c1,B,2026-01-01,")
    folder.land()
    assert [row["account_id"] for row in folder.rows("account_identities")] == ["B"]


@pytest.mark.parametrize("swapped", [False, True])
def test_periods_that_overlap_are_refused_and_each_names_the_other(folder, swapped):
    rows = ["stripe,c1,A,2026-01-01,2026-07-01", "Stripe,c1,B,2026-06-01,"]
    identities(folder, *(reversed(rows) if swapped else rows), "stripe,c2,C,,")
    folder.land()
    assert [row["account_id"] for row in folder.rows("account_identities")] == ["C"]
    assert overlapping(folder) == [
        ("account_identities.csv", 2, "overlaps line 3: an id is one account's at a time"),
        ("account_identities.csv", 3, "overlaps line 2: an id is one account's at a time"),
    ]


def test_an_id_without_dates_is_one_accounts_for_ever(folder):
    identities(folder, "stripe,c1,A,,", "stripe,c1,B,2026-06-01,2026-07-01", "stripe,c1,C,2026-08-01,")
    folder.land()
    assert folder.rows("account_identities") == []
    assert [line for _, line, _ in overlapping(folder)] == [2, 3, 4]


def test_periods_of_two_files_that_overlap_name_file_and_line(folder):
    identities(folder, "stripe,c1,A,2026-01-01,")
    folder.land()
    assert len(folder.rows("account_identities")) == 1
    identities(folder, "stripe,c2,X,,", "stripe,c1,B,2026-06-01,", name="account_identities_more.csv")
    folder.land()
    assert [row["account_id"] for row in folder.rows("account_identities")] == ["X"]
    assert overlapping(folder) == [
        (
            "account_identities.csv",
            2,
            "overlaps line 3 of account_identities_more.csv: an id is one account's at a time",
        ),
        (
            "account_identities_more.csv",
            3,
            "overlaps line 2 of account_identities.csv: an id is one account's at a time",
        ),
    ]
    (folder.path / "account_identities_more.csv").unlink()
    folder.land(force=True)
    assert [row["account_id"] for row in folder.rows("account_identities")] == ["A"]


@pytest.mark.parametrize("column", ["account_id", "region", "start_date"])
@pytest.mark.parametrize(
    "error",
    [
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "#NAME?",
        "#WERT!",
        "#NV",
        "#BEZUG!",
        "#¡VALOR!",
        "#\u041d/\u0414",
        "#\u0414\u0415\u041b/0!",
        "#N/A N/A",
        "Err:502",
        "########",
    ],
)
def test_an_error_that_a_spreadsheet_wrote_into_a_csv_is_refused(folder, column, error):
    folder.put(
        "accounts.csv",
        as_csv([valid(TABLES["accounts"], **{column: error}), valid(TABLES["accounts"], account_id="b")]),
    )
    folder.land()
    assert [row[2] for row in folder.broken("accounts")] == [column]


def test_a_hash_in_an_id_or_a_note_is_none(folder):
    folder.put("accounts.csv", "account_id,name\n#12,#1 in Space!\nErr,E\n")
    folder.put("qbrs.csv", "qbr_id,account_ref,planned_on,notes\nq1,#12,2026-01-01,#REF!\n")
    folder.land()
    assert folder.rows("accounts")[0]["account_id"] == "#12"
    assert folder.rows("qbrs")[0]["notes"] == "#REF!"
