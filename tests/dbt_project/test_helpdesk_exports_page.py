"""The example of the page about exports, dropped as it stands."""

import re
from datetime import datetime
from pathlib import Path

from tests.dbt_project.nights import LAST_DAY, SUPPORT
from tests.dbt_project.test_file_cases import landed
from tests.ingestion.conftest import Bench

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "helpdesk_exports.md").read_text()
FILE = re.compile(r"^`(?P<name>[\w.]+)`[^\n]*\n\n```\w+\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_page_is_read_as_it_stands(project, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    files = {found["name"]: found["text"] for found in FILE.finditer(PAGE)}
    assert set(files) == {"drop_folder.yaml", "tickets.csv", "ticket_statuses.csv", "ticket_events.csv"}
    files["accounts.csv"] = "account_id,name\nacme,Acme\n"
    files["account_identities.csv"] = "source,source_id,account_id\ndomain,acme.example,acme\n"
    for name, text in files.items():
        (folder / name).write_text(text)
    bench = Bench(tmp_path)
    reports = bench.run("drop_folder", base_url=str(folder), reporting_timezone="Europe/Berlin")
    assert [reports[name].quarantined for name in ("tickets", "ticket_events", "ticket_statuses")] == [0, 0, 0]
    build = project.build(landed(bench), LAST_DAY, SUPPORT)
    columns = "ticket_id, account_id, created_at, is_solved, first_reply_minutes, public_replies, handoffs, is_sla_met, priority, support_kind"
    assert build.execute(f"select {columns} from build.cx.tickets order by ticket_id").fetchall() == [
        ("4711", "acme", datetime(2026, 10, 5, 7), True, 20.0, 1, 0, True, "high", "technical"),  # noqa: DTZ001
        ("4712", "acme", datetime(2026, 10, 6, 8), False, None, None, None, False, "low", "product"),  # noqa: DTZ001
    ]
