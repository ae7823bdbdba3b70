-- People who have ever been an agent, and the hash under which their own survey answers may arrive.
with user_versions as (
    {{ union_of_vendors('helpdesk_sources', 'user_versions', ['source_name', 'user_id', 'role', 'respondent_hash', 'updated_at']) }}
),

agents as (
    select
        source_name,
        user_id as agent_id,
        max_by(respondent_hash, updated_at) as respondent_hash
    from user_versions
    group by source_name, user_id
    having count(case when role <> 'end-user' then 1 end) > 0
)

select * from agents
