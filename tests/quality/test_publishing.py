from __future__ import annotations

import contextlib

import duckdb


def read(path, query):
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        return connection.execute(query).fetchall()


def test_a_passed_build_is_published_whole(house):
    verdict = house.judged()
    assert [b.sentence + b.detail for b in verdict.breaches] == []
    publication = house.published(verdict)
    assert publication.is_new
    current = house.root / "current"
    assert read(current / "warehouse.duckdb", "select count(*) from cx.accounts") == [(40,)]
