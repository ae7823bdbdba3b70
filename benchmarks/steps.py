"""The measured steps, each a command of its own: `python -m benchmarks.steps multiply|scan|gate|publish`."""

import pickle
import sys
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import typer

from benchmarks.multiplying import multiply
from ingestion.landing import parts as landing
from quality.gate.context import Context
from quality.gate.judging import judge
from quality.gate.suite_files import load_suites
from quality.publication.publishing import PublishedTable, Release, publish
from quality.publication.targets.opening import open_target

app = typer.Typer(add_completion=False)
RUN = "benchmark"
SOURCES = frozenset({"zendesk", "stripe", "typeform", "drop_folder"})


@app.command("multiply")
def multiply_command(small: Path, large: Path, times: int) -> None:
    multiply(small / "raw", large / "raw", times)


@app.command()
def scan(home: Path) -> None:
    """Read every landed row once: what no engine that looks at the rows can go below."""
    connection = duckdb.connect()
    for folder in sorted((home / "raw").glob("*/*/v1")):
        rows = f"read_parquet('{folder}/*/data.parquet', union_by_name = true, hive_partitioning = false)"
        names = [row[0] for row in connection.execute(f"describe from {rows}").fetchall()]
        counted = ", ".join(f'count("{name}")' for name in names if not name.startswith("_"))
        connection.execute(f"select {counted} from {rows}")


@app.command()
def gate(home: Path, build: Path, as_of: str) -> None:
    """Judge the build and the landed streams, as a night does; ends with 1 when the verdict would not be published."""
    suites = load_suites()
    end = datetime.combine(date.fromisoformat(as_of), time.max)
    verdict = judge(
        build,
        suites,
        Context(
            run_id=RUN,
            as_of=end.date(),
            now=end,
            policy_version="",
            tables=tuple(suite.table for suite in suites.published),
            sources_on=SOURCES,
            raw_root=home / "raw",
            watermarks=landing.watermarks(home / "raw"),
            is_demo=True,
        ),
    )
    for breach in verdict.breaches:
        print(breach.severity, breach.check_id, breach.detail, breach.failed_rows, sep="\t")
    print(verdict.summary())
    build.with_suffix(".verdict").write_bytes(pickle.dumps(verdict))
    sys.exit(not verdict.is_publishable)


@app.command("publish")
def publish_command(home: Path, build: Path) -> None:
    """Publish the judged build to the file warehouse of `home`."""
    verdict = pickle.loads(build.with_suffix(".verdict").read_bytes())  # noqa: S301 - the gate's step wrote it
    release = Release(
        tables=tuple(PublishedTable(name) for name in verdict.tables),
        run_id=RUN,
        as_of=verdict.as_of,
        now=verdict.now,
        policy_version="",
        code_version="",
        is_demo=True,
    )
    page = build.with_name("quality.html")
    publish(build, verdict, open_target("", home=home), release, suites=load_suites(), page=page)


if __name__ == "__main__":
    app()
