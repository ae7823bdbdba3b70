-- What agents and groups did, per month: one row per worker, month and kind of fact, wide with NULL where another kind fills.
with tickets as (
    select * from {{ ref('int_support__tickets_measured') }}
    where not is_merged
),

status_changes as (
    select * from {{ ref('int_support__status_changes_derived') }}
    where change_kind <> 'creation'
),

assignments as (
    select * from {{ ref('int_support__assignments_spanned') }}
    where worker_id is not null
),

replies as (
    select * from {{ ref('int_support__worker_replies_timed') }}
),

open_tickets as (
    select source_name, 'agent' as worker_kind, assignee_id as worker_id, calendar_month, age_days
    from {{ ref('int_support__open_tickets_snapshotted') }}
    union all
    select source_name, 'group' as worker_kind, group_id as worker_id, calendar_month, age_days
    from {{ ref('int_support__open_tickets_snapshotted') }}
),

agents as (
    select * from {{ ref('int_support__people_listed') }}
    where has_been_agent
),

agent_answers as (
    select * from {{ ref('int_voice__responses_unioned') }}
    where survey_kind = 'agent'
),

changes as (
    select
        assignments.source_name, assignments.worker_kind, assignments.worker_id,
        {{ month_of(local_date('status_changes.occurred_at')) }} as calendar_month,
        case when status_changes.change_kind = 'solve' then status_changes.ticket_id end as solved_ticket_id,
        case when status_changes.change_kind = 'reopen' then 1 end as reopened
    from status_changes
    inner join tickets
        on status_changes.source_name = tickets.source_name and status_changes.ticket_id = tickets.ticket_id
    inner join assignments
        on status_changes.source_name = assignments.source_name
        and status_changes.ticket_id = assignments.ticket_id
        and status_changes.occurred_at >= assignments.valid_from
        and status_changes.occurred_at < assignments.valid_to
),

ratings as (
    select
        assignments.source_name, assignments.worker_kind, assignments.worker_id,
        {{ month_of(local_date('tickets.csat_responded_at')) }} as calendar_month,
        tickets.csat
    from tickets
    inner join assignments
        on tickets.source_name = assignments.source_name
        and tickets.ticket_id = assignments.ticket_id
        and tickets.csat_responded_at >= assignments.valid_from
        and tickets.csat_responded_at < assignments.valid_to
),

answers as (
    select
        agents.source_name, 'agent' as worker_kind, agents.user_id as worker_id,
        {{ month_of(local_date('agent_answers.responded_at')) }} as calendar_month,
        agent_answers.topic, agent_answers.normalised_score
    from agent_answers
    inner join agents
        on agent_answers.respondent_id = coalesce(agents.respondent_hash, agents.user_id)
),

facts as (
    select
        source_name, worker_kind, worker_id, calendar_month, 'change' as fact_kind,
        count(distinct solved_ticket_id) as handled, count(reopened) as reopened,
        null as replies, null as replies_after_hours, null as handoffs, null as backlog, null as backlog_days,
        null as csat_responses, null as csat_satisfied,
        null as survey_answers, null as tools_answers, null as tools_sum, null as training_answers, null as training_sum
    from changes
    group by source_name, worker_kind, worker_id, calendar_month
    union all
    select
        source_name, worker_kind, worker_id, {{ month_of(local_date('occurred_at')) }}, 'reply',
        null, null, count(*), sum(after_hours), null, null, null, null, null, null, null, null, null, null
    from replies
    group by source_name, worker_kind, worker_id, {{ month_of(local_date('occurred_at')) }}
    union all
    select
        source_name, worker_kind, worker_id, {{ month_of(local_date('valid_to')) }}, 'handoff',
        null, null, null, null, count(*), null, null, null, null, null, null, null, null, null
    from assignments
    where valid_to < {{ as_of_end() }}
    group by source_name, worker_kind, worker_id, {{ month_of(local_date('valid_to')) }}
    union all
    select
        source_name, worker_kind, worker_id, calendar_month, 'backlog',
        null, null, null, null, null, count(*), cast(sum(cast(round(age_days * 86400) as bigint)) as double) / 86400, null, null, null, null, null, null, null
    from open_tickets
    where worker_id is not null
    group by source_name, worker_kind, worker_id, calendar_month
    union all
    select
        source_name, worker_kind, worker_id, calendar_month, 'rating',
        null, null, null, null, null, null, null, count(*), count(case when csat = 1.0 then 1 end), null, null, null, null, null
    from ratings
    group by source_name, worker_kind, worker_id, calendar_month
    union all
    select
        source_name, worker_kind, worker_id, calendar_month, 'answer',
        null, null, null, null, null, null, null, null, null, count(*),
        count(case when topic = 'tools' then 1 end), sum(case when topic = 'tools' then normalised_score end),
        count(case when topic = 'training' then 1 end), sum(case when topic = 'training' then normalised_score end)
    from answers
    group by source_name, worker_kind, worker_id, calendar_month
)

select * from facts
