-- One row per ticket that an SLA applied to. Each run of a clock is judged by the target in force when its verdict fell.
with metric_events as (
    select * from {{ ref('int_support__metric_events_unioned') }}
),

clocks as (
    select
        source_name,
        ticket_id,
        metric,
        instance_id,
        min(case when event_kind = 'apply_sla' then occurred_at end) as applied_at,
        min(case when event_kind = 'fulfill' then occurred_at end) as fulfilled_at,
        min(case when event_kind = 'breach' then occurred_at end) as breached_at
    from metric_events
    group by source_name, ticket_id, metric, instance_id
),

ended as (
    select
        *,
        breached_at <= coalesce(fulfilled_at, breached_at) as is_breached,
        case when breached_at <= coalesce(fulfilled_at, breached_at) then breached_at else fulfilled_at end as judged_at
    from clocks
),

-- a priority changed after the verdict changes neither it nor the target it was reached under
targets as (
    select
        ended.source_name,
        ended.ticket_id,
        ended.metric,
        ended.instance_id,
        max_by(
            metric_events.sla_target_minutes, cast(metric_events.occurred_at as {{ dbt.type_string() }}) || metric_events.metric_event_id
        ) as sla_target_minutes,
        max_by(
            metric_events.sla_policy_id, cast(metric_events.occurred_at as {{ dbt.type_string() }}) || metric_events.metric_event_id
        ) as sla_policy_id
    from ended
    inner join metric_events
        on ended.source_name = metric_events.source_name
        and ended.ticket_id = metric_events.ticket_id
        and ended.metric = metric_events.metric
        and ended.instance_id = metric_events.instance_id
    where
        metric_events.event_kind = 'apply_sla'
        and (ended.judged_at is null or metric_events.occurred_at <= greatest(ended.judged_at, ended.applied_at))
    group by ended.source_name, ended.ticket_id, ended.metric, ended.instance_id
),

verdicts as (
    select
        ended.source_name,
        ended.ticket_id,
        ended.metric,
        ended.instance_id,
        targets.sla_target_minutes,
        targets.sla_policy_id,
        case when ended.is_breached then false when ended.fulfilled_at is not null then true end as is_met,
        ended.judged_at,
        min(ended.instance_id) over (partition by ended.source_name, ended.ticket_id, ended.metric) as first_instance
    from ended
    inner join targets
        on ended.source_name = targets.source_name
        and ended.ticket_id = targets.ticket_id
        and ended.metric = targets.metric
        and ended.instance_id = targets.instance_id
),

-- a clock that still runs within its target has no verdict yet, and neither has its ticket unless another one failed; nor has a
-- ticket whose earlier runs of a clock lie before what was read
sla_judged as (
    select
        source_name,
        ticket_id,
        count(*) as sla_clocks,
        count(case when is_met then 1 end) as sla_met_clocks,
        count(case when not is_met then 1 end) as sla_breached_clocks,
        max(case when metric = 'reply_time' and instance_id <= 1 then sla_target_minutes end) as first_reply_target_minutes,
        case
            when count(case when not is_met then 1 end) > 0 then false
            when count(is_met) = count(*) and max(first_instance) <= 1 then true
        end as is_sla_met,
        case
            when count(case when not is_met then 1 end) > 0 then min(case when not is_met then judged_at end)
            when count(is_met) = count(*) and max(first_instance) <= 1 then max(judged_at)
        end as sla_judged_at
    from verdicts
    group by source_name, ticket_id
)

select * from sla_judged
