with projects as (
    select * from {{ ref('stg_drop_folder__projects') }}
),

account_refs as (
    select * from {{ ref('int_success__account_refs_resolved') }}
),

resolved as (
    select
        projects.*,
        -- work that was called off was never completed, whatever day the file was closed
        projects.closed_on is not null
            and coalesce(projects.project_status, '') not in ('cancelled', 'canceled', 'abandoned', 'on_hold') as is_completed,
        account_refs.account_id
    from projects
    left join account_refs
        on account_refs.account_ref = projects.account_ref
        and account_refs.source_name = projects.source_name
        and {{ holds_on('account_refs', 'coalesce(projects.closed_on, projects.started_on, ' ~ as_of() ~ ')') }}
)

select * from resolved
