-- Which schedule a ticket was under, and when. Set by the helpdesk itself (schedule_id), else by the group (group_schedules),
-- else the one that was the default when the ticket was created: the oldest one listed then. Under schedule_policy last, the last one holds for the whole life of the ticket.
with tickets as (
    select source_name, ticket_id, created_at from {{ ref('int_support__tickets_unioned') }}
),

ticket_events as (
    select * from {{ ref('int_support__ticket_events_unioned') }}
    where field_name = 'schedule_id' or (field_name = 'group_id' and field_value is not null)
),

schedules as (
    select * from {{ ref('int_support__schedules_unioned') }}
),

default_schedules as (
    select
        source_name,
        {% if var('default_schedule') -%}
        '{{ var("default_schedule") }}' as schedule_id,
        cast('1970-01-01' as timestamp) as valid_from,
        cast('9999-01-01' as timestamp) as valid_to
    from schedules
    group by source_name
        {%- else -%}
        schedule_id,
        coalesce(
            max(listed_until) over (
                partition by source_name order by created_at, schedule_id rows between unbounded preceding and 1 preceding
            ),
            cast('1970-01-01' as timestamp)
        ) as valid_from,
        listed_until as valid_to
    from schedules
        {%- endif %}
),

-- what the first assignment replaced held before it
replaced as (
    select
        source_name,
        ticket_id,
        -- min_by passes over NULL
        nullif(
            min_by(coalesce(previous_value, ''), cast(occurred_at as {{ dbt.type_string() }}) || ticket_event_id), ''
        ) as schedule_id
    from ticket_events
    where field_name = 'schedule_id'
    group by source_name, ticket_id
),

group_choices as (
    {% for group_id, schedule_id in var('group_schedules').items() -%}
    select '{{ group_id }}' as group_id, '{{ schedule_id }}' as schedule_id
    union all
    {% endfor -%}
    select cast(null as {{ dbt.type_string() }}) as group_id, cast(null as {{ dbt.type_string() }}) as schedule_id
),

choices as (
    select
        ticket_events.source_name,
        ticket_events.ticket_id,
        ticket_events.occurred_at,
        ticket_events.ticket_event_id,
        -- a schedule that is taken away gives the ticket back to the default
        case
            when ticket_events.field_name = 'schedule_id' then coalesce(ticket_events.field_value, default_schedules.schedule_id)
            else group_choices.schedule_id
        end as schedule_id
    from ticket_events
    left join default_schedules
        on ticket_events.field_name = 'schedule_id'
        and ticket_events.source_name = default_schedules.source_name
        and ticket_events.occurred_at >= default_schedules.valid_from
        and ticket_events.occurred_at < default_schedules.valid_to
    left join group_choices on ticket_events.field_name = 'group_id' and ticket_events.field_value = group_choices.group_id
    where ticket_events.field_name = 'schedule_id' or group_choices.schedule_id is not null
),

-- until a schedule is chosen the default one holds; a choice in the second of creation replaces it at once
starts as (
    select
        tickets.source_name,
        tickets.ticket_id,
        tickets.created_at as valid_from,
        '' as ticket_event_id,
        coalesce(replaced.schedule_id, default_schedules.schedule_id) as schedule_id
    from tickets
    inner join default_schedules
        on tickets.source_name = default_schedules.source_name
        and tickets.created_at >= default_schedules.valid_from
        and tickets.created_at < default_schedules.valid_to
    left join replaced on tickets.source_name = replaced.source_name and tickets.ticket_id = replaced.ticket_id
    union all
    select tickets.source_name, tickets.ticket_id, greatest(choices.occurred_at, tickets.created_at), choices.ticket_event_id, choices.schedule_id
    from choices
    inner join tickets on choices.source_name = tickets.source_name and choices.ticket_id = tickets.ticket_id
),

{% if var('schedule_policy') == 'last' -%}
spans as (
    select
        source_name,
        ticket_id,
        max_by(schedule_id, cast(valid_from as {{ dbt.type_string() }}) || ticket_event_id) as schedule_id,
        min(valid_from) as valid_from,
        cast('9999-01-01' as timestamp) as valid_to
    from starts
    group by source_name, ticket_id
)
{%- else -%}
spans as (
    select
        source_name,
        ticket_id,
        schedule_id,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by source_name, ticket_id order by valid_from, ticket_event_id),
            cast('9999-01-01' as timestamp)
        ) as valid_to
    from starts
)
{%- endif %}

select * from spans
where valid_to > valid_from
