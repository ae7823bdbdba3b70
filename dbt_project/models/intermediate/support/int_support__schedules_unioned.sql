with schedules as (
    {{ union_of_vendors('helpdesk_sources', 'schedules', [
        'source_name', 'schedule_id', 'schedule_name', 'time_zone', 'created_at', 'listed_until',
    ]) }}
)

select * from schedules
