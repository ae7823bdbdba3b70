with versions as (
    select * from {{ source('zendesk', 'users') }}
),

-- history on purpose: latest_raw would forget which role a person had when a comment was written. No cut at as_of: the
-- feed shows each user in the latest state alone, and a state that begins later changes nothing before it
user_versions as (
    select
        'zendesk' as source_name,
        user_id,
        updated_at,
        max_by(role, _extracted_at) as role,
        max_by(organization_id, _extracted_at) as organization_id,
        max_by(md5(lower(trim(email))), _extracted_at) as respondent_hash
    from versions
    group by user_id, updated_at
)

select * from user_versions
