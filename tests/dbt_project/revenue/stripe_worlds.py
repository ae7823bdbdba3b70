"""Worlds beyond the cases in files, put together from the vendor's objects: one customer each."""

from __future__ import annotations

from tests.dbt_project.revenue.served_stripe import World

WORLDS: list[World] = []
