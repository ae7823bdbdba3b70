"""The back-test as it is shown: classes first, the naive rule and everybody below, dashes where nothing can be said."""

import duckdb
import pytest

from orchestration.cli.backtest import comparison

ROWS = [
    ("base", "all", 90, "pooled", 100, 4, 0.04, 1.0, 1.0),
    ("class", "Growth", 90, "pooled", 60, 1, 1 / 60, 1 / 2.4, 0.25),
    ("class", "Dangling", 90, "pooled", 4, 2, 0.5, 12.5, 0.5),
    ("class_alarm", "alarm", 90, "pooled", 14, 3, 3 / 14, 5.4, 0.75),
    ("class_alarm", "no_alarm", 90, "pooled", 86, 1, 1 / 86, 0.3, 0.25),
    ("last_nps", "detractor", 90, "pooled", 10, 1, 0.1, 2.5, 0.25),
    ("last_nps_alarm", "alarm", 90, "pooled", 10, 1, 0.1, 2.5, 0.25),
    ("base", "all", 30, "pooled", 90, 0, 0.0, None, None),
    ("base", "all", 30, "latest", 30, 0, 0.0, None, None),
]


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            create schema cx;
            create table cx.class_backtests (
                predictor text, predicted_group text, horizon_days bigint, scope text, observations bigint, churned bigint,
                churn_rate double, churn_lift double, churned_share double, contracted bigint default 7, expanded bigint default 8,
                churn_rate_low double default 0.01, churn_rate_high double default 0.6
            )
        """)
        connection.executemany(
            "insert into cx.class_backtests (predictor, predicted_group, horizon_days, scope, observations, churned, churn_rate, "
            "churn_lift, churned_share) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ROWS,
        )
    return path


def test_groups_in_order_one_row_each(warehouse):
    compared = comparison(warehouse)
    assert list(compared) == [30, 90]
    names = ["Dangling", "Growth", "Dangling or At-Risk", "last NPS a detractor", "everybody"]
    assert [group.name for group in compared[90]] == names
    assert compared[90][0].cells() == ("4", "2", "7", "8", "50.0%", "1.0 to 60.0%", "12.50", "50%")


def test_what_can_t_be_said_is_a_dash_and_scopes_stay_apart(warehouse):
    assert comparison(warehouse)[30][0].cells()[-2:] == ("-", "-")
    latest = comparison(warehouse, scope="latest")
    assert [(days, group.observations) for days, groups in latest.items() for group in groups] == [(30, 30)]
