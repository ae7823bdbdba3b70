"""Erasure in the landing: a person becomes a pseudonym, an account's rows go with all that hangs on them, and neither comes back."""

import json

import msgspec
import pyarrow.parquet as pq
import pytest

from ingestion import registry
from ingestion.landing import manifests
from ingestion.privacy import erasing
from ingestion.privacy.tombstones import Tombstones

ANN, BOB = "ann.gone@acme.example", "bob@other.example"


@pytest.fixture
def drop(bench, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "accounts.csv").write_text(
        "account_id,name,csm_owner\nacc_1,Acme,carol@us.example\nacc_2,Other,ann.gone@acme.example\n"
    )
    (folder / "interviews.csv").write_text(
        "interview_id,account_ref,held_on,sentiment,propensity_to_continue,interviewer,situation\n"
        "i1,acc_1,2026-10-01,1,5,carol@us.example,fine\n"
        "i2,acc_2,2026-10-02,1,6,dan@us.example,as Ann Gone told us on the phone\n"
    )
    (folder / "survey_responses.csv").write_text(
        "response_id,metric,score,responded_at,account_ref,respondent_email,comment\n"
        f"r1,nps,9,2026-10-01T10:00:00Z,acc_2,{ANN.upper()},call me on 123\n"
        f"r2,nps,3,2026-10-02T10:00:00Z,acc_2,{BOB},no\n"
        f"r3,nps,x,2026-10-02T10:00:00Z,acc_2,{ANN},broken\n"
        "r4,nps,7,2026-10-02T10:00:00Z,acc_1,eve@acme.example,ok\n"
    )
    (folder / "agreements.csv").write_text(
        "line_id,account_ref,product,kind,quantity,unit_amount,currency,interval,interval_count,starts_on\n"
        "l1,acc_1,p,recurring,1,10,USD,month,1,2026-01-01\nl2,acc_2,p,recurring,1,20,USD,month,1,2026-01-01\n"
    )
    (bench.root.parent / "person_salt").write_bytes(b"salt")
    return lambda: bench.run("drop_folder", base_url=str(folder), tables=None)


def stones(bench):
    return Tombstones.load(bench.root)


def everything(bench):
    """Every byte that is kept, Parquet decoded."""
    texts = []
    for place in (bench.root, bench.root.parent / "quarantine", bench.root.parent / "erasures"):
        for path in place.rglob("*") if place.exists() else ():
            if path.suffix == ".parquet":
                texts.append(json.dumps(pq.read_table(path, partitioning=None).to_pylist(), default=str))
            elif path.is_file():
                texts.append(path.read_text(errors="replace"))
    return "\n".join(texts).lower()


def person(bench):
    known = stones(bench)
    known.add("person", ANN)
    known.add("person", "Ann Gone")
    known.save()
    return erasing.clean(bench.root, [registry.source("drop_folder")], known)


def test_a_person_is_gone_and_what_happened_to_the_account_stays(bench, drop):
    drop()
    assert "ann" in everything(bench)
    counts = person(bench)
    assert (counts["rows_cleaned"], counts["rows_removed"], counts["quarantined_rows_removed"]) == (3, 0, 1)
    for trace in (ANN, "ann gone", "call me on 123"):
        assert trace not in everything(bench)
    rows = {row["response_id"]: row for row in bench.rows("drop_folder", "survey_responses")}
    assert rows["r1"]["score"] == 9
    assert rows["r1"]["respondent_email"].startswith("erased-")
    assert rows["r2"]["respondent_email"] == BOB
    assert rows["r2"]["comment"] == "no"
    owners = {row["account_id"]: row["csm_owner"] for row in bench.rows("drop_folder", "accounts")}
    assert owners["acc_1"] == "carol@us.example"
    assert owners["acc_2"] == rows["r1"]["respondent_email"]


def test_an_erased_person_does_not_come_back_with_the_next_file(bench, drop, tmp_path):
    drop()
    person(bench)
    path = tmp_path / "drop" / "survey_responses.csv"
    path.write_text(
        path.read_text() + f"r5,nps,8,2026-10-09T10:00:00Z,acc_2,{ANN},again\nr6,nps,x,,acc_2,{ANN},broken\n"
    )
    report = drop()["survey_responses"]
    assert report.received == report.kept + report.duplicate + report.quarantined + report.foreign
    assert "r5" in {row["response_id"] for row in bench.rows("drop_folder", "survey_responses")}
    for trace in (ANN, "ann gone", "again"):
        assert trace not in everything(bench)
    assert not list(bench.root.rglob("survey_responses/v1/*/original*"))


def test_an_account_goes_with_its_people_and_does_not_come_back(bench, drop):
    drop()
    known = stones(bench)
    known.add("account", "acc_1")
    sources = [registry.source("drop_folder")]
    assert erasing.members(bench.root, sources, known) == {"eve@acme.example"}
    known.save()
    counts = erasing.clean(bench.root, sources, known)
    assert counts["rows_removed"] == 4
    assert erasing.clean(bench.root, sources, known) == {}
    assert "acc_1" not in everything(bench)
    reports = drop()
    assert "acc_1" not in everything(bench)
    assert {row["line_id"] for row in bench.rows("drop_folder", "agreements")} == {"l2"}
    for report in reports.values():
        assert report.received == report.kept + report.duplicate + report.quarantined + report.foreign
    assert reports["agreements"].foreign == 1


def test_what_a_dead_writer_left_goes_too(bench, drop):
    """Half-written files hold the same rows; nobody reads them, and an erasure must not leave them."""
    drop()
    for place in (bench.root, bench.root.parent / "quarantine"):
        folder = place / "drop_folder" / "survey_responses"
        (folder / "x.parquet.tmp-1").write_text(ANN)
    person(bench)
    assert ANN not in everything(bench)


def test_the_counts_of_a_cleaned_part_stay_counts(bench, drop):
    """A part holds rows of many runs, its manifest counts the last one's."""
    drop()
    (folder,) = (bench.root / "drop_folder" / "agreements" / "v1").glob("file=*")
    counted = manifests.read(folder)
    manifests.write(folder, msgspec.structs.replace(counted, received=1, kept=0, duplicate=1))
    known = stones(bench)
    known.add("account", "acc_1")
    erasing.clean(bench.root, [registry.source("drop_folder")], known)
    found = manifests.read(folder)
    assert (found.rows, found.received, found.kept, found.duplicate, found.foreign) == (1, 1, 0, 1, 0)


def test_the_list_of_tombstones_names_nobody_and_is_private(bench, drop):
    drop()
    person(bench)
    path = bench.root.parent / "erasures" / "tombstones"
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(len(line) == 64 for line in path.read_text().split())
    other = Tombstones(path, b"other salt", stones(bench).marks)
    assert not other.has("person", ANN)
    assert stones(bench).has("person", f" {ANN.upper()} ")


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        (f"ask {ANN} tomorrow", True),
        ("Bob; Ann Gone, Eve", True),
        ("as ANN GONE said", True),
        ("Ann has gone", False),
        ("gone", False),
        ("joann.gone@acme.example", False),
    ],
)
def test_a_name_or_address_is_found_in_a_text_and_a_like_one_is_not(bench, text, is_named):
    known = stones(bench)
    known.add("person", ANN)
    known.add("person", "Ann Gone")
    assert known.names_person(text) is is_named
