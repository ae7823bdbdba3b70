with versions as (
    {{ listed_spans('zendesk', 'schedule_holidays', 'holiday_id', ['schedule_id', 'start_on', 'end_on'], is_presence=true) }}
),

schedule_holidays as (
    select
        'zendesk' as source_name,
        holiday_id,
        schedule_id,
        start_on as starts_on,
        -- the vendor's last day is included; here periods are half-open
        {{ add_days('end_on', 1) }} as ends_on,
        valid_from,
        valid_to
    from versions
)

select * from schedule_holidays
