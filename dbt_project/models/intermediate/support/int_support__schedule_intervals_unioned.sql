with schedule_intervals as (
    {{ union_of_vendors('helpdesk_sources', 'schedule_intervals', [
        'source_name', 'schedule_id', 'time_zone', 'starts_minute', 'ends_minute', 'valid_from', 'valid_to',
    ]) }}
)

select * from schedule_intervals
