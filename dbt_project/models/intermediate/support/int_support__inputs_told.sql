-- What each helpdesk tells at all, before any measure is read from its silence.
with tickets as (
    select
        source_name,
        bool_or(tells_status_changes) as tells_status_changes,
        bool_or(tells_assignments) as tells_assignments,
        bool_or(tells_replies) as tells_replies,
        bool_or(tells_replies or vendor_replied_at is not null) as tells_first_replies,
        bool_or(tells_status_changes or vendor_solved_at is not null) as tells_solvings,
        bool_or(tags is not null or ticket_type is not null) as tells_kinds
    from {{ ref('int_support__tickets_unioned') }}
    group by source_name
),

schedules as (
    select distinct source_name from {{ ref('int_support__schedules_unioned') }}
),

slas as (
    select distinct source_name from {{ ref('int_support__metric_events_unioned') }}
    where event_kind = 'apply_sla'
),

satisfied as (
    select distinct source_name from {{ ref('int_support__ticket_satisfaction_ranked') }}
),

inputs_told as (
    select
        tickets.*,
        schedules.source_name is not null as tells_schedules,
        slas.source_name is not null as tells_slas,
        satisfied.source_name is not null as tells_satisfaction
    from tickets
    left join schedules on tickets.source_name = schedules.source_name
    left join slas on tickets.source_name = slas.source_name
    left join satisfied on tickets.source_name = satisfied.source_name
)

select * from inputs_told
