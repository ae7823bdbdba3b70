-- Users, and the hash under which a survey tool that knows only their address has them.
with user_versions as (
    {{ union_of_vendors('helpdesk_sources', 'user_versions', ['source_name', 'user_id', 'respondent_hash', 'updated_at']) }}
),

agents as (
    select distinct source_name, user_id from {{ ref('int_support__user_roles_spanned') }}
    where not is_customer
),

people as (
    select
        user_versions.source_name,
        user_versions.user_id,
        -- the first address known: it stays the same when a later one comes
        min_by(user_versions.respondent_hash, user_versions.updated_at) as respondent_hash,
        count(agents.user_id) > 0 as has_been_agent
    from user_versions
    left join agents on user_versions.source_name = agents.source_name and user_versions.user_id = agents.user_id
    group by user_versions.source_name, user_versions.user_id
)

select * from people
