with versions as (
    {{ latest_raw('zendesk', 'groups', ['group_id'], kind='snapshot', says_deleted=true) }}
),

-- deleted groups stay: they handled tickets
agent_groups as (
    select
        'zendesk' as source_name,
        group_id,
        name as group_name
    from versions
)

select * from agent_groups
