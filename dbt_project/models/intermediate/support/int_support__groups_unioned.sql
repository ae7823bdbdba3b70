with agent_groups as (
    {{ union_of_vendors('helpdesk_sources', 'groups', ['source_name', 'group_id', 'group_name', 'valid_from', 'valid_to']) }}
)

select * from agent_groups
