-- Tickets that are open at the end of a month (of the month under way: at the end of as_of), and who had them then.
with open_spans as (
    select * from {{ ref('int_support__open_spans_derived') }}
),

tickets as (
    select * from {{ ref('int_support__tickets_clocked') }}
),

months as (
    select *, {{ month_number('calendar_month') }} as number_of_month from {{ ref('int_calendar__months_spined') }}
),

assignments as (
    select * from {{ ref('int_support__assignments_spanned') }}
),

span_months as (
    select
        *,
        {{ explode_integers(
            month_number(local_date('opened_at')),
            month_number(local_date('coalesce(solved_at, ' ~ as_of_end() ~ ')'))
        ) }} as number_of_month
    from open_spans
),

snapshots as (
    select
        span_months.source_name,
        span_months.ticket_id,
        months.calendar_month,
        months.snapshot_at
    from span_months
    inner join months on span_months.number_of_month = months.number_of_month
    where
        span_months.opened_at < months.snapshot_at
        and (span_months.solved_at is null or span_months.solved_at >= months.snapshot_at)
),

open_tickets as (
    select
        snapshots.source_name,
        snapshots.ticket_id,
        snapshots.calendar_month,
        tickets.account_id,
        agents.worker_id as assignee_id,
        agent_groups.worker_id as group_id,
        cast({{ seconds_between('tickets.created_at', 'snapshots.snapshot_at') }} as double) / 86400 as age_days
    from snapshots
    inner join tickets on snapshots.source_name = tickets.source_name and snapshots.ticket_id = tickets.ticket_id
    left join assignments as agents
        on snapshots.source_name = agents.source_name
        and snapshots.ticket_id = agents.ticket_id
        and agents.worker_kind = 'agent'
        and snapshots.snapshot_at > agents.valid_from
        and snapshots.snapshot_at <= agents.valid_to
    left join assignments as agent_groups
        on snapshots.source_name = agent_groups.source_name
        and snapshots.ticket_id = agent_groups.ticket_id
        and agent_groups.worker_kind = 'group'
        and snapshots.snapshot_at > agent_groups.valid_from
        and snapshots.snapshot_at <= agent_groups.valid_to
)

select * from open_tickets
