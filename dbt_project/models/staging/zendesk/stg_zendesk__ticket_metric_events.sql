with versions as (
    {{ latest_raw('zendesk', 'ticket_metric_events', ['metric_event_id'], says_deleted=true, rarely_twice=true) }}
),

ticket_metric_events as (
    select
        'zendesk' as source_name,
        metric_event_id,
        ticket_id,
        metric,
        instance_id,
        case when event_type = 'apply_group_sla' then 'apply_sla' else event_type end as event_kind,
        occurred_at,
        sla_policy_id,
        sla_target_minutes,
        is_business_hours
    from versions
    where not _deleted and occurred_at < {{ as_of_end() }}
)

select * from ticket_metric_events
