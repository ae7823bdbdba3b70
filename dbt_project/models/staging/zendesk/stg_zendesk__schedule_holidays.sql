with versions as (
    {{ latest_raw('zendesk', 'schedule_holidays', ['holiday_id'], kind='snapshot') }}
),

schedule_holidays as (
    select
        'zendesk' as source_name,
        holiday_id,
        schedule_id,
        name as holiday_name,
        start_on as starts_on,
        -- the vendor's last day is included; here periods are half-open
        {{ add_days('end_on', 1) }} as ends_on
    from versions
    where not is_deleted
)

select * from schedule_holidays
