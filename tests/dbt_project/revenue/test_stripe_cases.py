"""Each case of `tests/cases/stripe`: what the vendor's lists hold, served to the production connector, gives the figures it names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.nights import REVENUE, Project
from tests.dbt_project.revenue import pause_worlds
from tests.dbt_project.revenue.served_stripe import World, built, figures, right
from tests.dbt_project.revenue.stripe_worlds import WORLDS

CASES = Path(__file__).resolve().parents[2] / "cases" / "stripe"
COMMENTS = {"what", "right"}


def read(path: Path) -> World:
    """A case as a world."""
    told = json.loads(path.read_text())
    return World(path.stem, **{key: value for key, value in told.items() if key not in COMMENTS})


ALL = [*(read(path) for path in sorted(CASES.glob("*.json"))), *WORLDS, *pause_worlds.WORLDS]


@pytest.fixture(scope="module")
def builds(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, duckdb.DuckDBPyConnection]]:
    """One landing and one run of the models for all worlds that have the same nights."""
    groups: dict[tuple[str, ...], list[World]] = {}
    for world in ALL:
        groups.setdefault(tuple(world.nights), []).append(world)
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: None)
        for worlds in groups.values():
            build = built(
                project,
                worlds,
                tmp_path_factory.mktemp("landing") / "raw",
                targets=(*REVENUE, "int_billing__conflicts_found"),
            )
            found.update({world.name: build for world in worlds})
    yield found
    for build in {id(build): build for build in found.values()}.values():
        build.close()


@pytest.mark.parametrize("world", ALL, ids=lambda world: world.name)
def test_the_figures_are_right(builds: dict[str, duckdb.DuckDBPyConnection], world: World) -> None:
    assert figures(builds[world.name], world) == right(world)


@pytest.mark.parametrize(
    ("name", "told", "winner"),
    [("annual_seats_pending", "20; 10", "listing"), ("a_renewal_contradicts_the_listing", "2; 1", "bill"), ("change_that_was_billed_at_once", None, None)],
)  # fmt: skip
def test_where_listing_and_bill_disagree_both_values_are_told(
    builds: dict[str, duckdb.DuckDBPyConnection], name: str, told: str | None, winner: str | None
) -> None:
    [world] = [one for one in ALL if one.name == name]
    found = builds[name].execute(
        "select source_values, winner from build.intermediate.int_billing__conflicts_found where account_id = ?", [world.own_account]
    ).fetchall()  # fmt: skip
    assert found == ([(told, winner)] if told else [])
