"""Worlds in the billing vendor's own words, served to the production connector, landed, and built into published figures.

A world is what the vendor's lists hold on each night: objects by kind. Many worlds are served as one account of the
vendor, each with ids of its own, so that one landing and one run of the models answer all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx2
import pyarrow.parquet as pq

from ingestion import registry
from ingestion.contract import Connection
from ingestion.extraction import extract
from tests.dbt_project.nights import Project

Object = dict[str, Any]
Lists = Mapping[str, list[Object]]
KINDS = ("customers", "products", "prices", "coupons", "subscriptions", "invoices", "credit_notes", "refunds", "events")


@dataclass(frozen=True)
class World:
    """One customer's life at the vendor, and the figures that are right.

    nights     day -> what the lists hold on it; the last one is the run's date
    closing    month (YYYY-MM) -> MRR in minor units at its end
    movements  month -> (movement, reason), of the months that are named
    churn      churned_on, reason, is_voluntary ... of the one churn there is; None: not looked at, {}: there is none
    rates      currency -> its rate in the reporting currency
    """

    name: str
    account: str
    nights: Mapping[str, Lists]
    closing: Mapping[str, int | None]
    movements: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    churn: Mapping[str, object] | None = None
    rates: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_account(self) -> str:
        """The account's id among all worlds."""
        return f"{self.name}.{self.account}"

    def lists(self, day: str) -> Lists:
        """What is served on a day, every id made this world's own."""
        ids = {value for lists in self.nights.values() for value in _ids(lists)}
        return {kind: [_renamed(item, ids, self.name) for item in items] for kind, items in self.nights[day].items()}


def _ids(told: object) -> Iterable[str]:
    if isinstance(told, Mapping):
        if isinstance(told.get("id"), str):
            yield told["id"]
        for value in told.values():
            yield from _ids(value)
    elif isinstance(told, list):
        for value in told:
            yield from _ids(value)


def _renamed(told: Any, ids: set[str], name: str) -> Any:
    if isinstance(told, Mapping):
        return {
            key: f"{name}.{value}" if key == "account_id" else _renamed(value, ids, name) for key, value in told.items()
        }
    if isinstance(told, list):
        return [_renamed(value, ids, name) for value in told]
    return f"{name}.{told}" if isinstance(told, str) and told in ids else told


@dataclass
class StoppedClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Vendor:
    """Answers the connector's requests: lists newest first with a cursor, filters by creation, status and type, objects by id."""

    def __init__(self, lists: Lists) -> None:
        self.lists = {
            f"/v1/{kind}": sorted(lists.get(kind, []), key=lambda item: (item.get("created", 0), item["id"]), reverse=True)
            for kind in KINDS
        }  # fmt: skip

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path, params = request.url.path, request.url.params
        if path not in self.lists:
            parent, _, name = path.rpartition("/")
            [found] = [item for item in self.lists[parent] if item["id"] == name]
            return httpx2.Response(200, json=found)
        items = self.lists[path]
        if "created[gte]" in params:
            items = [item for item in items if item["created"] >= int(params["created[gte]"])]
        if params.get("status") not in {None, "all"}:
            items = [item for item in items if item["status"] == params["status"]]
        if "type" in params:
            items = [item for item in items if item["type"].startswith(params["type"].rstrip("*"))]
        if "starting_after" in params:
            names = [item["id"] for item in items]
            items = items[names.index(params["starting_after"]) + 1 :]
        size = int(params.get("limit", 10))
        return httpx2.Response(200, json={"object": "list", "data": items[:size], "has_more": len(items) > size})


def landed(worlds: Iterable[World], root: Path) -> dict[tuple[str, str], list[dict[str, object]]]:
    """Raw rows after the connector has read every night of the worlds; all of them have the same nights."""
    source = registry.source("stripe")
    served = list(worlds)
    for day in served[0].nights:
        lists: dict[str, list[Object]] = {}
        for world in served:
            for kind, items in world.lists(day).items():
                lists.setdefault(kind, []).extend(items)
        connection = Connection(
            credentials={"STRIPE_API_KEY": "s3cret"}, transport=httpx2.MockTransport(Vendor(lists)),
            base_url="https://stripe.test", start_date=date(2020, 1, 1), force=True,
        )  # fmt: skip
        clock = StoppedClock(datetime.combine(date.fromisoformat(day), time(22), UTC))
        for report in extract(source, connection, root, clock, f"run-{day}"):
            assert report.quarantined == 0, report
    return {
        ("stripe", table.name): [
            row
            for part in sorted((root / "stripe" / table.name / "v1").glob("*/data.parquet"))
            for row in pq.read_table(part, partitioning=None).to_pylist()
        ]
        for table in source.tables
    }


def built(project: Project, worlds: list[World], root: Path, **more: Any) -> duckdb.DuckDBPyConnection:
    """The night of the worlds' last day. more: as `Project.build` takes it."""
    rows = landed(worlds, root)
    rates = {currency: rate for world in worlds for currency, rate in world.rates.items()}
    last = date.fromisoformat(max(worlds[0].nights))
    rows["drop_folder", "fx_rates"] = [
        {"rate_date": date(year, month, 1), "currency": currency, "rate_to_reporting": Decimal(rate)}
        for currency, rate in rates.items() for year in range(2024, last.year + 1) for month in range(1, 13)
        if date(year, month, 1) <= last
    ]  # fmt: skip
    return project.build(rows, as_of=last, **more)


def figures(build: duckdb.DuckDBPyConnection, world: World) -> dict[str, object]:
    """What was published of a world, in the shape of what is right."""
    found: dict[str, object] = {}
    closing = dict(build.execute(
        "select strftime(months.calendar_month, '%Y-%m'), case when odd.account_id is null then months.closing_mrr_minor end "
        "from build.intermediate.int_revenue__account_months as months "
        "left join build.intermediate.int_revenue__accounts_quarantined as odd "
        "on months.account_id = odd.account_id and months.month_number = odd.month_number where months.account_id = ?", [world.own_account],
    ).fetchall())  # fmt: skip
    found["closing"] = {month: closing.get(month, 0) for month in world.closing}
    movements = {
        month: (movement, reason)
        for month, movement, reason in build.execute(
            "select strftime(calendar_month, '%Y-%m'), movement, reason from build.cx.mrr_movements where account_id = ?",
            [world.own_account],
        ).fetchall()
    }
    found["movements"] = {month: movements.get(month) for month in world.movements}
    if world.churn is not None:
        names = list(world.churn) or ["churned_on"]
        churns = build.execute(
            f"select {', '.join(names)} from build.intermediate.int_revenue__churns_dated where account_id = ?",
            [world.own_account],
        ).fetchall()
        assert len(churns) <= 1, churns
        told = [dict(zip(names, row, strict=True)) for row in churns]
        found["churn"] = {
            key: str(value) if isinstance(value, date) else value for row in told for key, value in row.items()
        }
    return found


def right(world: World) -> dict[str, object]:
    """The figures that are right, as `figures` gives them."""
    said: dict[str, object] = {
        "closing": dict(world.closing),
        "movements": {m: tuple(v) for m, v in world.movements.items()},
    }
    return said | ({"churn": dict(world.churn)} if world.churn is not None else {})
