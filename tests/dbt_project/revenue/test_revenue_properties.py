"""MRR, movements and retention of generated histories against the plain reference, and what must hold of any history.

One run of the models holds many generated accounts; hypothesis shrinks a failure to the account that causes it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.nights import Project
from tests.dbt_project.revenue import reference, vendor
from tests.dbt_project.revenue.histories import (
    FIRST_DAY,
    LAST_DAY,
    SEGMENTS,
    Account,
    Agreement,
    Subscription,
    accounts,
    moved,
    moved_at,
)

MANY = settings(
    max_examples=3, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
Lives = dict[str, dict[date, tuple[int, int, int, str | None]]]


def named(found: Iterable[Account]) -> dict[str, Account]:
    return {f"acc{number}": account for number, account in enumerate(found)}


def lives(build: duckdb.DuckDBPyConnection) -> Lives:
    """account -> month -> (opening, revalued, closing, movement) as the models say, months with money or movement."""
    query = """
        select account_id, calendar_month, opening_mrr_minor, revalued_mrr_minor, closing_mrr_minor, movement
        from build.intermediate.int_revenue__account_months
        where opening_mrr_minor <> 0 or closing_mrr_minor <> 0 or revalued_mrr_minor <> 0
    """
    found: Lives = {}
    for account_id, month, *values in build.execute(query).fetchall():
        found.setdefault(account_id, {})[month] = tuple(values)
    return found


def expected(found: dict[str, Account]) -> Lives:
    truth = {}
    for account_id, account in found.items():
        life = reference.account_months(account, FIRST_DAY, LAST_DAY)
        told = {
            month: (said.opening, said.revalued, said.closing, said.movement)
            for month, said in life.items() if said.opening or said.closing or said.revalued
        }  # fmt: skip
        if told:
            truth[account_id] = told
    return truth


def retentions(build: duckdb.DuckDBPyConnection) -> dict[tuple[date, str], reference.Retention]:
    query = """
        select calendar_month, segment_value, cohort_accounts, cohort_mrr_minor, retained_mrr_minor, kept_mrr_minor,
            retained_accounts, retained_mrr_strict_minor, retained_accounts_strict
        from build.cx.retention_months where segment_dimension in ('all', 'segment') and cohort_accounts > 0
    """
    return {(month, cut): reference.Retention(*sums) for month, cut, *sums in build.execute(query).fetchall()}


def expected_retentions(generated: list[Account]) -> dict[tuple[date, str], reference.Retention]:
    truth = {}
    for cut in ("all", *SEGMENTS):
        told = [
            reference.account_months(account, FIRST_DAY, LAST_DAY)
            for account in generated
            if cut in ("all", account.segment)
        ]
        for month in reference.months(moved(FIRST_DAY, 12), LAST_DAY):
            if (said := reference.retention(told, month)).accounts:
                truth[month, cut] = said
    return truth


@MANY
@given(st.lists(accounts(), min_size=60, max_size=90))
def test_the_models_tell_what_was_in_force(project: Project, generated: list[Account]) -> None:
    build = project.build(vendor.rows(named(generated), FIRST_DAY))
    assert lives(build) == expected(named(generated))
    assert retentions(build) == expected_retentions(generated)
    # what must hold of any history: the identity, GRR within NRR and 1, a reason for each movement, silence of what is left out
    broken = build.execute("""
        select calendar_month, segment_dimension, segment_value from build.cx.retention_months
        where opening_mrr_minor + new_minor + reactivation_minor + expansion_minor - contraction_minor - churn_minor + fx_minor
                <> closing_mrr_minor
            or grr_12 > 1 or grr_12 > nrr_12 or nrr_12_strict > nrr_12 or grr_1 > 1
            or (segment_dimension in ('all', 'segment') and (grr_1 < -1e-9 or revenue_churn_gross > 1 + 1e-9))
            or revalued_mrr_minor <> closing_mrr_minor - new_minor - reactivation_minor - expansion_minor + contraction_minor + churn_minor
    """).fetchall()
    broken += build.execute("""
        select calendar_month, account_id, scope_value from build.intermediate.int_revenue__entity_months
        where opening_mrr_minor + new_minor + reactivation_minor + expansion_minor - contraction_minor - churn_minor + fx_minor
                <> closing_mrr_minor
            or least(new_minor, reactivation_minor, expansion_minor, contraction_minor, churn_minor) < 0
    """).fetchall()
    unexplained = build.execute(
        "select account_id, calendar_month from build.cx.mrr_movements where reason is null"
    ).fetchall()
    loud = build.execute(
        "select line_id from build.cx.mrr_lines where exclusion_reason is not null and net_mrr_minor <> 0"
    ).fetchall()
    assert (broken, unexplained, loud) == ([], [], [])


@MANY
@given(st.lists(accounts(), min_size=20, max_size=40), st.integers(0, 2**32))
def test_the_order_of_the_input_is_irrelevant(project: Project, generated: list[Account], seed: int) -> None:
    rows = vendor.rows(named(generated), FIRST_DAY)
    shuffled = {table: random.Random(seed).sample(records, len(records)) for table, records in rows.items()}
    assert lives(project.build(rows)) == lives(project.build(shuffled))


def split(service: Agreement | Subscription) -> tuple[Agreement | Subscription, ...]:
    """An agreement cut in two in the middle of its life, or a quantity in two; subscriptions stay."""
    if isinstance(service, Subscription):
        return (service,)
    last = service.ends_on or LAST_DAY
    middle = service.starts_on + (last - service.starts_on) // 2
    if service.quantity % 2 == 0:
        half = replace(service, quantity=service.quantity // 2)
        return (half, half)
    if service.starts_on < middle < last:
        return (replace(service, ends_on=middle), replace(service, starts_on=middle))
    return (service,)


def in_dollars(service: Agreement | Subscription) -> Agreement | Subscription:
    return replace(service, currency="USD", interval="month", count=1) if isinstance(service, Agreement) else service


@MANY
@given(st.lists(accounts(), min_size=20, max_size=40))
def test_splitting_a_line_in_two_changes_nothing(project: Project, generated: list[Account]) -> None:
    whole = [replace(account, services=tuple(map(in_dollars, account.services))) for account in generated]
    parted = [
        replace(account, services=tuple(part for service in account.services for part in split(service)))
        for account in whole
    ]
    once, twice = (lives(project.build(vendor.rows(named(said), FIRST_DAY))) for said in (whole, parted))
    assert once == twice


@MANY
@given(st.lists(accounts(), min_size=20, max_size=40), st.integers(2, 9))
def test_scaling_all_amounts_scales_all_figures(project: Project, generated: list[Account], factor: int) -> None:
    plain = [replace(account, services=tuple(map(in_dollars, account.services))) for account in generated]
    scaled = [
        replace(account, services=tuple(replace(service, unit=service.unit * factor) for service in account.services))
        for account in plain
    ]
    once, times = (lives(project.build(vendor.rows(named(said), FIRST_DAY))) for said in (plain, scaled))
    assert times == {
        account_id: {month: (*(amount * factor for amount in said[:3]), said[3]) for month, said in life.items()}
        for account_id, life in once.items()
    }


def shifted(service: Agreement | Subscription, months: int) -> Agreement | Subscription:
    if isinstance(service, Agreement):
        return replace(
            service,
            starts_on=moved(service.starts_on, months),
            ends_on=service.ends_on and moved(service.ends_on, months),
        )
    return replace(
        service, started_at=moved_at(service.started_at, months), trial_days=0,
        ended_at=service.ended_at and moved_at(service.ended_at, months),
        steps=tuple((moved_at(at, months), quantity) for at, quantity in service.steps),
    )  # fmt: skip


@MANY
@given(st.lists(accounts(max_day=28), min_size=20, max_size=40), st.sampled_from((-12, -5, 12, 24)))
def test_shifting_all_dates_shifts_all_months(project: Project, generated: list[Account], months: int) -> None:
    # days that every month has, and no grace or trial, which are counted in days
    plain = [
        replace(account, services=tuple(
            in_dollars(service) if isinstance(service, Agreement)
            else shifted(replace(service, steps=(), ending="none" if service.ending == "unpaid" else service.ending), 0)
            for service in account.services
        )) for account in generated
    ]  # fmt: skip
    later = [
        replace(account, services=tuple(shifted(service, months) for service in account.services)) for account in plain
    ]
    once = lives(project.build(vendor.rows(named(plain), FIRST_DAY)))
    moved_lives = lives(
        project.build(
            vendor.rows(named(later), moved(FIRST_DAY, months), moved(LAST_DAY, months)), moved(LAST_DAY, months)
        )
    )
    assert moved_lives == {
        account_id: {moved(month, months): said for month, said in life.items()} for account_id, life in once.items()
    }
