-- deleted groups stay: they handled tickets
with versions as (
    {{ listed_spans('zendesk', 'groups', 'group_id', ['name'], changed_at='updated_at') }}
),

agent_groups as (
    select
        'zendesk' as source_name,
        group_id,
        name as group_name,
        valid_from,
        valid_to
    from versions
)

select * from agent_groups
