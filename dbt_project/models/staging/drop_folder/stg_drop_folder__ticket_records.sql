{#- What the file says of each ticket, as far as it was known at as_of: what came later has not happened yet. -#}
{%- set later_columns = ['first_reply_at', 'closed_at', 'satisfaction_at', 'satisfaction_sent_at', 'sla_judged_at'] -%}

with latest as (
    {{ latest_raw('drop_folder', 'tickets', ['ticket_id'], kind='file') }}
),

status_words as (
    select * from {{ ref('stg_drop_folder__status_words') }}
),

worded as (
    select
        latest.*,
        status_words.status as mapped_status,
        case when status_words.status in ('solved', 'closed') then coalesce(latest.solved_at, latest.closed_at) end as done_at
    from latest
    left join status_words on lower(latest.status) = status_words.word
    where
        not latest.is_deleted
        and coalesce(status_words.status, '') <> 'deleted'
        and latest.created_at < {{ as_of_end() }}
),

ticket_records as (
    select
        ticket_id,
        created_at,
        -- the file as it was last changed, no earlier than what it tells; one that is younger than as_of tells nothing of then
        case
            when {{ micros_to_timestamp('_version') }} < {{ as_of_end() }} then greatest({{ micros_to_timestamp('_version') }}, created_at, done_at)
        end as recorded_at,
        -- NULL: nobody has said what the word means
        case when done_at >= {{ as_of_end() }} then 'open' else mapped_status end as status,
        case when done_at < {{ as_of_end() }} then done_at end as done_at,
        account_ref,
        lower(requester_email) as requester_ref,
        {{ person_hash('requester_email') }} as requester_id,
        coalesce(created_by_agent, false) as is_agent_created,
        lower(priority) as priority,
        lower({{ quoted('type') }}) as ticket_type,
        {{ quoted('group') }} as group_id,
        assignee,
        {{ person_hash('assignee') }} as assignee_id,
        lower(channel) as channel,
        {{ listed_as_json('lower(tags)') }} as tags,
        merged_into,
        sla_first_reply_due_at,
        sla_resolution_due_at,
        is_sla_met,
        satisfaction,
        satisfaction_min,
        satisfaction_max,
        {% for column in later_columns -%}
        case when {{ column }} < {{ as_of_end() }} then {{ column }} end as {{ column }},
        {% endfor -%}
        satisfaction_at >= {{ as_of_end() }} as is_satisfaction_later
    from worded
)

select * from ticket_records
