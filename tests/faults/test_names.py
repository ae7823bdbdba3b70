"""Names that would like to be something else: SQL, formulas, control characters, ten kilobytes."""

import contextlib
import csv
import io

import duckdb
import pytest

from quality.publication.targets.postgres import Postgres
from tests.faults.reading import look
from tests.ingestion.conftest import bench, quick_disk  # noqa: F401 - fixtures
from tests.ingestion.test_drop_folder import folder  # noqa: F401 - fixture
from tests.quality.test_postgres import rows, url  # noqa: F401 - fixture
from tests.quality.test_publishing import held

NAMES = [
    "O'Brien & \"Sons\"", "'; drop table cx.accounts; --", '"; drop schema cx cascade; --', "\\'; select 1; --", "{{ 1/0 }}", "%s %d $1 :x",
    "Ünï©ødé 株式会社 🚀", "e\u0301 \u202e right to left", "x" * 10_000, "=1+1", "line\nbreak\ttab", "null", " ", "C:\\new\\table", "\u2028",
]  # fmt: skip


@pytest.fixture
def named(house):
    """A build whose accounts carry the names."""
    night = house.built()
    with contextlib.closing(duckdb.connect(str(night.build))) as connection:
        for number, name in enumerate(NAMES, start=1):
            connection.execute("update cx.accounts set account_name = ? where account_id = ?", [name, f"a{number}"])
            connection.execute("update cx.accounts set csm_owner = ? where account_id = ?", [name, f"a{number}"])
    return night


SEEN = "select account_name, csm_owner from cx.accounts where account_id in ({}) order by cast(substr(account_id, 2) as int)"
ASKED = SEEN.format(", ".join(f"'a{number}'" for number in range(1, len(NAMES) + 1)))


def test_hostile_names_are_only_names(named):
    verdict = named.judged()
    assert verdict.is_publishable
    named.published(verdict)
    assert look(named.root / "current").tables["accounts"].rows == 40
    with contextlib.closing(duckdb.connect(str(named.root / "current" / "warehouse.duckdb"), read_only=True)) as reader:
        assert reader.execute(ASKED).fetchall() == [(name, name) for name in NAMES]
        parquet = ASKED.replace("cx.accounts", f"'{named.root}/current/parquet/accounts.parquet'")
        assert reader.execute(parquet).fetchall() == [(name, name) for name in NAMES]


def test_hostile_names_on_a_server(named, tmp_path, url):  # noqa: F811 - the fixture
    named.published(held(), Postgres(url, spill=tmp_path / "spill"))
    assert rows(url, ASKED) == [(name, name) for name in NAMES]
    assert rows(url, "select count(*) from cx.accounts") == [(40,)]


def test_hostile_names_in_dropped_files(folder):  # noqa: F811 - the fixture
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["account_id", "name"])
    kept = [name for name in NAMES if name.strip()]
    for name in kept:
        writer.writerow([f"id {name}", name])
    folder.put("accounts.csv", text.getvalue())
    report = folder.land()["accounts"]
    assert (report.received, report.kept, report.quarantined) == (len(kept), len(kept), 0)
    assert [
        (row["account_id"], row["name"]) for row in sorted(folder.rows("accounts"), key=lambda row: row["line_number"])
    ] == [(f"id {name}".strip(), name.strip()) for name in kept]
