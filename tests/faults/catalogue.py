"""The 27 faults: what is broken, what must hold then, and the tests that show it."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """`tests` are node ids without parameters; all of them must be seen passing."""

    number: int
    fault: str
    criterion: str
    tests: tuple[str, ...]


def _in(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{file}.py::{name}" for name in names)


FAULTS = (
    Fault(
        1, "kill -9 while publishing to the file", "readers see the old or the new version whole; a plain run heals",
        (*_in("quality/test_crashes", "test_killed_at_any_step_and_healed_by_a_plain_run",
              "test_killed_before_any_single_change_on_the_disk", "test_an_error_at_any_step_leaves_the_old_version"),
         *_in("faults/test_kills", "test_publishing")),
    ),
    Fault(
        2, "kill -9 while publishing to PostgreSQL; the server stops at once", "the same; no orphaned partition; the publisher ends in 10 s",
        (*_in("quality/test_postgres", "test_a_publisher_that_dies_is_cleared_away_by_the_next"),
         *_in("faults/test_kills", "test_publishing_to_a_server"),
         *_in("faults/test_servers", "test_the_server_dies_before_during_and_after_the_swap")),
    ),
    Fault(
        3, "kill -9 in extraction, dbt, gate", "published bytes unchanged; the re-run equals a clean run",
        (*_in("ingestion/test_crashes", "test_killed_at_any_step_the_next_run_ends_the_same"),
         *_in("faults/test_kills", "test_extraction", "test_building", "test_judging"),
         *_in("faults/test_nights", "test_nights_that_are_killed_or_out_of_disk_end_as_a_clean_one")),
    ),
    Fault(
        4, "disk full in extraction, dbt, publication", "non-zero exit, clear message, reader unchanged, next run good",
        (*_in("faults/test_disks", "test_a_full_disk_while_extracting", "test_a_full_disk_while_publishing", "test_a_disk_that_is_full"),
         *_in("faults/test_nights", "test_a_full_disk_while_dbt_builds", "test_nights_that_are_killed_or_out_of_disk_end_as_a_clean_one")),
    ),
    Fault(
        5, "truncated or flipped bytes in raw, build, published file", "found before publication, the table is named",
        (*_in("faults/test_damage", "test_a_damaged_part_is_found_by_the_gate_and_named", "test_a_damaged_part_is_found_by_the_next_extraction",
              "test_a_damaged_build_is_never_published"),
         *_in("quality/test_rollback", "test_rollback_to_a_damaged_or_unknown_version_is_refused"),
         *_in("quality/test_judging", "test_landed_streams_are_judged_too")),
    ),
    Fault(
        6, "corrupt JSON, wrong encoding, nested nulls", "bad records in quarantine and counted; too many stop the stream",
        (*_in("faults/test_bad_records", "test_records_are_kept_or_quarantined_and_counted", "test_too_many_bad_records_stop_the_stream",
              "test_an_amount_that_cannot_be_read_stops_the_stream", "test_what_was_held_back_survives_a_crash"),
         *_in("faults/test_bad_answers", "test_flipped_bytes_in_answers"),
         *_in("faults/test_bad_files", "test_rows_of_every_contract", "test_bytes_of_every_format"),
         *_in("ingestion/test_drop_folder", "test_whatever_stands_in_a_file_is_counted_or_refused_clearly")),
    ),
    Fault(
        7, "429 with Retry-After, 5xx, timeouts, cut bodies, 504 on big pages, a hung vendor", "attempts bounded; no gap, nothing twice",
        (*_in("faults/test_bad_answers", "test_a_faulty_vendor_is_read_as_a_good_one", "test_a_hung_vendor_is_given_up"),
         *_in("ingestion/test_http", "test_retry_after_is_kept_to_the_second", "test_retry_after_as_a_date_is_kept",
              "test_waits_grow_and_the_budget_of_one_request_ends", "test_a_page_that_is_too_big_is_halved_and_grows_back",
              "test_over_a_real_socket_the_header_and_the_retry_work", "test_wherever_a_body_is_cut_it_is_asked_for_again",
              "test_what_is_no_json_ends_at_once_with_its_type_and_size"),
         *_in("ingestion/test_authorization", "test_a_load_of_two_hours_with_tokens_of_five_minutes_ends_complete",
              "test_a_token_that_dies_early_is_renewed_once"),
         *_in("ingestion/test_pagination", "test_a_list_that_does_not_say_whether_more_follows_is_broken")),
    ),
    Fault(
        8, "pages twice, overlapping, out of order; a record edited while paging", "unique by key, last write wins",
        (*_in("ingestion/test_union", "test_pages_in_any_order_and_number_land_the_same_versions", "test_a_ledger_holds_each_object_once_and_the_last_seen_wins"),
         *_in("faults/test_bad_answers", "test_a_faulty_vendor_is_read_as_a_good_one")),
    ),
    Fault(
        9, "a cursor that never advances, or leads in a circle", "ends with an error after a few pages",
        _in("faults/test_bad_answers", "test_a_stuck_cursor_ends_with_an_error", "test_a_cursor_that_leads_in_a_circle_ends_with_an_error"),
    ),
    Fault(
        10, "a field is new, gone, retyped or renamed", "new: kept and told; gone or retyped in the contract: stopped",
        (*_in("faults/test_bad_records", "test_a_new_field_is_kept_and_told", "test_a_retyped_or_renamed_field_stops_the_stream"),
         *_in("ingestion/test_drop_folder", "test_an_unknown_column_is_kept_and_reported", "test_a_missing_required_column_rejects_the_file_and_no_other"),
         *_in("quality/test_judging", "test_volume_and_schema_are_held_against_the_last_publication")),
    ),
    Fault(
        11, "empty source, 90 % of the rows gone, stale watermark, events of the future", "critical, not published",
        (*_in("quality/test_judging", "test_what_is_empty_missing_or_broken_is_critical", "test_volume_and_schema_are_held_against_the_last_publication",
              "test_a_stale_or_unknown_watermark_is_critical"),
         *_in("ingestion/test_drop_folder", "test_a_file_that_is_gone_no_longer_counts_but_a_great_loss_is_refused"),
         *_in("faults/test_clocks", "test_what_the_vendor_dates_in_the_future_is_not_taken_yet")),
    ),
    Fault(
        12, "time zones, clock changes, leap day, clock jumps back, a run for a past date", "the same figures; nothing lost or twice",
        (*_in("faults/test_clocks", "test_a_clock_that_jumps_back_loses_nothing", "test_a_past_date_and_back", "test_leap_day_and_month_ends_in_any_process_time_zone"),
         *_in("faults/test_nights", "test_nights_that_are_killed_or_out_of_disk_end_as_a_clean_one"),
         *_in("ingestion/test_drop_folder", "test_a_timestamp_without_offset_is_in_the_reporting_zone")),
    ),
    Fault(
        13, "two nights at once; a night during a rollback", "one publishes at a time; no version mixes runs",
        (*_in("quality/test_crashes", "test_three_publishers_at_once_are_serialised", "test_a_publisher_that_may_not_wait_is_told_who_holds_the_door"),
         *_in("ingestion/test_crashes", "test_one_writer_per_source"),
         *_in("faults/test_doors", "test_publishers_and_rollbacks_at_once"),
         *_in("faults/test_nights", "test_two_nights_at_once")),
    ),
    Fault(
        14, "PostgreSQL gone, wrong password, held locks, an idle reader's transaction", "old version readable, no secret told, the swap waits for nobody",
        (*_in("quality/test_postgres", "test_a_reader_in_a_long_transaction_blocks_nobody_and_sees_one_version", "test_no_error_names_the_password_or_a_row",
              "test_a_second_publisher_is_told"),
         *_in("faults/test_servers", "test_the_server_dies_before_during_and_after_the_swap", "test_the_swap_waits_for_no_reader"),
         *_in("orchestration/test_warehouses", "test_a_failed_server_fails_the_run_keeps_the_file_and_the_next_run_heals")),
    ),
    Fault(
        15, "a target that cannot be written", "refused before the heavy work, reader unchanged",
        (*_in("faults/test_disks", "test_a_target_without_permission_is_refused_before_the_work", "test_a_read_only_disk"),
         *_in("quality/test_publishing", "test_preflight_says_what_is_wrong_before_the_work"),
         *_in("orchestration/test_warehouses", "test_preflight_asks_both_before_the_heavy_work")),
    ),
    Fault(
        16, "a reader holds the old version over five publications", "no read fails",
        _in("faults/test_doors", "test_a_reader_holds_an_old_version_over_five_publications")
        + _in("quality/test_publishing", "test_a_reader_of_the_old_version_reads_on"),
    ),
    Fault(
        17, "late and backfilled data", "the diff names what changed; the restatement is recorded",
        _in("quality/test_publishing", "test_a_diff_names_the_tables_and_rows_that_changed")
        + _in("faults/test_nights", "test_a_late_record_is_a_recorded_restatement"),
    ),
    Fault(
        18, "the gate's engine crashes, an unknown expectation, an empty suite", "closed",
        (*_in("quality/test_judging", "test_an_empty_suite_is_critical", "test_an_argument_the_engine_refuses_is_critical",
              "test_a_published_table_without_a_suite_is_critical"),
         *_in("quality/test_suite_files", "test_every_mistake_names_its_line"),
         *_in("faults/test_damage", "test_an_engine_that_crashes_publishes_nothing")),
    ),
    Fault(
        19, "rollback, then the next night", "a swap in under a second; what was taken back does not return in silence",
        _in("quality/test_rollback", "test_rollback_is_a_swap_that_is_noted_and_not_undone_in_silence")
        + _in("faults/test_doors", "test_a_rollback_is_quick_and_the_next_night_goes_on"),
    ),
    Fault(
        20, "personal data in every field, failures everywhere", "none of it outside the tables that may hold it",
        (*_in("quality/test_judging", "test_no_personal_value_reaches_any_output"),
         *_in("ingestion/test_drop_folder", "test_a_reason_never_quotes_what_stood_there"),
         *_in("quality/test_postgres", "test_no_error_names_the_password_or_a_row")),
    ),
    Fault(
        21, "canary passwords in every connection", "none of them in any output",
        (*_in("ingestion/test_http", "test_no_error_quotes_a_query_or_a_secret", "test_refused_credentials_name_their_settings"),
         *_in("quality/test_postgres", "test_no_error_names_the_password_or_a_row"),
         *_in("orchestration/test_settings", "test_secrets_never_show"),
         *_in("orchestration/test_alerts", "test_what_cannot_be_delivered_is_said_without_the_address")),
    ),
    Fault(
        22, "names with quotes, SQL, unicode, 10 kB, NUL", "rows and values identical, nothing executed",
        _in("faults/test_names", "test_hostile_names_are_only_names", "test_hostile_names_in_dropped_files", "test_hostile_names_on_a_server")
        + _in("quality/test_publishing", "test_names_are_held_to_the_pattern"),
    ),
    Fault(
        23, "text that begins like a formula in a CSV export", "quoted; numbers untouched",
        _in("quality/test_csv_export", "test_text_that_begins_like_a_formula_gets_a_quote", "test_numbers_and_dates_stay_as_they_are",
            "test_no_reading_of_the_file_finds_a_formula"),
    ),
    Fault(24, "an account or a person is to be erased", "gone from every place, a proof is written, no return", (
            *_in("orchestration/test_erasure", "test_a_person_is_nowhere_afterwards_and_stays_out", "test_an_account_is_nowhere_afterwards_and_stays_out", "test_an_interrupted_erasure_is_run_again_to_its_end"),
            *_in("quality/test_erasing", "test_an_account_leaves_every_kept_version_and_readers_see_a_whole_one", "test_the_server_loses_the_same_rows_and_tells_the_same_facts"),
            *_in("ingestion/test_tombstones", "test_an_erased_person_does_not_come_back_with_the_next_file", "test_an_account_goes_with_its_people_and_does_not_come_back"),
        )),
    Fault(
        25, "retention under live readers", "never the live version or the one before; at most keep + 1 versions",
        _in("quality/test_publishing", "test_old_versions_go_but_never_the_live_one_or_the_one_before")
        + _in("faults/test_doors", "test_a_reader_holds_an_old_version_over_five_publications"),
    ),
    Fault(
        26, "hostile suites and analysts' SQL", "refused; read-only; no other file, no network",
        _in("quality/test_judging", "test_the_gate_reads_only_and_asks_no_network")
        + _in("faults/test_damage", "test_a_hostile_suite_is_refused", "test_analysts_sql_changes_nothing"),
    ),
    Fault(
        27, "any order of publish, crash, rollback, retention, read", "every reader sees one whole version whose gate passed",
        _in("faults/test_any_order", "TestWarehouse::runTest"),
    ),
)  # fmt: skip
