with ticket_records as (
    select group_id from {{ ref('stg_drop_folder__ticket_records') }}
    union
    select field_value as group_id from {{ ref('stg_drop_folder__ticket_events') }}
    where field_name = 'group_id'
),

agent_groups as (
    select
        'drop_folder' as source_name,
        group_id,
        group_id as group_name,
        cast('1970-01-01' as timestamp) as valid_from,
        cast('9999-01-01' as timestamp) as valid_to
    from ticket_records
    where group_id is not null
)

select * from agent_groups
