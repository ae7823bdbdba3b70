{#- People the files name, with the role they had: who had a ticket is an agent, an event says it of its author. -#}
with ticket_records as (
    select * from {{ ref('stg_drop_folder__ticket_records') }}
),

ticket_events as (
    select * from {{ ref('stg_drop_folder__ticket_events') }}
),

mentions as (
    select assignee_id as user_id, 'agent' as role, created_at as seen_at
    from ticket_records
    where assignee_id is not null
    union all
    select field_value, 'agent', occurred_at
    from ticket_events
    where field_name = 'assignee_id' and field_value is not null
    union all
    select actor_id, case when is_by_customer then 'end-user' else 'agent' end, occurred_at
    from ticket_events
    where actor_id is not null and is_by_customer is not null
),

user_versions as (
    select
        'drop_folder' as source_name,
        user_id,
        seen_at as updated_at,
        min(role) as role,
        -- the id of a person of the files is the hash of how they are named: of an address, what a survey tool knows as well
        user_id as respondent_hash
    from mentions
    group by user_id, seen_at
)

select * from user_versions
