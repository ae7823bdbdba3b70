-- Users, and the hash under which a survey tool that knows only their address has them.
with user_versions as (
    {{ union_of_vendors('helpdesk_sources', 'user_versions', ['source_name', 'user_id', 'role', 'respondent_hash', 'updated_at']) }}
),

people as (
    select
        source_name,
        user_id,
        -- the first address known: it stays the same when a later one comes
        min_by(respondent_hash, updated_at) as respondent_hash,
        count(case when role <> 'end-user' then 1 end) > 0 as has_been_agent
    from user_versions
    group by source_name, user_id
)

select * from people
