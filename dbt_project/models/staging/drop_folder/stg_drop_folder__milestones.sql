with latest as (
    {{ latest_raw('drop_folder', 'milestones', ['milestone_id'], kind='file') }}
),

milestones as (
    select
        milestone_id,
        account_ref,
        name as milestone_name,
        lower(trim(owner_party)) as owner_party,
        cast(plan_day as bigint) as plan_day,
        due_on,
        case when completed_on <= {{ as_of() }} then completed_on end as completed_on,
        nullif(trim(evidence), '') as evidence,
        lower(trim(asks_for)) as asks_for,
        'drop_folder' as source_name
    from latest
    where not is_deleted
)

select * from milestones
