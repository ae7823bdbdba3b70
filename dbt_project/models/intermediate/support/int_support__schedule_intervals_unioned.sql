with schedule_intervals as (
    {{ union_of_vendors('helpdesk_sources', 'schedule_intervals', [
        'source_name', 'schedule_id', 'starts_minute', 'ends_minute',
    ]) }}
)

select * from schedule_intervals
