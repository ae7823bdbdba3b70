"""Dropped files as people make them: thousands of malformed rows per contract, and broken bytes in every format."""

import csv
import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.contract import FileRejected
from ingestion.drop_folder.contracts import CONTRACTS
from ingestion.drop_folder.mappings import FileMapping
from ingestion.drop_folder.readers import DroppedFile, read
from tests.faults.garbling import JUNK, flipped
from tests.ingestion.conftest import Bench, quick_disk  # noqa: F401 - fixture
from tests.ingestion.test_drop_folder import FORMATS, Folder, valid

ROWS, EXAMPLES, FILES = 250, 12, 500


def as_text(value):
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("table", CONTRACTS, ids=lambda table: table.name)
def test_rows_of_every_contract(tmp_path_factory, record_property, table):
    fed = {"malformed": 0}

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(junk=JUNK, seed=st.integers(0, 2**32))
    def feed(junk, seed):
        chance = random.Random(seed)
        base = tmp_path_factory.mktemp("any")
        bench = Bench(base)
        folder = Folder(bench, base)
        good = valid(table)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(good)
        for _ in range(ROWS):
            row = list(good.values())
            for _ in range(chance.randrange(1, 4)):
                row[chance.randrange(len(row))] = as_text(chance.choice(junk))
            if chance.random() < 0.1:
                row = row[: chance.randrange(1, len(row) + 1)]
            if chance.random() < 0.1:
                row.append("more")
            writer.writerow(row)
            if chance.random() < 0.05:
                text.write('"broken"quotes,x\r\n')
        folder.put(
            f"{table.name}.csv",
            text.getvalue().encode("utf-8", "surrogatepass" if chance.random() < 0.2 else "replace"),
        )
        refused, reports = raised(folder.land)
        if refused is not None:
            assert refused.startswith(f"{table.name}.csv: ")
            return
        report = reports[table.name]
        fed["malformed"] += report.received
        assert report.received == report.kept + report.duplicate + report.quarantined
        assert report.received > 0
        assert len(folder.rows(table.name)) == report.kept == report.rows
        back = folder.broken(table.name)
        assert len({line for _, line, *_ in back}) == report.quarantined
        assert all(reason for *_, reason in back)
        for path in bench.root.glob(f"drop_folder/{table.name}/v1/file=*/data.manifest.json"):
            manifest = json.loads(path.read_bytes())
            assert manifest["received"] == sum(
                manifest[name] for name in ("kept", "duplicate", "quarantined", "foreign")
            )

    feed()
    record_property("malformed", fed["malformed"])
    assert fed["malformed"] >= 2_000


def raised(work):
    """Why the file was rejected, or None and what came of the work; any other error is a crash."""
    try:
        return None, work()
    except FileRejected as error:
        return str(error), None


def whole(file, table):
    header, rows = read(file, [column.name for column in table.columns], FileMapping())
    return header, list(rows)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("table", CONTRACTS, ids=lambda table: table.name)
def test_bytes_of_every_format(record_property, table, form, seed):
    """A file is read as rows, or refused by its name."""
    suffix, write = FORMATS[form]
    content, chance = write([valid(table)] * 3), random.Random(seed)
    refused = 0
    record_property("broken", FILES)
    for number in range(FILES):
        broken = flipped(content, chance, 1, 8)
        if number % 3 == 0:
            broken = broken[: chance.randrange(len(broken))]
        file = DroppedFile(Path(f"{table.name}{suffix}"), 1, broken)
        reason, found = raised(lambda: whole(file, table))  # noqa: B023 - called at once
        if reason is None:
            header, rows = found
            assert all(row.fault or len(row.cells) == len(header) for row in rows)
        else:
            assert reason.startswith(f"{table.name}{suffix}: ")
            refused += 1
    assert refused > 0
