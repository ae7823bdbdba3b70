with latest as (
    {{ latest_raw('drop_folder', 'projects', ['project_id'], kind='file') }}
),

projects as (
    select
        project_id,
        account_ref,
        name as project_name,
        lower(trim(kind)) as work_kind,
        lower(trim(status)) as project_status,
        started_on,
        -- a file may know the future of a past night; the run must not
        case when closed_on <= {{ as_of() }} then closed_on end as closed_on,
        'drop_folder' as source_name
    from latest
    where not is_deleted
        and (started_on is null or started_on <= {{ as_of() }})
)

select * from projects
