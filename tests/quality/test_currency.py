"""The currency of what is published: words, manifest, page, comments."""

import contextlib

import duckdb
import pytest

from quality.publication.publishing import PublishedTable
from quality.publication.release import Currency
from tests.quality.conftest import PUBLISHED


@pytest.mark.parametrize(
    ("currency", "words"),
    [
        (Currency("EUR", 2), "minor units of EUR: 100 are one EUR"),
        (Currency("JPY", 0), "minor units of JPY: 1 are one JPY"),
        (Currency("KWD", 3), "minor units of KWD: 1,000 are one KWD"),
    ],
)
def test_a_published_table_with_money_says_its_currency(house, currency, words):
    tables = (PublishedTable("accounts", "One row per account.", {"mrr_minor": "MRR."}), PUBLISHED[1])
    done = house.published(currency=currency, tables=tables)
    assert (done.manifest.reporting_currency, done.manifest.minor_unit_exponent) == (currency.code, currency.exponent)
    with contextlib.closing(duckdb.connect(str(house.root / "current/warehouse.duckdb"), read_only=True)) as connection:
        told = dict(connection.execute("select table_name, comment from duckdb_tables()").fetchall())
        found = connection.execute("select reporting_currency, minor_unit_exponent from cx.publications").fetchall()
    assert words in told["accounts"]
    assert "minor units" not in told["account_months"]
    assert found == [(currency.code, currency.exponent)]
    assert words in (house.root / "current/quality.html").read_text()
