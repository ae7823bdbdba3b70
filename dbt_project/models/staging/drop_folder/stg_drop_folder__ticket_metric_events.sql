{#- The SLA of a ticket in the terms of clocks: each due time is a target from creation on, and a breach where it passed before
    the reply or the solving; else the helpdesk's own verdict is one clock that ended when it fell. -#}
with ticket_records as (
    select * from {{ ref('stg_drop_folder__ticket_records') }}
),

replies as (
    select ticket_id, min(occurred_at) as first_reply_at
    from {{ ref('stg_drop_folder__ticket_events') }}
    where is_public and not is_by_customer
    group by ticket_id
),

solvings as (
    select ticket_id, max(occurred_at) as done_at
    from {{ ref('stg_drop_folder__ticket_events') }}
    where
        field_name = 'status'
        and field_value in ('solved', 'closed')
        and coalesce(previous_value not in ('solved', 'closed'), true)
    group by ticket_id
),

ended as (
    select
        ticket_records.*,
        coalesce(replies.first_reply_at, ticket_records.first_reply_at) as replied_at,
        case when ticket_records.status in ('solved', 'closed') then coalesce(ticket_records.done_at, solvings.done_at) end as ended_at,
        -- files that tell no reply at all tell nothing of one that is missing
        count(coalesce(replies.first_reply_at, ticket_records.first_reply_at)) over () > 0 as are_replies_told
    from ticket_records
    left join replies on ticket_records.ticket_id = replies.ticket_id
    left join solvings on ticket_records.ticket_id = solvings.ticket_id
),

due as (
    select ticket_id, created_at, 'reply_time' as metric, greatest(sla_first_reply_due_at, created_at) as due_at, replied_at as fulfilled_at, ended_at
    from ended
    where
        sla_first_reply_due_at is not null
        and are_replies_told
        -- solved in time without a reply: nobody waited for one
        and (replied_at is not null or ended_at is null or ended_at > sla_first_reply_due_at)
    union all
    select ticket_id, created_at, 'resolution_time', greatest(sla_resolution_due_at, created_at), ended_at, ended_at
    from ended
    where sla_resolution_due_at is not null
),

stated as (
    select
        ticket_id,
        created_at,
        is_sla_met,
        coalesce(sla_judged_at, ended_at) as judged_at
    from ended
    where is_sla_met is not null and sla_first_reply_due_at is null and sla_resolution_due_at is null
),

clock_events as (
    select ticket_id, metric, 'apply_sla' as event_kind, created_at as occurred_at, cast({{ seconds_between('created_at', 'due_at') }} / 60 as bigint) as sla_target_minutes
    from due
    union all
    select ticket_id, metric, 'fulfill', fulfilled_at, null
    from due
    where fulfilled_at is not null
    union all
    select ticket_id, metric, 'breach', due_at, null
    from due
    where due_at < coalesce(fulfilled_at, {{ as_of_end() }})
    union all
    select ticket_id, 'stated', 'apply_sla', created_at, null
    from stated
    union all
    select ticket_id, 'stated', case when is_sla_met then 'fulfill' else 'breach' end, judged_at, null
    from stated
    where judged_at is not null
),

ticket_metric_events as (
    select
        'drop_folder' as source_name,
        ticket_id || ':' || metric || ':' || event_kind as metric_event_id,
        ticket_id,
        metric,
        cast(1 as bigint) as instance_id,
        event_kind,
        occurred_at,
        cast(null as {{ dbt.type_string() }}) as sla_policy_id,
        sla_target_minutes,
        false as is_business_hours
    from clock_events
)

select * from ticket_metric_events
