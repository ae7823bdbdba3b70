{#- Events of the file, each with the value it replaced, and one for each ticket that the tickets file says was merged. -#}
with latest as (
    {{ latest_raw('drop_folder', 'ticket_events', ['event_id'], kind='file') }}
),

ticket_records as (
    select * from {{ ref('stg_drop_folder__ticket_records') }}
),

status_words as (
    select * from {{ ref('stg_drop_folder__status_words') }}
),

-- ids of two events of one second say nothing of their order, the lines of the file do
numbered as (
    select
        *,
        lower(event) as kind,
        ticket_id || ':' || lpad(cast(row_number() over (
            partition by ticket_id order by occurred_at, line_number, event_id
        ) as {{ dbt.type_string() }}), 9, '0') as ticket_event_id,
        coalesce(previous_value, lag({{ quoted('value') }}) over (
            partition by ticket_id, lower(event) order by occurred_at, line_number, event_id
        )) as value_before
    from latest
    where not is_deleted and occurred_at < {{ as_of_end() }}
),

events as (
    select
        numbered.ticket_event_id,
        coalesce(numbered.update_id, numbered.event_id) as ticket_update_id,
        numbered.ticket_id,
        numbered.occurred_at,
        {{ person_hash('numbered.author') }} as actor_id,
        case
            when numbered.kind in ('reply', 'note') then 'comment'
            when numbered.kind = 'status' and statuses.status is null then 'unmapped'
            else 'change'
        end as event_kind,
        case numbered.kind when 'assignee' then 'assignee_id' when 'group' then 'group_id' when 'status' then 'status' end as field_name,
        case numbered.kind
            when 'assignee' then {{ person_hash('numbered.value') }}
            when 'group' then numbered.value
            when 'status' then statuses.status
        end as field_value,
        case numbered.kind
            when 'assignee' then {{ person_hash('numbered.value_before') }}
            when 'group' then numbered.value_before
            when 'status' then statuses_before.status
        end as previous_value,
        numbered.kind = 'reply' as is_public,
        false as is_merge,
        lower(numbered.author_role) = 'system' as is_system,
        case lower(numbered.author_role) when 'customer' then true when 'agent' then false end as is_by_customer,
        cast(null as {{ dbt.type_string() }}) as merged_into_ticket_id
    from numbered
    left join status_words as statuses on lower(numbered.value) = statuses.word
    left join status_words as statuses_before on lower(numbered.value_before) = statuses_before.word
),

merges as (
    select
        ticket_id || ':merge' as ticket_event_id,
        ticket_id || ':merge' as ticket_update_id,
        ticket_id,
        coalesce(done_at, created_at) as occurred_at,
        cast(null as {{ dbt.type_string() }}) as actor_id,
        'change' as event_kind,
        'status' as field_name,
        'closed' as field_value,
        cast(null as {{ dbt.type_string() }}) as previous_value,
        false as is_public,
        true as is_merge,
        true as is_system,
        cast(null as boolean) as is_by_customer,
        merged_into as merged_into_ticket_id
    from ticket_records
    where merged_into is not null
),

ticket_events as (
    select 'drop_folder' as source_name, *, cast(null as {{ dbt.type_string() }}) as channel from events
    union all
    select 'drop_folder' as source_name, *, cast(null as {{ dbt.type_string() }}) as channel from merges
)

select * from ticket_events
