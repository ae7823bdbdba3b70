with schedule_holidays as (
    {{ union_of_vendors('helpdesk_sources', 'schedule_holidays', [
        'source_name', 'schedule_id', 'holiday_id', 'starts_on', 'ends_on', 'valid_from', 'valid_to',
    ]) }}
)

select * from schedule_holidays
