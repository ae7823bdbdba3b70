"""Small drop folders with the right answer: through the reader of the drop folder, the landing and the models.

A case is a folder of tests/cases/files: what was dropped, perhaps `stripe.json` (objects to be served), and
expected.yaml: `why`, `as_of`, `queries` (sql and its rows), `broken` (file, line, column and part of the reason of rows
that are held back), `refused` (a pattern of the error that ends the table).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pyarrow.parquet as pq
import pytest
import yaml

from ingestion.contract import FileRejected
from ingestion.drop_folder.texts import seen
from tests.dbt_project.nights import LAST_DAY, Project
from tests.ingestion.conftest import Bench

CASES = Path(__file__).resolve().parents[1] / "cases" / "files"
Row = dict[str, Any]


def served(objects: Mapping[str, list[Row]]) -> Any:
    """A vendor that lists these objects, newest first."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        items = objects.get(request.url.path.removeprefix("/v1/"), [])
        status, since = request.url.params.get("status"), request.url.params.get("created[gte]")
        items = [item for item in items if status in {None, "all"} or item.get("status") == status]
        items = [item for item in items if since is None or item["created"] >= int(since)]
        return httpx2.Response(200, json={"object": "list", "data": items, "has_more": False})

    return answer


def landed(bench: Bench) -> dict[tuple[str, str], list[Row]]:
    """Raw rows by source and table."""
    found: dict[tuple[str, str], list[Row]] = {}
    for path in sorted(bench.root.glob("*/*/v1/*/data.parquet")):
        source, table = path.relative_to(bench.root).parts[:2]
        found.setdefault((source, table), []).extend(pq.read_table(path, partitioning=None).to_pylist())
    return found


def held_back(bench: Bench) -> list[list[Any]]:
    """File, line, column and reason of every row in quarantine, in order."""
    found = []
    for path in sorted((bench.root.parent / "quarantine" / "drop_folder").glob("*/*.parquet")):
        found += [
            [row["file"], row["line"], row["column_name"], row["reason"]] for row in pq.read_table(path).to_pylist()
        ]
    return sorted(found)


def plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_a_case_gives_what_is_right(project: Project, tmp_path: Path, case: str) -> None:
    folder = CASES / case
    expected = yaml.safe_load((folder / "expected.yaml").read_text())
    assert {"queries", "broken", "refused"} & set(expected), "a case that expects nothing"
    bench = Bench(tmp_path)
    bench.root.mkdir()
    as_of = expected.get("as_of", LAST_DAY)
    if "refused" in expected:
        with pytest.raises(FileRejected, match=expected["refused"]):
            bench.run("drop_folder", base_url=str(folder))
    else:
        bench.run("drop_folder", base_url=str(folder))
    if (folder / "stripe.json").exists():
        bench.run("stripe", served(json.loads((folder / "stripe.json").read_text())), start_date=date(2023, 1, 1))
    said = held_back(bench)
    told = expected.get("broken", [])
    assert [row[:3] for row in said] == [row[:3] for row in told], said
    assert all(part[3] in row[3] for row, part in zip(said, told, strict=True)), said
    if "queries" not in expected:
        return
    targets = {name for query in expected["queries"] for name in re.findall(r"build\.\w+\.(\w+)", query["sql"])}
    build = project.build(landed(bench), as_of, targets)
    for query in expected["queries"]:
        found = [[plain(value) for value in row] for row in build.execute(query["sql"]).fetchall()]
        assert found == query["rows"], query["sql"]


def test_files_and_models_agree_on_which_ids_look_the_same(project: Project) -> None:
    """The rule stands twice, in Python for files and in SQL for what vendors hold."""
    letters = [
        chr(code) for code in (*range(0x20, 0x3000), *range(0xFE00, 0xFF00)) if chr(code).isprintable() or code > 0x7E
    ]
    texts = [f"a{letter}b" for letter in letters] + [
        "",
        " a ",
        "e\u0301",
        "\u1100\u1161",
        "A\u030a",
        "a \u00a0\u2003 b",
        "\u200b",
        "\ufeffx",
    ]
    rows = {
        ("stripe", "customers"): [
            {
                "customer_id": f"c{place}",
                "metadata": json.dumps({"account_id": text}),
                "created_at": datetime(2026, 1, 1),  # noqa: DTZ001 - naive UTC
            }
            for place, text in enumerate(texts)
        ]
    }
    build = project.build(rows, LAST_DAY, ["int_accounts__records_named"])
    found = dict(
        build.execute(
            "select source_id, metadata_account_id from build.intermediate.int_accounts__records_named"
        ).fetchall()
    )
    told = {f"c{place}": seen(text) for place, text in enumerate(texts)}
    assert {key: text for key, text in told.items() if (found[key] or "") != text} == {}
