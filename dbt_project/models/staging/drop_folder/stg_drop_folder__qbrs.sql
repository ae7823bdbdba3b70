with latest as (
    {{ latest_raw('drop_folder', 'qbrs', ['qbr_id'], kind='file') }}
),

qbrs as (
    select
        qbr_id,
        account_ref,
        planned_on,
        -- what a review found is known from the day it was held
        case when held_on <= {{ as_of() }} then held_on end as held_on,
        case when held_on <= {{ as_of() }} then cast(issues_raised as bigint) end as issues_raised,
        case when held_on <= {{ as_of() }} then cast(issues_open as bigint) end as issues_open,
        case when held_on <= {{ as_of() }} then cast(opportunities as bigint) end as opportunities,
        case when held_on <= {{ as_of() }} then cast(service_rating as double) end as service_rating,
        'drop_folder' as source_name
    from latest
    where not is_deleted
)

select * from qbrs
