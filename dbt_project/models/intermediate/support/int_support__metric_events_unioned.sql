with metric_events as (
    {{ union_of_vendors('helpdesk_sources', 'ticket_metric_events', [
        'source_name', 'metric_event_id', 'ticket_id', 'metric', 'instance_id', 'event_kind', 'occurred_at',
        'sla_policy_id', 'sla_target_minutes', 'is_business_hours',
    ]) }}
)

select * from metric_events
