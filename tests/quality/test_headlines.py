"""The headline figures stand beside what the gate found in the tables they are read from."""

import contextlib

import duckdb

from quality.publication.headlines import noted_headlines

TABLES = """
create schema cx;
create table cx.retention_months as
    select date '2026-10-01' as calendar_month, 'all' as segment_dimension, false as is_provisional, 2.932 as nrr_12, 1.0 as grr_12;
create table cx.nps_trend as select 1.0 as nps, 0.0 as nps_low, 2.0 as nps_high, 3 as responses, date '2026-10-01' as calendar_month,
    'all' as segment_dimension, 'respondent' as level, 90 as window_days, 'relationship' as survey_kind, false as is_provisional;
create table cx.accounts as select 'Happy' as customer_class, null as merged_into, 100 as mrr_minor;
create table cx.quality_results as
    select * from (values
        ('r1', 'retention_months', 'a', 'warning', 'between', false, '1 of 349 rows of retention_months: nrr_12 is above 2'),
        ('r1', 'tickets', 'b', 'warning', 'between', false, 'tickets are few'),
        ('r1', 'raw__drop_folder__qbrs', 'c', 'warning', 'left_out', false, 'said in its own block'),
        ('r1', 'nps_trend', 'd', 'info', 'between', false, 'an information'),
        ('r1', 'accounts', 'e', 'warning', 'between', true, null),
        ('r0', 'accounts', 'f', 'warning', 'between', false, 'of another run')
    ) t(run_id, "table", check_id, severity, expectation, is_passed, finding)
"""


def test_a_warning_stands_beside_the_headline_it_concerns(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(TABLES)
    (nrr, nrr_notes), (_, nps_notes), (_, account_notes), (_, others) = noted_headlines(path, "r1")
    assert "293.2" in nrr
    assert nrr_notes == ["1 of 349 rows of retention_months: nrr_12 is above 2"]
    assert nps_notes == account_notes == []
    assert others == ["tickets are few"]
