"""What a night costs at scale: `python -m benchmarks [--tickets 10000000]`.

Lands the demo company as a night does, multiplies it by SQL, builds the real models on it, judges the build and publishes it,
each in a process of its own. Prints CPU as ratios, which travel between machines; exits 1 when the gate is over its limits.
Ten million tickets want about 60 GB of disk; a hundredth of it shows the same picture.
"""

import json
import math
import shutil
import sys
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Cost, StepFailedError, kept, measured
from orchestration.settings import bare_environment

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2026-11-22"
GATE_SHARE = 0.5  # of the CPU of the build it judges
GATE_MB = 2048
console = Console(highlight=False)


class Bench:
    """The folders of one run and what its steps cost."""

    def __init__(self, folder: Path) -> None:
        self.small, self.large = folder / "small", folder / "large"
        self.build = folder / "large" / "build.duckdb"
        self.logs = folder
        self.costs: dict[str, Cost] = {}

    def run(self, name: str, *command: str, home: Path) -> None:
        environment = {
            **bare_environment(),
            "PYTHONPATH": str(ROOT),
            "CX_HOME": str(home),
            "CX_AS_OF": AS_OF,
            "CX_BUILD_PATH": str(self.build),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        with console.status(name):
            self.costs[name] = cost = measured(command, environment=environment, log=self.logs / f"{name}.log")
        console.print(f"{name:10} {cost.cpu:9.1f} CPU s {cost.wall:9.1f} s {cost.peak_mb:9.0f} MB")

    def step(self, name: str, *arguments: str, home: Path) -> None:
        self.run(name, sys.executable, "-m", "benchmarks.steps", name, *arguments, home=home)

    def dbt(self, name: str, *arguments: str) -> None:
        dbt = str(Path(sys.executable).with_name("dbt"))
        project = str(ROOT / "dbt_project")
        salt = str(self.small / "person_salt")
        told = json.dumps({"as_of": AS_OF, "run_id": "benchmark", "person_salt_file": salt})
        self.run(
            name, dbt, *arguments, "--project-dir", project, "--profiles-dir", project, "--vars", told,
            "--target-path", str(self.logs / "dbt"), "--log-path", str(self.logs / "dbt"), home=self.large,
        )  # fmt: skip


def tickets_in(home: Path) -> int:
    """Tickets that are landed in `home`."""
    parts = f"{home}/raw/zendesk/tickets/v1/*/data.parquet"
    return int(duckdb.connect().execute(f"select count(*) from read_parquet('{parts}')").fetchall()[0][0])


def slowest_models(results: Path, limit: int = 8) -> list[tuple[str, float]]:
    """The models that took longest in the last build, with their wall seconds."""
    nodes = json.loads(results.read_bytes())["results"]
    timed = sorted(((one["unique_id"].split(".")[2], one["execution_time"]) for one in nodes), key=lambda t: -t[1])
    return timed[:limit]


def report(costs: dict[str, Cost]) -> bool:
    """Print the ratios; true where the gate keeps its limits."""
    build = costs["build"].cpu
    table = Table("step", "CPU s", "of the build", "limit", "peak MB", "limit")
    for name, cost in costs.items():
        limits = (f"{GATE_SHARE:g}", str(GATE_MB)) if name == "gate" else ("", "")
        table.add_row(name, f"{cost.cpu:.1f}", f"{cost.cpu / build:.2f}", limits[0], f"{cost.peak_mb:.0f}", limits[1])
    console.print(table)
    return costs["gate"].cpu <= GATE_SHARE * build and costs["gate"].peak_mb < GATE_MB


def main(
    tickets: Annotated[int, typer.Option(help="About so many: whole copies of the demo company.")] = 10_000_000,
    folder: Annotated[Path, typer.Option(help="Emptied first, apart from the landed company.")] = ROOT
    / "data/benchmarks",
) -> None:
    bench = Bench(folder.absolute())
    bench.small.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(bench.large, ignore_errors=True)
    bench.large.mkdir()
    try:
        if not (bench.small / "warehouse" / "current").exists():
            bench.run("night", sys.executable, "-m", "orchestration", "nightly", home=bench.small)
        times = math.ceil(tickets / tickets_in(bench.small))
        bench.step("multiply", str(bench.small), str(bench.large), str(times), home=bench.large)
        console.print(f"{tickets_in(bench.large):,} tickets: the demo company {times} times")
        bench.step("scan", str(bench.large), home=bench.large)
        bench.dbt("build", "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        for name, seconds in slowest_models(bench.logs / "dbt" / "run_results.json"):
            console.print(f"  {seconds:7.1f} s  {name}")
        bench.dbt("test", "test", "--exclude-resource-type", "unit_test")
        bench.step("gate", str(bench.large), str(bench.build), AS_OF, home=bench.large)
        bench.step("publish", str(bench.large), str(bench.build), home=bench.large)
    except StepFailedError as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(2) from None
    finally:
        kept(bench.logs / "costs.json", bench.costs)
    if not report(bench.costs):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
