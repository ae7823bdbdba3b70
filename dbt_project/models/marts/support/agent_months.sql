with facts as (
    select * from {{ ref('int_support__worker_facts_summed') }}
),

tickets_held as (
    select * from {{ ref('int_support__worker_tickets_held') }}
),

agent_groups as (
    select * from {{ ref('int_support__groups_unioned') }}
),

inputs as (
    select * from {{ ref('int_support__inputs_told') }}
),

months as (
    select *, {{ month_number('calendar_month') }} as number_of_month from {{ ref('int_calendar__months_spined') }}
),

facts_by_worker as (
    select
        source_name,
        worker_kind,
        worker_id,
        calendar_month,
        cast(sum(replies_after_hours) as bigint) as replies_after_hours,
        {% for fact in ['handled', 'reopened', 'replies', 'handoffs', 'backlog', 'csat_responses', 'csat_satisfied', 'survey_answers', 'tools_answers', 'training_answers'] -%}
        cast(coalesce(sum({{ fact }}), 0) as bigint) as {{ fact }},
        {% endfor -%}
        {{ exact_sum('backlog_days') }} as backlog_days,
        {{ exact_sum('tools_sum') }} as tools_sum,
        {{ exact_sum('training_sum') }} as training_sum
    from facts
    group by source_name, worker_kind, worker_id, calendar_month
),

held_by_worker as (
    select tickets_held.*, months.calendar_month
    from tickets_held
    inner join months on tickets_held.month_number = months.number_of_month
),

joined as (
    select
        source_name,
        worker_kind,
        worker_id,
        calendar_month,
        facts_by_worker.* except (source_name, worker_kind, worker_id, calendar_month),
        held_by_worker.tickets_held
    from facts_by_worker
    full outer join held_by_worker using (source_name, worker_kind, worker_id, calendar_month)
),

published as (
    select
        joined.source_name,
        joined.worker_kind,
        joined.worker_id,
        agent_groups.group_name,
        joined.calendar_month,
        months.is_provisional,
        coalesce(joined.handled, 0) as tickets_handled,
        cast(coalesce(joined.tickets_held, 0) as bigint) as load,
        -- none is a count only where the helpdesk tells what is counted
        case when inputs.tells_replies then coalesce(joined.replies, 0) end as replies,
        case
            when inputs.tells_replies and (coalesce(joined.replies, 0) = 0 or joined.replies_after_hours is not null)
                then coalesce(joined.replies_after_hours, 0)
        end as replies_after_hours,
        {{ ratio('joined.replies_after_hours', 'joined.replies') }} as after_hours_rate,
        case when inputs.tells_assignments then coalesce(joined.handoffs, 0) end as handoffs,
        case when inputs.tells_status_changes then coalesce(joined.reopened, 0) end as reopened,
        case when inputs.tells_status_changes then {{ ratio('joined.reopened', 'joined.handled') }} end as reopen_rate,
        coalesce(joined.backlog, 0) as backlog,
        {{ ratio('joined.backlog_days', 'joined.backlog') }} as backlog_age_days,
        coalesce(joined.csat_responses, 0) as csat_responses,
        coalesce(joined.csat_satisfied, 0) as csat_satisfied,
        {{ ratio('joined.csat_satisfied', 'joined.csat_responses') }} as csat,
        coalesce(joined.survey_answers, 0) as agent_survey_answers,
        coalesce(joined.tools_answers, 0) as tools_answers,
        {{ ratio('joined.tools_sum', 'joined.tools_answers') }} as tools_score,
        coalesce(joined.training_answers, 0) as training_answers,
        {{ ratio('joined.training_sum', 'joined.training_answers') }} as training_score,
        {{ publication_columns() }}
    from joined
    inner join months on joined.calendar_month = months.calendar_month
    left join inputs on joined.source_name = inputs.source_name
    -- the name that the group had at the end of the month
    left join agent_groups
        on joined.worker_kind = 'group'
        and joined.source_name = agent_groups.source_name
        and joined.worker_id = agent_groups.group_id
        and months.snapshot_at > agent_groups.valid_from
        and months.snapshot_at <= agent_groups.valid_to
)

select * from published
